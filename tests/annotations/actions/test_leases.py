from datetime import timedelta

import pytest
from django.db.models.functions import Now

from annotations.actions import coding, leases
from annotations.enums import AssignmentState, Role, Strategy
from annotations.models import Assignment, AuditEvent, Batch, Reminder, Span, Task
from annotations.queries.invariants import CHECKS
from tests.coder import VELMORA, save, step
from tests.factories import (
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    submitted,
)
from tests.threads import at_once

DAY = timedelta(days=1)


@pytest.fixture
def project(db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    return project


@pytest.fixture
def batch(project):
    """A pool of one article for one coder, with a lease of three days."""
    batch = BatchFactory(project=project, strategy=Strategy.POOL, lease_days=3)
    TaskFactory(batch=batch, coders_wanted=1)
    return batch


def drawer(batch):
    member = MemberFactory(project=batch.project)
    batch.drawers.add(member)
    return member


def draw(member):
    return coding.next_assignment(member=member, at=TUESDAY)


def pass_time(**time):
    """Let the database's clock be so far ahead of all that was done."""
    Assignment.objects.update(active_at=Now() - timedelta(**time))


def expire():
    return leases.expire(at=TUESDAY)


def test_work_expires_when_nothing_was_done_for_as_long_as_the_batch_allows(batch):
    work = draw(drawer(batch))

    pass_time(days=2, hours=23)
    assert expire() == 0
    pass_time(days=3, seconds=1)
    assert expire() == 1

    work.refresh_from_db()
    assert (work.state, work.has_expired) == (AssignmentState.RELEASED, True)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ASSIGNMENT_EXPIRED)
    assert (event.actor, event.batch, event.detail) == (
        None,
        batch,
        {"coder": str(work.coder.uuid)},
    )


def test_every_step_that_is_saved_makes_the_lease_begin_again(batch):
    work = draw(drawer(batch))
    pass_time(days=4)
    save(work, step())

    assert expire() == 0


@pytest.mark.parametrize("spared", ["no lease", "closed", "archived", "handed in"])
def test_only_open_work_with_a_lease_expires(batch, spared):
    work = draw(drawer(batch))
    if spared == "no lease":
        Batch.objects.update(lease_days=None)
    elif spared == "closed":
        Batch.objects.update(closed_at=TUESDAY)
    elif spared == "archived":
        batch.project.archived_at = TUESDAY
        batch.project.save()
    else:
        submitted(work, [])
    pass_time(days=4)

    assert expire() == 0


def test_expired_work_goes_to_the_next_coder_who_sees_none_of_it(batch):
    work = draw(drawer(batch))
    save(work, step())
    pass_time(days=4)
    expire()

    taken = draw(drawer(batch))

    assert (taken.task_id, taken.doc_rev, taken.spans.count()) == (work.task_id, 0, 0)
    assert Span.objects.get().assignment == work
    assert draw(work.coder) is None
    assert Task.objects.get().coders_live == 1


def test_who_comes_back_before_anybody_took_the_place_goes_on_where_it_was_left(batch):
    work = draw(drawer(batch))
    save(work, step())
    pass_time(days=4)
    expire()

    back = draw(work.coder)

    assert (back, back.state, back.has_expired) == (work, AssignmentState.CODING, False)
    assert (back.doc_rev, back.span_count, back.spans.count()) == (1, 1, 1)
    assert expire() == 0
    assert {check.__name__: found for check in CHECKS if (found := list(check()))} == {}


def test_what_an_admin_took_away_does_not_come_back(batch):
    work = draw(drawer(batch))
    admin = MemberFactory(project=batch.project, roles=[Role.ADMIN])
    coding.release(assignment=work, by=admin.user, at=TUESDAY)

    assert draw(work.coder) is None


def test_what_is_sent_after_the_work_expired_is_kept_as_a_draft(batch):
    work = draw(drawer(batch))
    save(work, step())
    pass_time(days=4)
    expire()

    with pytest.raises(coding.TooLate, match="taken away"):
        save(work, step(extent=VELMORA))

    assert (work.drafts.get().reason, work.spans.count()) == ("released", 1)


def test_work_that_was_given_stays_with_its_coder_who_is_reminded_once(project):
    batch = BatchFactory(project=project, lease_days=3)
    work = AssignmentFactory(task__batch=batch, state=AssignmentState.CODING)
    busy = MemberFactory(project=project)
    AssignmentFactory.create_batch(2, task__batch=batch, coder=busy)
    done = submitted(AssignmentFactory(task__batch=batch), [])
    assert leases.remind(at=TUESDAY) == 0

    pass_time(days=4)
    save(busy.assignments.first(), step())
    assert (expire(), leases.remind(at=TUESDAY)) == (0, 1)
    assert leases.remind(at=TUESDAY) == 0

    reminder = Reminder.objects.get()
    assert (reminder.member, reminder.batch, reminder.sent_by) == (work.coder, batch, None)
    work.refresh_from_db()
    assert work.state == AssignmentState.CODING
    assert not done.coder.reminders.exists()


def test_who_falls_silent_again_is_reminded_again(project):
    work = AssignmentFactory(task__batch=BatchFactory(project=project, lease_days=3))
    pass_time(days=4)
    leases.remind(at=TUESDAY)

    Reminder.objects.update(sent_at=Now() - 5 * DAY)

    assert leases.remind(at=TUESDAY) == 1
    assert work.coder.reminders.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_free_and_remind_once(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    pool = BatchFactory(project=project, strategy=Strategy.POOL, lease_days=1)
    AssignmentFactory.create_batch(5, task__batch=pool, state=AssignmentState.CODING)
    given = BatchFactory(project=project, lease_days=1)
    AssignmentFactory.create_batch(5, task__batch=given)
    pass_time(days=2)

    expired = at_once(expire, expire)
    reminded = at_once(*[lambda: leases.remind(at=TUESDAY)] * 2)

    assert (sum(expired), sum(reminded)) == (5, 5)
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ASSIGNMENT_EXPIRED).count() == 5
    assert Reminder.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_saved_while_the_work_expires_is_applied_or_kept_as_a_draft(
    transactional_db,
):
    work = AssignmentFactory(
        task__batch__strategy=Strategy.POOL,
        task__batch__lease_days=1,
        state=AssignmentState.CODING,
    )
    pass_time(days=2)

    answer, expired = at_once(lambda: save(work, step()), expire)

    is_saved = isinstance(answer, dict)
    assert (is_saved, expired) in {(True, 0), (False, 1)}
    assert (work.spans.count(), work.drafts.count()) == ((1, 0) if is_saved else (0, 1))


@pytest.mark.django_db(transaction=True)
def test_either_the_old_coder_or_the_next_one_gets_expired_work(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    batch = BatchFactory(project=project, strategy=Strategy.POOL, lease_days=1)
    TaskFactory(batch=batch, coders_wanted=1)
    old, new = drawer(batch), drawer(batch)
    draw(old)
    pass_time(days=2)
    expire()

    found = at_once(lambda: draw(old), lambda: draw(new))

    assert [one is None for one in found].count(True) == 1
    assert Task.objects.get().coders_live == 1


def test_a_reminder_is_mailed_where_the_instance_sends_mail(
    project, settings, django_capture_on_commit_callbacks
):
    settings.HAS_MAIL = True
    batch = BatchFactory(project=project, lease_days=1)
    with_address, _without = AssignmentFactory.create_batch(2, task__batch=batch)
    with_address.coder.user.email = "ada@example.org"
    with_address.coder.user.save()
    pass_time(days=2)

    with django_capture_on_commit_callbacks() as bells:
        leases.remind(at=TUESDAY)

    assert len(bells) == 1
