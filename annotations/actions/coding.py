"""A coder's work: taken up, saved step by step, handed in, taken away."""

from collections.abc import Collection
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotations.actions import adjudication, op_log, pool, training
from annotations.actions.audit import record
from annotations.actions.guards import NotAdmitted, refuse_archived
from annotations.actions.jobs import wake_on_commit
from annotations.enums import AssignmentState, TaskState, ZoneKind
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    Member,
    RecoveredDraft,
    Submission,
    Task,
    User,
)
from annotations.models.prepared import prepared
from annotations.permissions import can_administer, is_coder_of, is_open_to_coding
from annotations.queries import coding, quota
from annotations.queries import op_log as queries
from annotations.queries import pool as pools
from annotations.queries.op_log import AtHand

#: What an answer with the whole work needs.
_NEEDED = ("task__article", "task__batch", "codebook")


class MayNotCode(Forbidden):
    """This work is somebody else's."""

    code = "may_not_code"


class TooLate(Refused):
    """The work is not open for coding, or not as the sender knew it."""


class Stale(Refused):
    """The work has changed since the version that was to be handed in."""

    code = "stale"


class NotReady(Invalid):
    """The work breaks a rule; ``errors`` names each place."""

    code = "not_ready"


class CannotRelease(Refused):
    """Work that is handed in, or was taken away before, can't be taken away."""

    code = "cannot_release"


def next_assignment(*, member: Member, at: datetime) -> Assignment | None:
    """Return the work that ``member`` should do now, and start it; ``None`` when all is done.

    What is begun comes first, then what was given and what a pool has, the batch of the
    higher priority before the other. Where a batch has a daily quota and it is used up,
    nothing more of it comes today. Raises ``NotAdmitted`` where all that is left is in pools
    that want better training first.
    """
    refuse_archived(member.project)
    found, held = _next_of(member, at, waits=False)
    if found is None and held.has_pools:
        # In a transaction of its own: who waits while holding other articles may wait in a ring.
        found, held = _next_of(member, at, waits=True)
    if found is None and held.has_bars and (lacking := pools.closed_to(member)):
        raise NotAdmitted(str(lacking[0]))
    return found


def apply_ops(
    *,
    work: UUID,
    by: User,
    at: datetime,
    client_id: str,
    since: int,
    text_sha256: str,
    ops: list[op_log.Op],
) -> dict[str, Any]:
    """Save steps of coding on ``work``, the assignment of that UUID; each is done once.

    Return their results and what changed ``since``.

    A step that is known is answered as the first time, in any state of the
    assignment. New steps on work that is not open are kept as a draft and
    refused, so this can't run inside another transaction.
    """
    with transaction.atomic():
        # Read after the lock was waited for: a correction of the zones holds it too.
        locked = _own_locked(by, work)
        if not locked:
            raise MayNotCode(_("This is somebody else’s work."))
        at_hand = queries.at_hand(locked[0], ops, since)
        answer = _answers(at_hand, ops, client_id, at, text_sha256, by)
        if not isinstance(answer, Refused):
            held = at_hand.assignment
            return {
                "doc_rev": held.doc_rev,
                "results": answer,
                "changes": sorted(at_hand.news.values(), key=itemgetter("rev")),
                **({"refused": held.refused} if held.task.batch.has_suggestions else {}),
            }
    # After the commit: the refusal must not take the draft with it.
    raise answer


@transaction.atomic
def submit(
    *,
    assignment: Assignment,
    by: User,
    at: datetime,
    submission_id: UUID,
    doc_rev: int,
    span_count: int | None = None,
) -> Assignment | None:
    """Freeze a coder's work and return what the coder does next, if anything is left.

    The same ``submission_id`` hands in once, however often it is sent. The
    last coder whom the task wants makes it ``coded`` and opens its cards.
    """
    # The task first, as everywhere: the last two coders would otherwise each see
    # the other still at work, and nobody would open the cards.
    task = Task.objects.select_for_update(of=("self",)).get(pk=assignment.task_id)
    held = _locked(assignment)
    if not is_coder_of(by, held):
        raise MayNotCode(_("This is somebody else’s work."))
    known = Submission.objects.filter(uuid=submission_id).first()
    if known is None:
        _refuse_submission(held, doc_rev, span_count)
        _hand_in(held, task, by, at, submission_id)
    elif known.assignment_id != held.pk:
        raise Invalid(_("This submission id was used for other work."), code="id_taken")
    return coding.waiting(held.coder).exclude(pk=held.pk).first()


@transaction.atomic
def release(*, assignment: Assignment, by: User, at: datetime) -> Assignment:
    """Take work away from its coder. What was saved is kept, for the same coder."""
    Task.objects.select_for_update(of=("self",)).get(pk=assignment.task_id)
    held = _locked(assignment)
    project = held.task.batch.project
    if not (is_coder_of(by, held) or can_administer(by, project)):
        raise Forbidden(_("Only its coder or an admin can do that."))
    refuse_archived(project)
    if held.state in {AssignmentState.SUBMITTED, AssignmentState.RELEASED}:
        raise CannotRelease(_("This work is handed in or was taken away before."))
    held.state = AssignmentState.RELEASED
    held.save(update_fields=["state"])
    record(
        AuditEvent.Kind.ASSIGNMENT_RELEASED,
        target=held,
        by=by,
        at=at,
        batch=held.task.batch,
        coder=str(held.coder.uuid),
    )
    return held


@transaction.atomic
def _next_of(member: Member, at: datetime, *, waits: bool) -> tuple[Assignment | None, pool.Held]:
    """Start the next work and return it, and what the member is held for."""
    held = pool.hold(member)
    spent = quota.spent_by(member) if held.has_quotas else []
    # The batches that are used up are seldom the same: no query to be kept.
    first = _waiting_locked(member, spent) if spent else _first_waiting_locked(member.pk)
    given = next(iter(first), None)
    if given is None or given.state == AssignmentState.ASSIGNED:
        drawn = pool.resume(member) if held.has_lost else None
        if drawn is None and held.has_pools:
            above = given.task.batch.priority if given else 0
            closed = [one.batch.pk for one in pools.lacking(member)] if held.has_bars else []
            drawn = pool.claim(member, at, above=above, spent=[*spent, *closed], waits=waits)
        if drawn is not None:
            return _drawn(drawn)[0], held
    if given is not None and given.state != AssignmentState.CODING:
        given.state = AssignmentState.CODING
        given.started_at = given.started_at or at
        given.save(update_fields=["state", "started_at"])
    return given, held


@prepared
def _own_locked(by: User, work: UUID) -> QuerySet[Assignment, int]:
    own = Assignment.objects.of(by).filter(uuid=work).select_for_update(of=("self",))
    return own.values_list("pk", flat=True)


def _waiting_locked(member: Member, spent: Collection[int]) -> QuerySet[Assignment]:
    waiting = coding.waiting(member, spent).select_related(*_NEEDED)
    return waiting.select_for_update(of=("self",))[:1]


@prepared
def _first_waiting_locked(member: int) -> QuerySet[Assignment]:
    return _waiting_locked(Member(pk=member), [])


@prepared
def _drawn(work: int) -> QuerySet[Assignment]:
    return Assignment.objects.select_related(*_NEEDED).filter(pk=work)


def _locked(assignment: Assignment) -> Assignment:
    rows = Assignment.objects.select_for_update(of=("self",))
    related = ("task__article", "task__batch__project", "codebook", "coder")
    return rows.select_related(*related).get(pk=assignment.pk)


def _answers(
    at_hand: AtHand,
    sent: list[op_log.Op],
    client_id: str,
    at: datetime,
    text_sha256: str,
    by: User,
) -> list[op_log.Result] | Refused:
    """Answer each op, applying the new ones; or keep those as a draft and return why."""
    fresh: dict[UUID, op_log.Op] = {}
    for op in sent:
        if op["op_id"] not in at_hand.answered:
            fresh.setdefault(op["op_id"], op)
    played: dict[UUID, op_log.Result] = {}
    if fresh:
        refusal = _refusal(at_hand, list(fresh.values()), text_sha256)
        if refusal is not None:
            _keep_draft(at_hand.assignment, by, at, list(fresh.values()), refusal.code)
            return refusal
        results = op_log.play(at_hand, fresh.values(), client_id=client_id, at=at)
        played = dict(zip(fresh, results, strict=True))
    answers = []
    for op in sent:
        uuid = op["op_id"]
        if uuid in at_hand.answered:
            answers.append(op_log.replayed(at_hand.answered[uuid]))
        else:
            answers.append(played[uuid])
            # Sent twice in one request, it was done once.
            played[uuid] = op_log.replayed(played[uuid])
    return answers


def _refusal(at_hand: AtHand, fresh: list[op_log.Op], text_sha256: str) -> Refused | None:
    """Say why no new step can be taken, if none can."""
    if (closed := _closed(at_hand.assignment)) is not None:
        return closed
    if text_sha256 != at_hand.assignment.task.article.text_sha256:
        return TooLate(_("These changes were made on another text."), code="text_changed")
    if any(op.get("label") not in {None, *at_hand.labels} for op in fresh):
        return TooLate(
            _("The codebook of this work has no such label. Reload the page."),
            code="codebook_changed",
        )
    return None


def _closed(held: Assignment) -> Refused | None:
    """Say why the work is not open for coding, if it is not."""
    if held.task.batch.project.archived_at is not None:
        return TooLate(_("The project is archived."), code="archived")
    if is_open_to_coding(held):
        return None
    if held.state == AssignmentState.SUBMITTED:
        return TooLate(_("This article was handed in before."), code="already_submitted")
    return TooLate(_("This article was taken away."), code="released")


def _keep_draft(
    held: Assignment, by: User, at: datetime, late: list[op_log.Op], reason: str
) -> None:
    """Keep ops that came too late, once, however often they are sent."""
    kept = {op["op_id"] for draft in held.drafts.all() for op in draft.ops}
    new = [op_log.storable(op) for op in late if str(op["op_id"]) not in kept]
    if new:
        RecoveredDraft.objects.create(
            assignment=held, sent_by=by, reason=reason, ops=new, received_at=at
        )


def _refuse_submission(held: Assignment, doc_rev: int, span_count: int | None) -> None:
    if (closed := _closed(held)) is not None:
        raise closed
    if doc_rev != held.doc_rev or span_count not in {None, held.spans.count()}:
        raise Stale(_("The work has changed since. Look it over and submit again."))
    if problems := _problems(held):
        raise NotReady(_("Some spans need a second look first."), errors=problems)


def _problems(held: Assignment) -> list[dict[str, Any]]:
    """Name the spans that a correction of zones or codebook has made impossible."""
    labels = set(held.codebook.definitions.values_list("label__key", flat=True))
    furniture = [zone for zone in held.task.article.zones if zone["kind"] == ZoneKind.BOILERPLATE]
    problems = []
    for row in coding.spans(held):
        if row["label"] not in labels:
            detail = _("“%(quote)s” has a label that the codebook does not know.")
            problems.append({"span": row["id"], "code": "unknown_label", "detail": detail % row})
        if any(zone["start"] <= row["start"] and row["end"] <= zone["end"] for zone in furniture):
            detail = _("“%(quote)s” lies wholly in site furniture.")
            problems.append({"span": row["id"], "code": "in_boilerplate", "detail": detail % row})
    return problems


def _hand_in(held: Assignment, task: Task, by: User, at: datetime, submission_id: UUID) -> None:
    submission = Submission.objects.create(
        uuid=submission_id,
        assignment=held,
        doc_rev=held.doc_rev,
        spans=coding.spans(held),
        codebook_version=held.codebook.number,
        submitted_at=at,
    )
    if held.state == AssignmentState.RETURNED:
        # By way of "coding", as all work that came back.
        held.state = AssignmentState.CODING
        held.save(update_fields=["state"])
    held.state = AssignmentState.SUBMITTED
    held.submitted_at = at
    held.save(update_fields=["state", "submitted_at"])
    batch = held.task.batch
    record(AuditEvent.Kind.ASSIGNMENT_SUBMITTED, target=held, by=by, at=at, batch=batch)
    if task.known_gold is not None:
        training.hold_against(gold=task.known_gold, submission=submission)
        return
    handed_in = task.assignments.filter(state=AssignmentState.SUBMITTED).count()
    if task.state == TaskState.OPEN and handed_in == task.coders_wanted:
        task.state = TaskState.CODED
        task.save(update_fields=["state"])
        adjudication.open_cards(task=task, at=at)
    wake_on_commit("agreement.measure", batch_id=batch.pk)
