"""How a task came to be where a test begins."""

from annotations.actions import adjudication
from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Task
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    submitted,
)


def coded_task(*codings, settings=None, is_import=False, **more):
    """Return a task whose coders have handed ``codings`` in, its cards laid out.

    The project leaves finishing to people, unless ``settings`` say otherwise.
    """
    if "batch" not in more:
        project = ProjectFactory(settings={"auto_finish": False} | (settings or {}))
        more["batch"] = BatchFactory(project=project)
    task = TaskFactory(coders_wanted=max(len(codings), 1), **more)
    for spans in codings:
        submitted(AssignmentFactory(task=task), spans)
    Task.objects.filter(pk=task.pk).update(state=TaskState.CODED)
    task.refresh_from_db()
    adjudication.open_cards(task=task, at=MONDAY, is_import=is_import)
    return task


def adjudicator_of(task):
    """Return somebody who may rule on ``task``."""
    return MemberFactory(project=task.batch.project, roles=[Role.ADJUDICATOR]).user


def resubmit(task, name, spans):
    """Give the work of the coder shown as ``name`` back, and hand ``spans`` in instead."""
    adjudication.return_work(
        task=task, coder=name, note="Look again.", by=adjudicator_of(task), at=TUESDAY
    )
    returned = task.assignments.get(state=AssignmentState.RETURNED)
    returned.state = AssignmentState.CODING
    returned.save(update_fields=["state"])
    submitted(returned, spans)
    Task.objects.filter(pk=task.pk).update(state=TaskState.CODED)
    task.refresh_from_db()
    adjudication.open_cards(task=task, at=TUESDAY)
