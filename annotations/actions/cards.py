"""The cards of a task as rows, and the decisions on them. Called by verbs that hold the task."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from annotations.algorithms import cards as algorithm
from annotations.enums import CardKind, Outcome
from annotations.models import Assignment, Card, Decision, Submission, Task, User
from annotations.queries.gold import Row, as_gold, content, extent_of


def rebuild(*, task: Task, at: datetime) -> None:
    """Make the cards of what the task's coders last handed in.

    Cards that are still what they were keep their ruling. A ruling on what is
    no longer there becomes stale and moves to the card that took its place; a
    person's ruling without such a card keeps its own, without candidates.
    Cards that nobody ruled on are decided as the project's policy says.
    """
    assignments = list(task.assignments.live().select_related("coder", "codebook").order_by("pk"))
    submissions = (
        Submission.objects.filter(assignment__in=assignments)
        .order_by("assignment_id", "-pk")
        .distinct("assignment_id")
    )
    handed_in = {submission.assignment_id: submission.spans for submission in submissions}
    rows = {
        str(assignment.uuid): handed_in[assignment.pk]
        for assignment in assignments
        if assignment.pk in handed_in
    }
    before = {
        card.card_id: card
        for card in task.cards.exclude(kind=CardKind.ADDED).select_related("decision")
    }
    policy = task.batch.project.settings.get("auto_decide", "unanimous")
    codings = {coder: algorithm.coded_spans(spans) for coder, spans in rows.items()}
    original = {(coder, str(row["id"])): row for coder, spans in rows.items() for row in spans}

    kept, fresh, undecided = [], [], []
    for made in algorithm.make_cards(codings):
        candidates = {
            coder: [_stored(span, original[coder, span.id]) for span in spans]
            for coder, spans in made.candidates.items()
        }
        card = before.pop(made.id, None)
        is_new = card is None or content(card.candidates) != content(candidates)
        if card is None:
            card = Card(task=task, card_id=made.id)
            fresh.append(card)
        else:
            kept.append(card)
        card.kind, card.start, card.end = made.kind, made.start, made.end
        card.candidates = candidates
        if is_new and algorithm.automatic(made, policy):
            undecided.append(card)

    orphans = _carry_over(before.values(), fresh)
    for card in orphans:
        card.candidates = {coder: [] for coder in rows}
    gone = [card.pk for card in before.values() if card not in orphans]
    cards = [*kept, *fresh, *orphans]
    for card in cards:
        card.is_stale = card.decision is not None and content(card.decision.candidates) != content(
            _by_member(card, assignments)
        )
    _decide_by_policy(task, cards, undecided, assignments, at)
    Card.objects.filter(pk__in=gone).delete()
    Card.objects.bulk_create(fresh)
    Card.objects.bulk_update(
        [*kept, *orphans], ["kind", "start", "end", "candidates", "decision", "is_stale"]
    )


def decide(
    card: Card,
    *,
    outcome: Outcome,
    by: User | None,
    at: datetime,
    assignments: Sequence[Assignment],
    **said: Any,
) -> Decision:
    """Append a ruling to what was ruled on ``card`` before; the caller saves the card."""
    decision = _decision(card, assignments, outcome=outcome, made_by=by, made_at=at, **said)
    decision.supersedes = card.decision or _heads(card.task, in_force=card.task.cards.all()).get(
        card.card_id
    )
    decision.save(force_insert=True)
    card.decision = decision
    card.is_stale = False
    return decision


def count(task: Task) -> None:
    """Raise the task's version and set its counters to what its cards are; the caller saves."""
    waiting = Q(decision=None) | Q(is_stale=True)
    disputed = task.cards.exclude(kind__in=[CardKind.AGREED, CardKind.ADDED])
    task.cards_open = task.cards.filter(waiting).count()
    task.cards_disputed = disputed.count()
    task.version += 1


def _stored(span: algorithm.CodedSpan, row: Row) -> Row:
    """The row of a submission as a card keeps it: ``at`` says what a link pointed to."""
    links = [
        {"name": link.name, "target": link.target_id, "at": link.target} for link in span.links
    ]
    return {
        "id": span.id,
        "rev": row.get("rev", 1),
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "quote": span.quote,
        "attributes": row.get("attributes") or [],
        "links": links,
        "note": span.note,
    }


def _carry_over(gone: Iterable[Card], fresh: list[Card]) -> list[Card]:
    """Give the rulings on cards that are gone to the fresh cards that took their place.

    Returns the cards whose ruling, by a person, found no such place.
    """
    ruled = [(card, card.decision) for card in gone if card.decision]
    orphans = []
    # People's rulings choose first.
    for card, decision in sorted(
        ruled, key=lambda pair: (pair[1].is_automatic, pair[0].start, pair[0].end)
    ):
        before = _marks(decision.candidates)
        heirs = [
            heir
            for heir in fresh
            if heir.decision is None and heir.start < card.end and card.start < heir.end
        ]
        if heirs:
            heir = max(
                heirs, key=lambda heir: (len(before & _marks(heir.candidates)), -heir.start)
            )
            heir.decision = decision
        elif not decision.is_automatic:
            orphans.append(card)
    return orphans


def _marks(candidates: dict[str, list[Row]]) -> set[algorithm.Extent]:
    return {extent_of(row) for rows in candidates.values() for row in rows}


def _by_member(card: Card, assignments: Sequence[Assignment]) -> dict[str, list[Row]]:
    """The card's candidates as a decision keeps them, which outlives the assignments."""
    members = {str(assignment.uuid): str(assignment.coder.uuid) for assignment in assignments}
    return {
        members[assignment]: rows
        for assignment, rows in card.candidates.items()
        if assignment in members
    }


def _decide_by_policy(
    task: Task,
    cards: list[Card],
    undecided: list[Card],
    assignments: Sequence[Assignment],
    at: datetime,
) -> None:
    """Decide in favour of those present, but never over a person's ruling."""
    heads = _heads(task, in_force=cards)
    decisions = []
    for card in undecided:
        if card.decision and not card.decision.is_automatic:
            continue
        version = next(rows for rows in card.candidates.values() if rows)
        decision = _decision(
            card,
            assignments,
            outcome=Outcome.ACCEPT,
            spans=as_gold(task, version),
            made_at=at,
            is_automatic=True,
        )
        decision.supersedes = card.decision or heads.get(card.card_id)
        decisions.append(decision)
        card.decision = decision
        card.is_stale = False
    Decision.objects.bulk_create(decisions)


def _decision(card: Card, assignments: Sequence[Assignment], **said: Any) -> Decision:
    return Decision(
        task=card.task,
        card_id=card.card_id,
        candidates=_by_member(card, assignments),
        codebook_version=max((a.codebook.number for a in assignments), default=None),
        **said,
    )


def _heads(task: Task, *, in_force: Iterable[Card]) -> dict[str, Decision]:
    """The last decision on each card id that no card holds: what the next one supersedes."""
    held = {card.decision_id for card in in_force}
    loose = task.decisions.filter(superseded_by=None).order_by("pk")
    return {decision.card_id: decision for decision in loose if decision.pk not in held}
