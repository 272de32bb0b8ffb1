"""What the rulings in force come to: the gold spans of a task."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from annotations.algorithms.cards import Extent, gold_span_id
from annotations.enums import CardKind, Source
from annotations.models import Card, Decision, Task

Row = dict[str, Any]
Candidates = Mapping[str, Sequence[Row]]

#: What a gold span has in a record, before members get names or pseudonyms.
RECORD_KEYS = (
    "id",
    "start",
    "end",
    "label",
    "quote",
    "attributes",
    "links",
    "source",
    "coders",
    "decision",
)


def extent_of(row: Mapping[str, Any]) -> Extent:
    return Extent(row["start"], row["end"], row["label"])


def content(candidates: Candidates) -> dict[str, list[str]]:
    """Return what coders' versions say, so that two can be compared.

    The ids of spans, their notes and repeats make no difference.
    """
    return {
        coder: sorted(
            {
                json.dumps(
                    [
                        extent_of(row),
                        sorted(json.dumps(pair, sort_keys=True) for pair in row["attributes"]),
                        sorted(json.dumps([link["name"], link["at"]]) for link in row["links"]),
                    ]
                )
                for row in rows
            }
        )
        for coder, rows in candidates.items()
    }


def as_gold(task: Task, rows: Iterable[Row]) -> list[Row]:
    """Return ``rows`` of a coder or an adjudicator as gold spans, repeats left out.

    A link then points to the gold span of its target's extent and label, which
    need not be there until the task is finished.
    """
    unique = {extent_of(row): row for row in reversed(list(rows))}
    return [
        {
            "id": str(gold_span_id(task.uuid, *extent)),
            "start": row["start"],
            "end": row["end"],
            "label": row["label"],
            "quote": row["quote"],
            "attributes": row["attributes"],
            "links": [
                {"name": link["name"], "target": str(gold_span_id(task.uuid, *link["at"]))}
                for link in row["links"]
                if link["at"]
            ],
            "note": row["note"],
        }
        for extent, row in sorted(unique.items())
    ]


def assemble(task: Task, cards: Iterable[Card], coders: Mapping[str, UUID]) -> list[Row]:
    """Return the gold spans that ``cards`` give now, in the record's order.

    ``cards`` come with their decisions; stale rulings give nothing until they
    are confirmed. ``coders`` has the member UUID of each assignment UUID. Each
    span also names its ``card``.
    """
    cards = list(cards)
    markers: dict[Extent, set[str]] = defaultdict(set)
    for card in cards:
        # Work may have been taken away from a coder since the cards were made.
        for assignment in card.candidates.keys() & coders.keys():
            for row in card.candidates[assignment]:
                markers[extent_of(row)].add(str(coders[assignment]))

    found: dict[Extent, list[tuple[Card, Decision, Row]]] = defaultdict(list)
    for card in sorted(cards, key=lambda card: (card.kind == CardKind.ADDED, card.pk)):
        if card.decision and not card.is_stale:
            for row in card.decision.spans:
                found[extent_of(row)].append((card, card.decision, row))

    gold = []
    for extent, entries in found.items():
        for ordinal, (card, decision, row) in enumerate(entries):
            gold.append(
                {
                    **row,
                    "id": str(gold_span_id(task.uuid, *extent, ordinal)),
                    "source": _source(card, decision),
                    "coders": sorted(markers[extent]),
                    "decision": str(decision.uuid),
                    "card": card.card_id,
                }
            )
    ids = {row["id"] for row in gold}
    for row in gold:
        row["links"] = [link for link in row["links"] if link["target"] in ids]
    return sorted(gold, key=lambda row: (*extent_of(row), row["id"]))


def _source(card: Card, decision: Decision) -> str:
    if not decision.is_automatic or card.kind == CardKind.ADDED:
        return Source.ADJUDICATED.value
    if len(card.candidates) == 1:
        return Source.SINGLE.value
    return (Source.UNANIMOUS if card.kind == CardKind.AGREED else Source.MAJORITY).value
