from collections import Counter
from datetime import date, timedelta

import pytest

from annotations.enums import AssignmentState, OpStatus, OpType
from annotations.models import Assignment
from annotations.queries import pace, progress
from annotations.queries.pace import CoderPace
from tests.factories import (
    MONDAY,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    submitted,
)

TODAY = MONDAY.date()


def at_work(**fields):
    states = Counter({AssignmentState.ASSIGNED: 4, AssignmentState.SUBMITTED: 2})
    return CoderPace(1, name="ann", states=states, active_at=MONDAY, **fields)


def test_the_rate_is_that_of_the_last_week():
    days = Counter({TODAY: 1, TODAY - timedelta(days=6): 6, TODAY - timedelta(days=7): 90})
    assert pace.rate(days, MONDAY - timedelta(days=30), MONDAY) == 1


def test_a_batch_that_began_yesterday_has_a_rate_of_two_days():
    assert pace.rate(Counter({TODAY: 6}), MONDAY - timedelta(days=1), MONDAY) == 3


@pytest.mark.parametrize(
    ("left", "a_day", "days"), [(4, 2, 2), (5, 2, 2), (1, 2, 0), (0, 2, None), (4, 0, None)]
)
def test_what_is_left_is_done_by_the_day_that_the_rate_says(left, a_day, days):
    expected = None if days is None else TODAY + timedelta(days=days)
    assert pace.expected(left, a_day, MONDAY) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "quiet_for", "a_day", "why"),
    [
        (None, 0, 0, ""),
        (-1, 0, 9, "overdue"),
        (0, 0, 9, ""),
        (20, 5, 9, "nothing for 5 days"),
        (20, 4, 9, ""),
        (2, 0, 1, "too slow for the due date"),
        (4, 0, 1, ""),
    ],
)
def test_who_is_behind_is_told_why(due, quiet_for, a_day, why):
    batch = BatchFactory(
        created_at=MONDAY - timedelta(days=30),
        due=None if due is None else TODAY + timedelta(days=due),
    )
    coder = at_work(days=Counter({TODAY: 7 * a_day}))
    coder.active_at = MONDAY - timedelta(days=quiet_for)
    assert pace.behind(coder, batch, MONDAY) == why


@pytest.mark.django_db
def test_who_is_done_or_can_not_sign_in_is_never_behind():
    batch = BatchFactory(due=TODAY - timedelta(days=9))
    done = CoderPace(1, states=Counter({AssignmentState.SUBMITTED: 2}))
    assert pace.behind(done, batch, MONDAY) == ""
    assert pace.behind(at_work(is_external=True), batch, MONDAY) == ""


@pytest.mark.django_db
def test_minutes_an_article_leave_out_long_pauses():
    work = AssignmentFactory(started_at=MONDAY - timedelta(hours=2))
    CodebookFactory(project=work.task.batch.project, number=2)
    for number, minutes in enumerate((118, 116, 2), 1):
        work.ops.create(
            op_id=[work.uuid, work.task.uuid, work.coder.uuid][number - 1],
            seq=number,
            client_id="c",
            type=OpType.NOTE,
            body={},
            status=OpStatus.APPLIED,
            result={},
            rev=number,
            received_at=MONDAY - timedelta(minutes=minutes),
        )
    submitted(work, [])

    assert pace.minutes(work.task.batch) == {work.coder.pk: pytest.approx(6)}


@pytest.mark.django_db
def test_each_coder_is_counted_by_state_and_day():
    first = AssignmentFactory()
    second = AssignmentFactory(task__batch=first.task.batch, coder=first.coder)
    submitted(first, [])
    gone = AssignmentFactory(task__batch=first.task.batch)
    Assignment.objects.filter(pk=gone.pk).update(state=AssignmentState.RELEASED)

    (coder,) = pace.of_batches([first.task.batch], MONDAY)[first.task.batch.pk]

    assert coder.name == second.coder.name
    assert (coder.submitted, coder.unfinished) == (1, 1)
    assert coder.days == {date(MONDAY.year, MONDAY.month, MONDAY.day): 1}


@pytest.mark.django_db
def test_what_came_coded_says_nothing_of_a_pace():
    batch = BatchFactory()
    lisa = MemberFactory(project=batch.project, user=None, external_name="Lisa")
    work = AssignmentFactory(task__batch=batch, coder=lisa, started_at=MONDAY)
    submitted(work, [])

    found = progress.of(batch, MONDAY)

    assert found.submitted == 1
    assert found.a_day == 0
    assert pace.minutes(batch) == {}
