"""A batch under way: work changes hands, another coder is asked, nobody is waited for."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from annotations.actions import adjudication
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, refuse_blind, refuse_unqualified
from annotations.actions.jobs import wake_on_commit
from annotations.enums import AssignmentState, TaskState
from annotations.exceptions import Invalid, Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    Batch,
    CodebookVersion,
    Member,
    Task,
    User,
)
from annotations.queries import asking, codebook, reassignment

LARGEST_PIECE = 2000


class Closed(Refused):
    """The batch is closed; nothing in it is waited for any more."""

    code = "closed"


class NothingToReassign(Refused):
    """The coder has nothing that the other one could take over; ``errors`` says why."""

    code = "nothing_to_reassign"


class NothingToRelease(Refused):
    """None of this work can be taken away: it is handed in, or was taken away before."""

    code = "nothing_to_release"


class CannotGiveBack(Refused):
    """The work was not taken away, or its place is somebody else's now."""

    code = "cannot_give_back"


class NobodyToAsk(Refused):
    """No article is disputed like that, or none of the coders can take one."""

    code = "nobody_to_ask"


class NothingAsked(Refused):
    """Nobody who was asked later is waited for."""

    code = "nothing_asked"


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
        detail = _("Name a coder who has work in this batch, and another one to take it over.")
        raise _unknown_coder("from" if giver is None else "to", detail)
    refuse_unqualified(taker, batch)

    work = Assignment.objects.unfinished().filter(task__batch=batch, coder=giver)
    held = _hold(work)
    handover = reassignment.handover(batch, held, taker)
    if not handover.movable:
        raise NothingToReassign(
            _("There is nothing that %(name)s could take over.") % {"name": taker.name},
            errors=handover.refusals,
        )
    _take_away(handover.movable)
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
def release(
    *,
    batch: Batch,
    by: User,
    at: datetime,
    coder: str = "",
    assignments: Sequence[UUID] = (),
) -> int:
    """Take away everything that a coder has not handed in, or the work named.

    Returns how much it was. What was saved is kept, for the same coder. Of
    the work named, what can't be taken away is passed over; raises
    ``NothingToRelease`` if that is all of it.
    """
    batch = _locked(batch, by)
    work = Assignment.objects.unfinished().filter(task__batch=batch)
    if coder:
        giver = reassignment.giver(batch, coder)
        if giver is None:
            raise _unknown_coder("coder")
        work = work.filter(coder=giver)
    else:
        work = work.filter(uuid__in=list(assignments))
    held = _hold(work)
    if not held:
        raise NothingToRelease(_("There is nothing to take away: it is handed in, or gone."))
    _take_away(held)
    taken = Counter(str(row.coder.uuid) for row in held)
    record(
        AuditEvent.Kind.ASSIGNMENT_RELEASED,
        target=batch,
        by=by,
        at=at,
        batch=batch,
        articles=len(held),
        coders=sorted(taken),
    )
    return len(held)


@transaction.atomic
def give_back(*, assignment: Assignment, by: User, at: datetime) -> Assignment:
    """Give a coder work again that was taken away, with everything that was saved on it."""
    batch = _locked(assignment.task.batch, by)
    task = Task.objects.select_for_update(of=("self",)).get(pk=assignment.task_id)
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("coder")
    held = rows.get(pk=assignment.pk)
    if held.state != AssignmentState.RELEASED:
        raise CannotGiveBack(_("This work was not taken away."))
    if task.state != TaskState.OPEN or task.coders_live >= task.coders_wanted:
        raise CannotGiveBack(_("Somebody else has this place now, or nobody is waited for."))
    if held.coder.is_external or held.coder.removed_at is not None:
        raise CannotGiveBack(_("This coder is no longer in the project."))
    held.state = AssignmentState.ASSIGNED
    held.save(update_fields=["state"])
    record(
        AuditEvent.Kind.ASSIGNMENT_GIVEN_BACK,
        target=held,
        by=by,
        at=at,
        batch=batch,
        coder=str(held.coder.uuid),
    )
    return held


@transaction.atomic
def ask_another(
    *,
    batch: Batch,
    coders: Sequence[str],
    by: User,
    at: datetime,
    at_least: int = 1,
    labels: Sequence[str] = (),
) -> asking.Asking:
    """Have one more coder code each article on which the first ones disagree.

    The articles are spread evenly over ``coders``, as ``queries.asking.plan``
    previews it, and go back to ``open`` until the new work is handed in. What
    was ruled on them is kept. Articles that none of them can take stay as they
    are; raises ``NobodyToAsk`` if that is all of them.
    """
    batch = _locked(batch, by)
    asked = asking.coders(batch, coders)
    if len(asked) != len(set(coders)) or not asked:
        raise _unknown_coder("coders")
    for member in asked:
        refuse_unqualified(member, batch)
    disputed = asking.disputed(batch, at_least, labels).values_list("pk", flat=True)
    rows = Task.objects.filter(pk__in=list(disputed), state__in=asking.DISPUTED_IN)
    tasks = list(
        rows.select_for_update(of=("self",))
        .select_related("article")
        .defer("article__text")
        .order_by("pk")
    )
    plan = asking.plan(batch, sorted(tasks, key=lambda task: (task.position, task.pk)), asked)
    if not plan.given:
        raise NobodyToAsk(_("There is no such dispute that one of these coders could code."))
    Task.objects.filter(pk__in=plan.given).update(
        state=TaskState.OPEN,
        coders_wanted=F("coders_wanted") + 1,
        coders_added=F("coders_added") + 1,
        version=F("version") + 1,
    )
    version = codebook.current(batch.project)
    Assignment.objects.filter(pk__in=[row.pk for row in plan.earlier.values()]).update(
        state=AssignmentState.ASSIGNED
    )
    Assignment.objects.bulk_create(
        (
            Assignment(
                task=task,
                coder=plan.given[task.pk],
                codebook=version,
                position=task.position,
                created_at=at,
            )
            for task in tasks
            if task.pk in plan.given and task.pk not in plan.earlier
        ),
        batch_size=LARGEST_PIECE,
    )
    record(
        AuditEvent.Kind.BATCH_ASKED_MORE,
        target=batch,
        by=by,
        at=at,
        batch=batch,
        articles=len(plan.given),
        coders=[str(member.uuid) for member in asked],
    )
    return plan


@transaction.atomic
def ask_no_more(*, batch: Batch, by: User, at: datetime) -> int:
    """Go on without those who were asked later and have not handed in; the way back.

    Returns how many articles are adjudicated with the coders they have.
    """
    batch = _locked(batch, by)
    waiting = asking.waiting_for_another(batch).values_list("pk", flat=True)
    tasks = _locked_tasks(Task.objects.filter(pk__in=list(waiting), state=TaskState.OPEN))
    if not tasks:
        raise NothingAsked(_("Nobody who was asked later is waited for."))
    _take_away(_hold(Assignment.objects.unfinished().filter(task__in=tasks)))
    _go_on(tasks, reassignment.handed_in(tasks), at)
    record(
        AuditEvent.Kind.BATCH_ASKED_NO_MORE,
        target=batch,
        by=by,
        at=at,
        batch=batch,
        articles=len(tasks),
    )
    wake_on_commit("agreement.measure", batch_id=batch.pk)
    return len(tasks)


@transaction.atomic
def close(*, batch: Batch, by: User, at: datetime) -> Batch:
    """Wait for nobody any longer: whatever is not handed in is taken away, and kept.

    An article that somebody has handed in is adjudicated with the coders it
    has, unless its gold was known before. One that nobody has handed in is
    dropped: its row stays, because the log of what was saved on it is never
    deleted, but it counts nowhere and is free for another batch.
    """
    batch = _locked(batch, by)
    tasks = _locked_tasks(Task.objects.filter(batch=batch, state=TaskState.OPEN))
    unfinished = Assignment.objects.unfinished().filter(task__in=tasks)
    released = unfinished.update(state=AssignmentState.RELEASED)
    handed_in = reassignment.handed_in(tasks)
    coded = [task for task in tasks if handed_in[task.pk]]
    _go_on(coded, handed_in, at)
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
    refuse_blind(batch, by=by)
    if batch.closed_at is not None:
        raise Closed(_("This batch is closed."))
    return batch


def _locked_tasks(tasks: QuerySet[Task]) -> list[Task]:
    """Lock these tasks, with what opening their cards needs."""
    related = tasks.select_for_update(of=("self",)).select_related("batch__project", "article")
    return list(related.order_by("pk"))


def _hold(work: QuerySet[Assignment]) -> list[Assignment]:
    """Lock this work under its tasks, and return what is still of it."""
    list(Task.objects.filter(pk__in=work.values("task")).select_for_update().order_by("pk"))
    rows = work.select_for_update(of=("self",)).select_related("task__article", "coder")
    return list(rows.order_by("pk"))


def _take_away(held: Sequence[Assignment]) -> None:
    Assignment.objects.filter(pk__in=[row.pk for row in held]).update(
        state=AssignmentState.RELEASED
    )


def _go_on(tasks: Sequence[Task], handed_in: Counter[int], at: datetime) -> None:
    """Have ``tasks`` adjudicated with those who have handed in; others have let go of them."""
    for task in tasks:
        lowered = task.coders_wanted - handed_in[task.pk]
        task.coders_wanted = handed_in[task.pk]
        task.coders_added = max(0, task.coders_added - lowered)
        if task.known_gold_id is None:
            task.state = TaskState.CODED
        task.save(update_fields=["coders_wanted", "coders_added", "state"])
        if task.known_gold_id is None:
            adjudication.open_cards(task=task, at=at)


def _unknown_coder(field: str, detail: str = "") -> Invalid:
    detail = detail or _("Name coders of this project.")
    return Invalid(detail, errors=[{"field": field, "code": "unknown_coder", "detail": detail}])


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
