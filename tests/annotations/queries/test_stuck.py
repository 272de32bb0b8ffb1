from datetime import UTC, datetime, timedelta

import pytest

from annotations.enums import Role
from annotations.models import Assignment
from annotations.queries.stuck import stuck
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    ImportJobFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project)


@pytest.fixture
def coder(admin):
    return MemberFactory(project=admin.project)


def found(admin):
    return [(one.kind, one.count) for one in stuck(admin.project, admin.user, NOW)]


def given(batch, coder, *, idle=timedelta(), **fields):
    """Give out an article for one coder, on which nothing has happened for ``idle``."""
    work = AssignmentFactory(task=TaskFactory(batch=batch, coders_wanted=1), coder=coder, **fields)
    Assignment.objects.filter(pk=work.pk).update(active_at=NOW - idle)
    return work


def test_nothing_is_stuck_while_coders_are_at_work(admin, batch, coder):
    given(batch, coder)

    assert found(admin) == []


def test_work_past_its_due_date_is_late_until_it_is_handed_in(admin, batch, coder):
    batch.due = (NOW - timedelta(days=2)).date()
    batch.save()
    work = given(batch, coder)
    given(batch, coder)
    assert found(admin) == [("late", 2)]

    submitted(work, [])
    assert found(admin) == [("late", 1)]


@pytest.mark.parametrize(
    ("lease", "days", "is_stuck"),
    [(2, 1, False), (2, 3, True), (30, 9, False), (None, 6, False), (None, 8, True)],
)
def test_work_lies_idle_past_the_lease_of_its_batch_or_a_week(
    admin, batch, coder, lease, days, is_stuck
):
    batch.lease_days = lease
    batch.save()
    given(batch, coder, idle=timedelta(days=days))

    assert found(admin) == ([("idle", 1)] if is_stuck else [])


@pytest.mark.parametrize("reason", ["removed", "no coder any more"])
def test_work_in_the_hands_of_who_can_not_code_has_nobody(admin, batch, coder, reason):
    given(batch, coder)
    if reason == "removed":
        coder.removed_at = NOW
    else:
        coder.roles = [Role.RESEARCHER]
    coder.save()

    assert found(admin) == [("uncodable", 1)]


def test_a_place_that_was_given_to_nobody_is_stuck_unless_coders_draw(admin, coder):
    balanced = BatchFactory(project=admin.project)
    pool = BatchFactory(project=admin.project, strategy="pool")
    pool.drawers.add(coder)
    for batch in (balanced, pool):
        TaskFactory(batch=batch, coders_wanted=1)
    assert found(admin) == [("uncodable", 1)]

    coder.removed_at = NOW
    coder.save()
    assert found(admin) == [("uncodable", 1), ("uncodable", 1)]


@pytest.mark.parametrize(("days", "is_stuck"), [(4, False), (6, True)])
def test_coded_articles_wait_for_a_ruling_for_days(admin, batch, coder, days, is_stuck):
    work = given(batch, coder, state="submitted", submitted_at=NOW - timedelta(days=days))
    work.task.state = "coded"
    work.task.save()

    assert found(admin) == ([("unruled", 1)] if is_stuck else [])


def test_a_failed_import_is_stuck_until_a_later_one_went_well(admin):
    fields = {"project": admin.project}
    ImportJobFactory(**fields, state="failed", created_at=NOW - timedelta(days=1))
    ImportJobFactory(**fields, state="failed", created_at=NOW - timedelta(days=20))
    assert found(admin) == [("import", 0)]

    ImportJobFactory(**fields, created_at=NOW)
    assert found(admin) == []


def test_stories_that_are_looked_for_too_long_are_stuck(admin):
    fields = {"project": admin.project, "clusters_state": "running"}
    ImportJobFactory(**fields, finished_at=NOW - timedelta(minutes=30))
    assert found(admin) == []

    ImportJobFactory(**fields, finished_at=NOW - timedelta(hours=2))
    assert found(admin) == [("stories", 0)]


def test_an_admin_who_codes_in_a_batch_hears_nothing_of_it(admin, batch, coder):
    batch.due = (NOW - timedelta(days=2)).date()
    batch.save()
    given(batch, coder)
    given(batch, admin)

    assert found(admin) == []
