import pgtrigger
import pytest

from annotations.algorithms.agreement import counted, measured
from annotations.enums import AssignmentState, TaskState
from annotations.models import Gold, Submission
from annotations.queries.agreement_evidence import evidence
from tests.factories import MONDAY, AssignmentFactory, TaskFactory, submitted

pytestmark = pytest.mark.django_db

TENTATIVE = [{"name": "certainty", "value": "tentative"}]
ADA = {"start": 6, "end": 16, "label": "actor", "attributes": TENTATIVE}
VELMORA = {"start": 25, "end": 32, "label": "location"}


def test_work_from_before_there_were_marks_counts_like_any_other():
    task = TaskFactory(coders_wanted=3, state=TaskState.ADJUDICATED, adjudicated_at=MONDAY)
    for spans in ([ADA, VELMORA], [ADA]):
        submitted(AssignmentFactory(task=task, state=AssignmentState.CODING), spans)
    submitted(AssignmentFactory(task=task, state=AssignmentState.CODING), [])
    task.golds.create(number=1, spans=[VELMORA], made_at=MONDAY)
    told = evidence([task.pk])

    with pgtrigger.ignore():
        for kept in (Submission, Gold):
            assert kept.objects.exclude(marks=None).update(marks=None)

    assert evidence([task.pk]) == told
    [row] = counted(measured(told))
    assert b"tentative" in row.counts
