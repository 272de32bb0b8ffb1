from datetime import timedelta

import pytest

from annotations.models import Assignment
from annotations.queries import time_at_work
from tests.coder import hand_in, save, step
from tests.factories import TUESDAY, AssignmentFactory

pytestmark = pytest.mark.django_db


def minutes(count):
    return timedelta(minutes=count)


def at_work(*assignments):
    return time_at_work.on(
        Assignment.objects.filter(pk__in=[assignment.pk for assignment in assignments])
    )


def worked(*steps_at, **fields):
    """Return work whose steps were saved so many minutes after it was begun."""
    assignment = AssignmentFactory(started_at=TUESDAY, **fields)
    for after in steps_at:
        save(assignment, step(), at=TUESDAY + minutes(after))
    return assignment


def test_time_at_work_counts_from_the_opening_over_each_step():
    assert at_work(worked(2, 3, 7)) == minutes(7)


def test_pauses_longer_than_the_limit_do_not_count_at_all():
    limit = time_at_work.IDLE / minutes(1)

    assert at_work(worked(2, 60, 60 + limit, 61 + 2 * limit)) == minutes(2 + limit)


def test_reading_up_to_handing_in_counts():
    assignment = worked(2)

    hand_in(assignment, at=TUESDAY + minutes(4))

    assert at_work(assignment) == minutes(4)


def test_the_time_on_several_articles_adds_up_and_leaves_out_what_lies_between():
    first, second = worked(1, 4), worked(62)

    assert at_work(first, second) == minutes(4)
    assert at_work(AssignmentFactory()) == minutes(0)
