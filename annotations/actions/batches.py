"""Articles are given to coders, by hand or by draw; given to others; and no longer waited for."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions import adjudication
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.actions.jobs import wake_on_commit
from annotations.enums import AssignmentState, Strategy, TaskState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    Batch,
    CodebookVersion,
    Member,
    Project,
    Task,
    User,
)
from annotations.permissions import can_know_of
from annotations.queries import codebook, reassignment
from annotations.queries.batch_plan import Wish, plan

LARGEST_PIECE = 2000


class NameTaken(Invalid):
    """Another batch of the project has this name."""

    code = "name_taken"


class CannotPlace(Invalid):
    """Some articles would be left without coders."""

    code = "unplaced"


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
def open_batch(*, project: Project, wish: Wish, by: User, at: datetime) -> Batch:
    """Give articles to coders, as ``queries.batch_plan.plan`` previews it, or let them draw.

    All or nothing: an article for which one-per-cluster leaves too few coders
    refuses the batch. The work pins the codebook of this moment.
    """
    # Held to the end, so that no codebook is published between the pin and the work.
    project = lock_for_change(project, by=by)
    if not wish.name:
        raise _invalid("name", _("Give the batch a name."), code="required")
    if project.batches.filter(name=wish.name).exists():
        message = _("There is a batch “%(name)s” already.") % {"name": wish.name}
        raise NameTaken(message, errors=[{"field": "name", "code": "taken", "detail": message}])
    planned = plan(project, wish)
    if planned.unplaced:
        raise CannotPlace(
            _("Some articles find too few coders who have no other version of their story."),
            errors=[
                {"field": "articles", "code": "unplaced", "detail": str(article.uuid)}
                for article in planned.unplaced
            ],
        )

    batch = Batch.objects.create(
        project=project,
        name=wish.name,
        strategy=wish.strategy,
        coders_per_article=wish.coders_per_article,
        is_one_per_cluster=wish.one_per_cluster,
        has_suggestions=wish.suggestions,
        seed=wish.seed,
        due=wish.due,
        created_by=by,
        created_at=at,
    )
    if wish.strategy == Strategy.POOL:
        batch.drawers.set(planned.members.values())
    tasks = Task.objects.bulk_create(
        (
            Task(
                batch=batch,
                article=article,
                coders_wanted=wish.coders_per_article,
                position=position,
            )
            for position, article in enumerate(planned.articles)
        ),
        batch_size=LARGEST_PIECE,
    )
    version = codebook.current(project)
    Assignment.objects.bulk_create(
        (
            Assignment(
                task=task,
                coder=planned.members[coder],
                codebook=version,
                position=task.position,
                created_at=at,
            )
            for task, (_article, coders) in zip(tasks, planned.placed, strict=True)
            for coder in coders
        ),
        batch_size=LARGEST_PIECE,
    )
    record(
        AuditEvent.Kind.BATCH_OPENED,
        target=batch,
        by=by,
        at=at,
        articles=len(tasks),
        coders=[str(member.uuid) for member in planned.members.values()],
    )
    return batch


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
        raise _invalid(field, detail, code="unknown_coder")

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


def _invalid(field: str, detail: str, *, code: str) -> Invalid:
    return Invalid(detail, errors=[{"field": field, "code": code, "detail": detail}])
