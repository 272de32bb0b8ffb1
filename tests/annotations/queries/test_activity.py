from datetime import timedelta

import pytest

from annotations.actions.audit import record
from annotations.enums import Role
from annotations.models import AuditEvent
from annotations.queries.activity import latest
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN], user__username="ada")


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project, name="First")


def said(admin):
    return [
        (line.actor and line.actor.username, line.deed)
        for line in latest(admin.project, admin.user)
    ]


def test_what_one_person_did_on_a_day_is_one_line(admin, batch):
    ben = MemberFactory(project=admin.project, user__username="ben")
    for at in (MONDAY - timedelta(days=1), MONDAY, MONDAY, MONDAY):
        work = AssignmentFactory(task__batch=batch, coder=ben)
        record(Kind.ASSIGNMENT_SUBMITTED, target=work, by=ben.user, at=at, batch=batch)
        record(Kind.PROJECT_CHANGED, target=admin.project, by=admin.user, at=at)
    record(Kind.MEMBER_REMOVED, target=ben, by=admin.user, at=TUESDAY)

    assert said(admin) == [
        ("ada", "deactivated ben"),
        ("ada", "changed the settings"),
        ("ben", "handed in 3 articles of “First”"),
        ("ada", "changed the settings"),
        ("ben", "handed in 1 article of “First”"),
    ]


def test_people_who_were_added_one_after_the_other_are_named_each(admin):
    for name in ("ben", "cleo"):
        member = MemberFactory(project=admin.project, user__username=name)
        record(Kind.MEMBER_ADDED, target=member, by=admin.user, at=MONDAY)

    assert [deed for _who, deed in said(admin)] == [
        "brought cleo into the project",
        "brought ben into the project",
    ]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_event_can_be_said(admin, batch, kind):
    record(kind, target=admin, by=None, at=MONDAY, batch=batch)

    ((_nobody, deed),) = said(admin)
    assert deed
    assert "%" not in deed


def test_an_admin_who_codes_in_a_batch_hears_nothing_of_it(admin, batch):
    task = TaskFactory(batch=batch)
    AssignmentFactory(task=task, coder=admin)
    other = AssignmentFactory(task=task)
    record(Kind.ASSIGNMENT_SUBMITTED, target=other, by=other.coder.user, at=MONDAY, batch=batch)

    assert said(admin) == []


def test_no_more_than_twenty_lines_are_told(admin):
    for _ in range(25):
        member = MemberFactory(project=admin.project)
        record(Kind.MEMBER_ADDED, target=member, by=admin.user, at=MONDAY)

    assert len(said(admin)) == 20
