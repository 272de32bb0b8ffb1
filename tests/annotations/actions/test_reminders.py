from datetime import timedelta

import pytest
from django.core import mail

from annotations.actions import guards, reminders
from annotations.enums import AssignmentState, Role
from annotations.exceptions import Refused
from annotations.models import Assignment, AuditEvent, Reminder
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _instance_with_mail(settings):
    settings.HAS_MAIL = True


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project, due=(MONDAY - timedelta(days=1)).date())


def coder(batch, name, **fields):
    return MemberFactory(project=batch.project, user__username=name, **fields)


def work(batch, name, **fields):
    return AssignmentFactory(task__batch=batch, coder=coder(batch, name, **fields))


def remind(batch, admin, *names, **more):
    return reminders.remind(batch=batch, by=admin.user, at=MONDAY, coders=names, **more)


def test_all_who_are_behind_are_reminded_and_nobody_else(admin, batch):
    work(batch, "ann")
    submitted(work(batch, "ben"), [])
    coder(batch, "cy")

    made = remind(batch, admin, text="Please.")

    assert [(row.member.name, row.text, row.sent_by) for row in made] == [
        ("ann", "Please.", admin.user)
    ]
    event = AuditEvent.objects.get()
    assert (event.kind, event.batch) == (AuditEvent.Kind.BATCH_REMINDED, batch)
    assert "Please" not in str(event.detail)


def test_one_who_is_in_time_can_be_reminded_by_name(admin, batch):
    batch.due = (MONDAY + timedelta(days=30)).date()
    batch.save()
    work(batch, "ann")
    Assignment.objects.update(active_at=MONDAY)

    with pytest.raises(reminders.NobodyToRemind):
        remind(batch, admin)
    assert len(remind(batch, admin, "ann")) == 1


@pytest.mark.parametrize(("name", "code"), [("nobody", "invalid"), ("ben", "nobody_to_remind")])
def test_a_stranger_and_who_is_done_can_not_be_reminded(admin, batch, name, code):
    submitted(work(batch, "ben"), [])
    with pytest.raises(Refused) as refusal:
        remind(batch, admin, name)
    assert refusal.value.code == code
    assert not Reminder.objects.exists()


def test_who_is_behind_is_nothing_for_an_admin_who_codes_there(admin, batch):
    work(batch, "ann")
    AssignmentFactory(task__batch=batch, coder=admin)
    with pytest.raises(guards.Blind):
        remind(batch, admin)


def test_a_reminder_is_mailed_once_however_often_the_worker_is_rung(admin, batch):
    work(batch, "ann", user__email="ann@example.org")
    (reminder,) = remind(batch, admin, text="Please.")

    for _ in range(2):
        reminders.mail(reminder_id=reminder.pk, at=TUESDAY)

    (sent,) = mail.outbox
    assert sent.to == ["ann@example.org"]
    assert batch.name in sent.subject
    assert "Please." in sent.body
    reminder.refresh_from_db()
    assert reminder.mailed_at == TUESDAY


def test_work_taken_away_needs_no_reminder(admin, batch):
    work(batch, "ann")
    Assignment.objects.update(state=AssignmentState.RELEASED)
    with pytest.raises(reminders.NobodyToRemind):
        remind(batch, admin)
