import pytest
from django.utils import timezone

from annotations.actions import batch_changes
from annotations.enums import Role, TaskState
from annotations.models import Task
from annotations.queries.invariants import CHECKS
from tests.factories import AssignmentFactory, MemberFactory

pytestmark = pytest.mark.django_db


def test_work_that_was_dropped_breaks_no_rule():
    assignment = AssignmentFactory()
    batch = assignment.task.batch
    admin = MemberFactory(project=batch.project, roles=[Role.ADMIN])
    batch_changes.close(batch=batch, by=admin.user, at=timezone.now())

    assert Task.objects.get().state == TaskState.DROPPED
    assert {check.__name__: found for check in CHECKS if (found := list(check()))} == {}
