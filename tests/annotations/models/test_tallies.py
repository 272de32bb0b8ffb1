"""Lines on tasks and work come to what there is, however it came to be so."""

import threading
from datetime import timedelta
from functools import partial
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Sum

from annotations.actions import tallies
from annotations.enums import AssignmentState, TaskState
from annotations.models import Assignment, Task, TaskTally, WorkTally
from annotations.queries import pace, progress
from annotations.queries.invariants.coding import tasks_are_tallied_right, work_is_tallied_right
from tests.factories import MONDAY, AssignmentFactory, BatchFactory, TaskFactory, submitted
from tests.threads import at_once

pytestmark = pytest.mark.django_db

before = import_module("annotations.migrations.0031_what_was_done_before_is_tallied")


def wrong():
    return [*tasks_are_tallied_right(), *work_is_tallied_right()]


def lines():
    return TaskTally.objects.count() + WorkTally.objects.count()


@pytest.fixture
def work():
    """One that is handed in, one begun, one not begun, one taken away; a task without a coder."""
    first = AssignmentFactory(task__coders_wanted=2)
    batch = first.task.batch
    begun, taken = (AssignmentFactory(task__batch=batch, coder=first.coder) for _ in range(2))
    AssignmentFactory(task=first.task)
    TaskFactory(batch=batch)
    submitted(first, [])
    Assignment.objects.filter(pk=begun.pk).update(state=AssignmentState.CODING)
    Assignment.objects.filter(pk=taken.pk).update(state=AssignmentState.RELEASED)
    return first


def test_what_comes_and_changes_is_tallied(work):
    assert wrong() == []
    summed = TaskTally.objects.aggregate(Sum("tasks"), Sum("wanted"), Sum("vacant"))
    assert summed == {"tasks__sum": 4, "wanted__sum": 8, "vacant__sum": 5}
    assert WorkTally.objects.aggregate(n=Sum("number")) == {"n": 3}


def test_work_that_changes_in_one_way_only_is_told_of(work):
    other = AssignmentFactory(task__batch=work.task.batch)
    for change in (
        {"submitted_at": MONDAY - timedelta(hours=3)},
        {"coder": other.coder},
        {"task": TaskFactory(batch=BatchFactory(project=work.task.batch.project))},
        {"state": AssignmentState.RETURNED},
    ):
        Assignment.objects.filter(pk=work.pk).update(**change)
        assert wrong() == [], change


def test_tasks_that_go_elsewhere_or_away_are_told_of(work):
    empty = TaskFactory(batch=work.task.batch, coders_wanted=3)
    Task.objects.filter(pk=empty.pk).update(state=TaskState.DROPPED, coders_added=1)
    assert wrong() == []

    empty.delete()

    assert wrong() == []
    assert progress.of(work.task.batch, MONDAY).articles == 4


def test_saving_tells_of_nothing(work):
    told = lines()

    Assignment.objects.update(doc_rev=F("doc_rev") + 1, saved_at=MONDAY)
    Task.objects.update(version=F("version") + 1, cards_open=3)

    assert lines() == told


def test_lines_are_added_up_to_one_of_a_kind(work):
    for _ in range(3):
        Assignment.objects.filter(pk=work.pk).update(state=AssignmentState.RETURNED)
        Assignment.objects.filter(pk=work.pk).update(state=AssignmentState.CODING)
        submitted(work, [])
    shown = vars(progress.of(work.task.batch, MONDAY))

    tallies.add_up(at=MONDAY)

    assert wrong() == []
    assert vars(progress.of(work.task.batch, MONDAY)) == shown
    keys = WorkTally.objects.values_list("batch", "coder", "state", "slot")
    assert len(set(keys)) == len(keys)
    states = TaskTally.objects.values_list("batch", "state")
    assert len(set(states)) == len(states)


def test_what_was_handed_in_long_ago_is_one_line_and_can_be_returned(work):
    """The line that takes it away names a quarter of an hour that no other line has any more."""
    other = AssignmentFactory(task__batch=work.task.batch, coder=work.coder)
    submitted(other, [])
    Assignment.objects.filter(pk=other.pk).update(submitted_at=MONDAY - timedelta(days=300))
    Assignment.objects.filter(pk=work.pk).update(submitted_at=MONDAY - timedelta(days=200))
    tallies.add_up(at=MONDAY)
    (line,) = WorkTally.objects.filter(state=AssignmentState.SUBMITTED)
    assert (line.slot, line.number) == (None, 2)

    Assignment.objects.filter(pk=work.pk).update(state=AssignmentState.RETURNED)

    assert wrong() == []
    found = pace.of_batches([work.task.batch], MONDAY)[work.task.batch.pk]
    assert [one.submitted for one in found if one.coder == work.coder_id] == [1]


def test_who_saves_is_active_though_no_line_says_so(work):
    Assignment.objects.update(active_at=MONDAY)
    WorkTally.objects.update(active_at=MONDAY)

    Assignment.objects.filter(state=AssignmentState.CODING).update(saved_at=MONDAY)

    active = {
        one.coder: one.active_at
        for one in pace.of_batches([work.task.batch], MONDAY)[work.task.batch.pk]
    }
    assert active.pop(work.coder_id) > MONDAY
    assert set(active.values()) == {MONDAY}


def test_what_was_there_before_is_tallied_once(work):
    TaskTally.objects.filter(state=TaskState.OPEN).delete()
    WorkTally.objects.filter(state=AssignmentState.SUBMITTED).delete()
    WorkTally.objects.filter(state=AssignmentState.CODING).update(number=F("number") + 1)
    assert wrong()

    for _ in range(2):
        with connection.schema_editor(atomic=False) as editor:
            before.tally(apps, editor)
        told = lines()

    assert wrong() == []
    with connection.schema_editor(atomic=False) as editor:
        before.tally(apps, editor)
    assert lines() == told


@pytest.mark.django_db(transaction=True)
def test_those_who_hand_in_at_once_wait_for_nobody_and_are_all_counted(transactional_db):
    first = AssignmentFactory()
    work = [first, *AssignmentFactory.create_batch(3, task__batch=first.task.batch)]
    all_are_at_it = threading.Barrier(len(work))

    def begin(one):
        with transaction.atomic():
            Assignment.objects.filter(pk=one.pk).update(state=AssignmentState.CODING)
            all_are_at_it.wait(timeout=30)

    at_once(
        *[partial(begin, one) for one in work],
        *[partial(tallies.add_up, at=MONDAY)] * 2,
    )
    tallies.add_up(at=MONDAY)

    assert wrong() == []
    states = WorkTally.objects.filter(number__gt=0).values_list("state", "number")
    assert list(states) == [(AssignmentState.CODING, 1)] * 4
