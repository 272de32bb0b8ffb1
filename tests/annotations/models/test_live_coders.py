"""A task never has more coders than it wants, however they come."""

import pytest
from django.db import IntegrityError, transaction

from annotations.enums import AssignmentState
from annotations.models import Assignment, Task
from tests.factories import MONDAY, CodebookFactory, MemberFactory, TaskFactory
from tests.threads import at_once


@pytest.fixture
def task(db):
    task = TaskFactory(coders_wanted=2)
    CodebookFactory(project=task.batch.project)
    return task


def work(task, number, **fields):
    project = task.batch.project
    coders = MemberFactory.create_batch(number, project=project)
    given = {"task": task, "codebook": project.codebooks.get(), "created_at": MONDAY, **fields}
    return [Assignment(coder=coder, **given) for coder in coders]


def counted():
    return list(Task.objects.order_by("pk").values_list("coders_live", flat=True))


def test_work_given_in_one_statement_is_counted_or_refused_together(task):
    other = TaskFactory(batch=task.batch)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Assignment.objects.bulk_create([*work(other, 1), *work(task, 3)])
    assert (
        refused.value.__cause__.diag.constraint_name
        == "live_assignments_never_exceed_those_wanted"
    )
    assert counted() == [0, 0]

    taken_away = work(task, 1, state=AssignmentState.RELEASED)
    Assignment.objects.bulk_create([*work(task, 2), *taken_away, *work(other, 1)])
    assert counted() == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_of_those_who_give_the_last_places_at_once_the_rest_are_refused(transactional_db, task):
    def give(row):
        try:
            row.save()
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
        return "given"

    outcomes = at_once(*[lambda row=row: give(row) for row in work(task, 4)])

    assert sorted(outcomes) == [
        *["given"] * 2,
        *["live_assignments_never_exceed_those_wanted"] * 2,
    ]
    assert counted() == [2]
