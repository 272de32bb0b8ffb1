"""From coders' work to gold: cards are opened, ruled on, and finished."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions import cards as card_rows
from annotations.actions import rulings, span_checks
from annotations.actions.audit import record
from annotations.actions.jobs import wake_on_commit
from annotations.enums import AssignmentState, CardKind, Outcome, TaskState
from annotations.exceptions import Invalid, Refused
from annotations.models import Assignment, AuditEvent, Card, Gold, Remark, Task, User
from annotations.permissions import is_coder_of
from annotations.queries import disputes, gold

RULINGS = (Outcome.ACCEPT, Outcome.EDIT, Outcome.REJECT, Outcome.UNCLEAR)


class CardsAreOpen(Refused):
    """A card still waits for a ruling, or for a stale one to be confirmed."""

    code = "cards_open"


class CannotReturn(Refused):
    """This coder's work can't be given back."""

    code = "cannot_return"


class Taken(Refused):
    """Another adjudicator is at this article; ``errors`` says who."""

    code = "taken"


def open_cards(*, task: Task, at: datetime, is_import: bool = False) -> None:
    """Lay out what the coders of a ``coded`` task disagree on.

    Runs in the transaction that made the task ``coded``, which holds its lock.
    What the project's policy decides is decided; if that leaves nothing open,
    no person has ruled yet and the project says so, the task is finished. An
    import never finishes a task.
    """
    card_rows.rebuild(task=task, at=at)
    card_rows.count(task)
    task.save(update_fields=["version", "cards_open", "cards_disputed"])
    by_hand = task.decisions.filter(is_automatic=False)
    may_finish = task.batch.project.settings.get("auto_finish", True) and not is_import
    if may_finish and not task.cards_open and not by_hand.exists():
        _finish(task, by=None, at=at)


def rule(
    *,
    task: Task,
    card_id: str,
    by: User,
    at: datetime,
    base_version: int,
    outcome: str,
    coder: str | None = None,
    spans: list[dict[str, Any]] | None = None,
    reason: str = "",
    note: str = "",
    rule: str = "",
    confidence: int | None = None,
) -> Card:
    """Rule on a card: one coder's version, the ``spans`` given, nothing, or undecidable.

    A ruling that comes on an old version, or on a task that is not open to
    rulings, is refused but kept as a draft; so this can't run inside another
    transaction.
    """
    said = {"reason": reason, "note": note, "rule": rule, "confidence": confidence}
    sent = {"outcome": outcome, "coder": coder, "spans": spans, "base_version": base_version}
    with rulings.held_for(
        task, by, at, base_version, card_id=card_id, draft={**sent, **said}
    ) as held:
        card = rulings.card_of(held, card_id)
        assignments = disputes.coders_of(held)
        member = None
        if outcome == Outcome.ACCEPT:
            assignment = _coder(held, assignments, coder)
            member = assignment.coder
            chosen = gold.as_gold(held, card.candidates.get(str(assignment.uuid), []))
        elif outcome == Outcome.EDIT:
            if not spans:
                raise Invalid(_("Say which spans go to gold, or reject the card."))
            chosen = gold.as_gold(held, span_checks.checked(held, spans, card=card))
        elif outcome in RULINGS:
            chosen = []
        else:
            raise Invalid(_("“%(outcome)s” is no ruling.") % {"outcome": outcome})
        decision = card_rows.decide(
            card,
            outcome=Outcome(outcome),
            by=by,
            at=at,
            assignments=assignments,
            coder=member,
            spans=chosen,
            **said,
        )
        card.save(update_fields=["decision", "is_stale"])
        rulings.was_ruled(held, [decision], by=by, at=at)
    return card


def reopen_card(*, task: Task, card_id: str, by: User, at: datetime, base_version: int) -> Card:
    """Take the ruling on a card back, so that it waits for another."""
    draft = {"outcome": Outcome.REOPEN, "base_version": base_version}
    with rulings.held_for(task, by, at, base_version, card_id=card_id, draft=draft) as held:
        card = rulings.card_of(held, card_id)
        if card.decision is None:
            raise Refused(_("Nobody has ruled on this card."), code="not_ruled")
        decision = card_rows.decide(
            card, outcome=Outcome.REOPEN, by=by, at=at, assignments=disputes.coders_of(held)
        )
        card.decision = None
        card.save(update_fields=["decision", "is_stale"])
        rulings.was_ruled(held, [decision], by=by, at=at)
    return card


def add_span(
    *,
    task: Task,
    by: User,
    at: datetime,
    base_version: int,
    label: str,
    start: int,
    end: int,
    attributes: list[dict[str, Any]] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Put a span into gold that nobody coded, and return it as the preview shows it."""
    span = {"label": label, "start": start, "end": end, "attributes": attributes or []}
    draft = {**span, "outcome": Outcome.ADD, "note": note, "base_version": base_version}
    with rulings.held_for(task, by, at, base_version, card_id="", draft=draft) as held:
        rows = span_checks.checked(held, [span])
        card = Card(task=held, card_id=str(uuid4()), kind=CardKind.ADDED, start=start, end=end)
        decision = card_rows.decide(
            card,
            outcome=Outcome.ADD,
            by=by,
            at=at,
            assignments=disputes.coders_of(held),
            spans=gold.as_gold(held, rows),
            note=note,
        )
        card.save(force_insert=True)
        rulings.was_ruled(held, [decision], by=by, at=at)
        return next(row for row in disputes.gold_of(held) if row["card"] == card.card_id)


def take_back_span(*, task: Task, span_id: str, by: User, at: datetime, base_version: int) -> None:
    """Take an added span out of gold again."""
    draft = {"outcome": Outcome.WITHDRAW, "span": span_id, "base_version": base_version}
    with rulings.held_for(task, by, at, base_version, card_id="", draft=draft) as held:
        held_by = {row["id"]: row["card"] for row in disputes.gold_of(held)}
        card = (
            held.cards.select_related("decision")
            .filter(kind=CardKind.ADDED, card_id=held_by.get(span_id, ""))
            .first()
        )
        if card is None:
            raise rulings.NotFound(_("No adjudicator added this span."))
        decision = card_rows.decide(
            card, outcome=Outcome.WITHDRAW, by=by, at=at, assignments=disputes.coders_of(held)
        )
        card.delete()
        rulings.was_ruled(held, [decision], by=by, at=at)


@transaction.atomic
def finish(*, task: Task, by: User, at: datetime) -> Task:
    """Write the task's gold. Nothing changes if it was finished before."""
    task = rulings.locked(task)
    rulings.refuse_unless_allowed(by, task)
    if task.state == TaskState.ADJUDICATED:
        return task
    rulings.refuse_unless_open(task)
    if task.cards_open:
        raise CardsAreOpen(_("Some places still wait for a ruling."))
    task.version += 1
    _finish(task, by=by, at=at)
    wake_on_commit("agreement.measure", batch_id=task.batch_id)
    return task


@transaction.atomic
def reopen(*, task: Task, by: User, at: datetime) -> Task:
    """Open a finished task to rulings again. Its gold stays as it was until the next finish.

    Gold that came with an import is laid out as cards first.
    """
    task = rulings.locked(task)
    rulings.refuse_unless_allowed(by, task)
    rulings.refuse_archived(task)
    if task.state != TaskState.ADJUDICATED:
        raise Refused(_("This article is not adjudicated."), code="not_adjudicated")
    if not task.decisions.exists():
        card_rows.adopt(task=task, gold=task.golds.latest("number"), at=at)
    task.state = TaskState.ADJUDICATING
    task.adjudicated_at = None
    card_rows.count(task)
    task.save(update_fields=["state", "adjudicated_at", "version", "cards_open", "cards_disputed"])
    record(AuditEvent.Kind.TASK_REOPENED, target=task, by=by, at=at, batch=task.batch)
    wake_on_commit("agreement.measure", batch_id=task.batch_id)
    return task


@transaction.atomic
def take(*, task: Task, by: User, is_over_another: bool = False) -> Task:
    """Say that ``by`` is at this task, so that others choose another one.

    Raises ``Taken`` while somebody else is, unless it is taken over from them. That keeps nobody
    from ruling: what counts there is the version that a ruling was made on.
    """
    task = rulings.locked(task)
    rulings.refuse_unless_allowed(by, task)
    rulings.refuse_unless_open(task)
    holder = disputes.taken_by(task)
    if holder is not None and holder != by and not is_over_another:
        message = _("%(name)s is at this article.") % {"name": holder.username}
        raise Taken(message, errors=[{"field": "by", "code": "taken", "detail": holder.username}])
    task.taken_by, task.taken_at = by, Now()
    task.save(update_fields=["taken_by", "taken_at"])
    return task


@transaction.atomic
def remark(*, task: Task, card_id: str, text: str, by: User, at: datetime) -> Remark:
    """Say something about a card to those who rule there; it stays for good."""
    task = rulings.locked(task)
    rulings.refuse_unless_allowed(by, task)
    rulings.refuse_archived(task)
    if not text.strip():
        message = _("Say something.")
        raise Invalid(message, errors=[{"field": "text", "code": "required", "detail": message}])
    card = rulings.card_of(task, card_id)
    return Remark.objects.create(
        task=task, card_id=card.card_id, text=text.strip(), said_by=by, said_at=at
    )


@transaction.atomic
def return_work(*, task: Task, coder: str, note: str, by: User, at: datetime) -> Task:
    """Give a coder's work back with a note. Rulings are kept until it is handed in again."""
    task = rulings.locked(task)
    rulings.refuse_unless_allowed(by, task)
    rulings.refuse_unless_open(task)
    shown = _coder(task, disputes.coders_of(task), coder)
    assignment = Assignment.objects.select_for_update(of=("self",)).get(pk=shown.pk)
    person = shown.coder.user
    if person is None:
        raise CannotReturn(_("This work was imported; nobody can sign in to change it."))
    if not is_coder_of(person, shown):
        raise CannotReturn(_("This coder is no longer at work here; nobody could change it."))
    if assignment.state != AssignmentState.SUBMITTED:
        raise CannotReturn(_("This work is not handed in."))
    assignment.state = AssignmentState.RETURNED
    assignment.return_note = note
    assignment.save(update_fields=["state", "return_note"])
    task.state = TaskState.OPEN
    task.version += 1
    task.taken_by = task.taken_at = None
    task.save(update_fields=["state", "version", "taken_by", "taken_at"])
    record(AuditEvent.Kind.ASSIGNMENT_RETURNED, target=assignment, by=by, at=at, batch=task.batch)
    return task


def _coder(task: Task, assignments: list[Assignment], shown_as: str | None) -> Assignment:
    for assignment, name in disputes.names(task, assignments).items():
        if name == shown_as:
            return next(a for a in assignments if str(a.uuid) == assignment)
    message = _("Say whose version: one of the coders of this article.")
    raise Invalid(message, errors=[{"field": "coder", "code": "unknown", "detail": message}])


def _finish(task: Task, *, by: User | None, at: datetime) -> None:
    assignments = disputes.coders_of(task)
    card_rows.drop_dangling_links(task=task, by=by, at=at, assignments=assignments)
    rows = disputes.gold_of(task)
    last = task.golds.order_by("-number").first()
    number = last.number + 1 if last else 1
    Gold.objects.create(
        task=task,
        number=number,
        spans=[{key: row[key] for key in gold.RECORD_KEYS} for row in rows],
        codebook_version=disputes.codebook_of(task, assignments).number,
        made_at=at,
    )
    # A task is finished by way of "adjudicating", even when nobody had to rule.
    if task.state == TaskState.CODED:
        task.state = TaskState.ADJUDICATING
        task.save(update_fields=["state"])
    task.state = TaskState.ADJUDICATED
    task.adjudicated_at = at
    task.taken_by = task.taken_at = None
    task.save(update_fields=["state", "adjudicated_at", "version", "taken_by", "taken_at"])
    record(
        AuditEvent.Kind.TASK_ADJUDICATED,
        target=task,
        by=by,
        at=at,
        batch=task.batch,
        gold=number,
    )
