"""The cards of a task as rows, and the decisions on them. Called by verbs that hold the task."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet

from annotations.algorithms import cards as algorithm
from annotations.algorithms.questions import question_key, words_key
from annotations.enums import CardKind, Outcome
from annotations.models import Assignment, Card, Decision, Gold, Submission, Task, User
from annotations.queries import disputes
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

    text = task.article.text
    changed, fresh, undecided = [], [], []
    for made in algorithm.make_cards(codings):
        candidates = {
            coder: [_stored(span, original[coder, span.id]) for span in spans]
            for coder, spans in made.candidates.items()
        }
        card = before.pop(made.id, None)
        if card and (card.kind, card.candidates) == (made.kind, candidates):
            continue
        is_new = card is None or content(card.candidates) != content(candidates)
        if card is None:
            card = Card(task=task, card_id=made.id)
            fresh.append(card)
        else:
            changed.append(card)
        card.kind, card.start, card.end = made.kind, made.start, made.end
        card.candidates = candidates
        words = text[card.start : card.end]
        card.words = words_key(words)
        card.question = question_key(words, card.start, candidates)
        if is_new and algorithm.automatic(made, policy):
            undecided.append(card)

    orphans = _carry_over(before.values(), fresh)
    for card in orphans:
        card.candidates = {coder: [] for coder in rows}
        card.question = ""
    gone = [card.pk for card in before.values() if card not in orphans]
    cards = [*changed, *fresh, *orphans]
    for card in cards:
        card.is_stale = card.decision is not None and content(card.decision.candidates) != content(
            _by_member(card, assignments)
        )
    _decide_by_policy(task, cards, undecided, assignments, at)
    Card.objects.filter(pk__in=gone).delete()
    Card.objects.bulk_create(fresh)
    Card.objects.bulk_update(
        [*changed, *orphans],
        ["kind", "start", "end", "candidates", "decision", "is_stale", "words", "question"],
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
    decision.supersedes = card.decision or _loose(card.task).filter(card_id=card.card_id).last()
    decision.save(force_insert=True)
    card.decision = decision
    card.is_stale = False
    return decision


def adopt(*, task: Task, gold: Gold, at: datetime) -> None:
    """Lay out gold that came with an import as if it had been ruled here.

    What the coders agree on and gold has is decided by the policy; the rest of
    gold becomes added spans, and what gold lacks waits for a ruling.
    """
    rebuild(task=task, at=at)
    said = {"note": "Came with an import.", "is_automatic": True}
    assignments = disputes.coders_of(task)
    wanted = {extent_of(row): row for row in as_gold(task, _with_extents(gold.spans))}
    for card in task.cards.select_related("decision"):
        if card.decision is None:
            continue
        given = [{**row, "note": ""} for row in card.decision.spans]
        kept = [wanted.pop(extent_of(row)) for row in given if extent_of(row) in wanted]
        if not kept:
            card.decision = None
        elif kept != given:
            card.task = task
            decide(
                card,
                outcome=Outcome.EDIT,
                by=None,
                at=at,
                assignments=assignments,
                spans=kept,
                **said,
            )
        card.save(update_fields=["decision"])
    for extent, row in wanted.items():
        card = Card(
            task=task,
            card_id=str(uuid4()),
            kind=CardKind.ADDED,
            start=extent.start,
            end=extent.end,
        )
        decide(
            card, outcome=Outcome.ADD, by=None, at=at, assignments=assignments, spans=[row], **said
        )
        card.save(force_insert=True)


def drop_dangling_links(
    *, task: Task, by: User | None, at: datetime, assignments: Sequence[Assignment]
) -> None:
    """Supersede the rulings whose links point to nothing in gold, saying which were dropped."""
    ids = {row["id"] for row in disputes.gold_of(task)}
    for card in task.cards.select_related("decision__coder"):
        before = card.decision
        if before is None:
            continue
        links = [link for span in before.spans for link in span["links"]]
        dropped = [link["name"] for link in links if link["target"] not in ids]
        if not dropped:
            continue
        kept = [
            {**span, "links": [link for link in span["links"] if link["target"] in ids]}
            for span in before.spans
        ]
        # It goes into releases, and so is the same in whatever language somebody works.
        said = f"Links to what is not in gold were dropped: {', '.join(dropped)}."
        card.task = task
        decide(
            card,
            outcome=Outcome(before.outcome),
            by=None if before.is_automatic else by,
            at=at,
            assignments=assignments,
            coder=before.coder,
            spans=kept,
            reason=before.reason,
            note=f"{before.note}\n{said}".strip(),
            rule=before.rule,
            confidence=before.confidence,
            is_automatic=before.is_automatic,
        )
        card.save(update_fields=["decision", "is_stale"])


def count(task: Task) -> None:
    """Raise the task's version and set its counters to what its cards are; the caller saves."""
    disputed = task.cards.exclude(kind__in=[CardKind.AGREED, CardKind.ADDED])
    task.cards_open = task.cards.open().count()
    task.cards_disputed = disputed.count()
    task.version += 1


def _with_extents(rows: list[Row]) -> list[Row]:
    """Gold spans as a record has them, their links with what they point to."""
    targets = {row["id"]: extent_of(row) for row in rows}
    return [
        {
            **row,
            "note": "",
            "links": [{**link, "at": targets.get(link["target"])} for link in row["links"]],
        }
        for row in rows
    ]


def _stored(span: algorithm.CodedSpan, row: Row) -> Row:
    """The row of a submission as a card keeps it: ``at`` says what a link pointed to."""
    links = [
        {
            "name": link.name,
            "target": link.target_id,
            "at": list(link.target) if link.target else None,
        }
        for link in span.links
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
    if not undecided:
        return
    carried = {card.decision_id for card in cards}
    heads = {head.card_id: head for head in _loose(task) if head.pk not in carried}
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
    versions = [assignment.codebook.number for assignment in assignments]
    if card.task.codebook is not None:
        versions.append(card.task.codebook.number)
    return Decision(
        task=card.task,
        card_id=card.card_id,
        candidates=_by_member(card, assignments),
        codebook_version=max(versions, default=None),
        **said,
    )


def _loose(task: Task) -> QuerySet[Decision]:
    """The last decisions that no card holds, as on a card that was reopened or is gone."""
    held = task.cards.exclude(decision=None).values("decision")
    return task.decisions.filter(superseded_by=None).exclude(pk__in=held).order_by("pk")
