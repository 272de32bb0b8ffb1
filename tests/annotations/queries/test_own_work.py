from datetime import timedelta

import pytest

from annotations.queries import own_work
from tests.coder import hand_in, save, step
from tests.factories import TUESDAY, AssignmentFactory, MemberFactory

pytestmark = pytest.mark.django_db


def minutes(count):
    return timedelta(minutes=count)


def worked(*steps_at, **fields):
    """Return work whose steps were saved so many minutes after it was begun."""
    assignment = AssignmentFactory(started_at=TUESDAY, **fields)
    for after in steps_at:
        save(assignment, step(), at=TUESDAY + minutes(after))
    return assignment


def test_last_week_tells_the_time_at_work_of_ones_own():
    member = MemberFactory()
    own = worked(3, coder=member, task__batch__project=member.project)
    other = worked(4, task__batch=own.task.batch)
    for assignment in (own, other):
        hand_in(assignment, at=TUESDAY + minutes(5))

    week = own_work.last_week(member.user, TUESDAY + minutes(10))

    assert week == {"articles": 1, "spans": 1, "time": minutes(5)}
