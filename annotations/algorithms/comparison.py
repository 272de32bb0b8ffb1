"""Where one coder's version of an article and its gold part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.algorithms.cards import CodedSpan, coded_spans, make_cards

Row = Mapping[str, Any]

_OWN, _GOLD = "own", "gold"


@dataclass(frozen=True)
class Place:
    """A stretch that is not in both alike, with what each has there.

    ``kind`` is ``rejected`` where gold has nothing, ``missed`` where the coder has nothing, else
    that of a card of two coders: ``attribute``, ``label``, ``boundary``, ``split``, ``mixed``.
    """

    kind: str
    start: int
    end: int
    own: list[Row]
    gold: list[Row]


def places(own: Iterable[Row], gold: Iterable[Row]) -> list[Place]:
    """Return where the two differ, in the order of the text; repeats count once.

    Rows are spans as the API writes them. Gold is compared as if it were a second coder.
    """
    sides = {_OWN: list(own), _GOLD: list(gold)}
    cards = make_cards({side: coded_spans(rows) for side, rows in sides.items()})
    found = []
    for card in cards:
        if card.kind == "agreed":
            continue
        here = {side: _rows(sides[side], card.candidates[side]) for side in sides}
        kind = card.kind
        if not here[_GOLD]:
            kind = "rejected"
        elif not here[_OWN]:
            kind = "missed"
        found.append(Place(kind, card.start, card.end, here[_OWN], here[_GOLD]))
    return found


def _rows(rows: Iterable[Row], spans: Sequence[CodedSpan]) -> list[Row]:
    """Return the rows of ``spans``, of those that say the same the first."""
    by_id = {str(row["id"]): row for row in rows}
    unique = {(span.extent, span.details): by_id[span.id] for span in reversed(spans)}
    return list(reversed(unique.values()))
