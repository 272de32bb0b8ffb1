"""A batch under way: its work is given to others, and no longer waited for."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions import adjudication
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.actions.jobs import wake_on_commit
from annotations.enums import AssignmentState, TaskState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    Batch,
    CodebookVersion,
    Member,
    Task,
    User,
)
from annotations.permissions import can_know_of
from annotations.queries import codebook, reassignment

LARGEST_PIECE = 2000


class Blind(Forbidden):
    """What would come of it tells of the other coders, of whom the admin may not know yet."""

    code = "blind"


class Closed(Refused):
    """The batch is closed; nothing in it is waited for any more."""

    code = "closed"


class NothingToReassign(Refused):
    """The coder has nothing that the other one could take over; ``errors`` says why."""

    code = "nothing_to_reassign"


@transaction.atomic
def reassign(
    *, batch: Batch, from_coder: str, to_coder: str, by: User, at: datetime
) -> reassignment.Handover:
    """Give what a coder has not handed in to another one, who starts from the bare text.

    What the first coder saved is kept, out of sight of the second; a coder who
    had an article before gets the own work back. Articles that the other can't
    take stay where they are, and the answer says which and why. Raises
    ``NothingToReassign`` if that is all of them.
    """
    batch = _locked(batch, by)
    giver = reassignment.giver(batch, from_coder)
    taker = reassignment.taker(batch, to_coder)
    if giver is None or taker is None or giver == taker:
        field = "from" if giver is None else "to"
        detail = _("Name a coder who has work in this batch, and another one to take it over.")
        error = {"field": field, "code": "unknown_coder", "detail": detail}
        raise Invalid(detail, errors=[error])

    work = Assignment.objects.unfinished().filter(task__batch=batch, coder=giver)
    list(Task.objects.filter(pk__in=work.values("task")).select_for_update().order_by("pk"))
    held = list(
        work.select_for_update(of=("self",)).select_related("task__article").order_by("pk")
    )
    handover = reassignment.handover(batch, held, taker)
    if not handover.movable:
        raise NothingToReassign(
            _("There is nothing that %(name)s could take over.") % {"name": taker.name},
            errors=handover.refusals,
        )
    Assignment.objects.filter(pk__in=[row.pk for row in handover.movable]).update(
        state=AssignmentState.RELEASED
    )
    _give(handover, taker, codebook.current(batch.project), at)
    record(
        AuditEvent.Kind.ASSIGNMENT_REASSIGNED,
        target=batch,
        by=by,
        at=at,
        batch=batch,
        giver=str(giver.uuid),
        taker=str(taker.uuid),
        articles=len(handover.movable),
    )
    return handover


@transaction.atomic
def close(*, batch: Batch, by: User, at: datetime) -> Batch:
    """Wait for nobody any longer: whatever is not handed in is taken away, and kept.

    An article that somebody has handed in is adjudicated with the coders it
    has. One that nobody has handed in is dropped: its row stays, because the
    log of what was saved on it is never deleted, but it counts nowhere and is
    free for another batch.
    """
    batch = _locked(batch, by)
    tasks = list(
        Task.objects.filter(batch=batch, state=TaskState.OPEN)
        .select_for_update(of=("self",))
        .select_related("batch__project", "article")
        .order_by("pk")
    )
    released = (
        Assignment.objects.unfinished()
        .filter(task__in=tasks)
        .update(state=AssignmentState.RELEASED)
    )
    handed_in = reassignment.handed_in(tasks)
    coded = [task for task in tasks if handed_in[task.pk]]
    for task in coded:
        task.coders_wanted = handed_in[task.pk]
        task.state = TaskState.CODED
        task.save(update_fields=["coders_wanted", "state"])
        adjudication.open_cards(task=task, at=at)
    dropped = [task.pk for task in tasks if not handed_in[task.pk]]
    Task.objects.filter(pk__in=dropped).update(state=TaskState.DROPPED)
    batch.closed_at = at
    batch.save(update_fields=["closed_at"])
    record(
        AuditEvent.Kind.BATCH_CLOSED,
        target=batch,
        by=by,
        at=at,
        batch=batch,
        coded=len(coded),
        dropped=len(dropped),
        released=released,
    )
    if coded:
        wake_on_commit("agreement.measure", batch_id=batch.pk)
    return batch


def _locked(batch: Batch, by: User) -> Batch:
    """Lock an open batch under its project, for an admin who may know of its coders' work."""
    lock_for_change(batch.project, by=by)
    # Events point to the batch: who hands work in must not wait for it, task in hand.
    rows = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("project")
    batch = rows.get(pk=batch.pk)
    if not can_know_of(by, batch):
        raise Blind(_("You code in this batch yourself, so that only another admin can do that."))
    if batch.closed_at is not None:
        raise Closed(_("This batch is closed."))
    return batch


def _give(
    handover: reassignment.Handover, taker: Member, version: CodebookVersion, at: datetime
) -> None:
    """Make ``taker``'s assignments; those that were taken away before are given back."""
    Assignment.objects.filter(pk__in=[row.pk for row in handover.earlier.values()]).update(
        state=AssignmentState.ASSIGNED
    )
    Assignment.objects.bulk_create(
        (
            Assignment(
                task=row.task,
                coder=taker,
                codebook=version,
                position=row.position,
                created_at=at,
            )
            for row in handover.movable
            if row.task_id not in handover.earlier
        ),
        batch_size=LARGEST_PIECE,
    )
