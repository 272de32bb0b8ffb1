"""What became of the spans of one article from one release to another. Pure functions."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Span = dict[str, Any]
Kind = Literal["added", "removed", "changed"]
Place = tuple[int, int, str]
Pairs = list[tuple[Span, Span]]

#: What can differ of a span, in the order in which it is told. A ruling is source and decision.
PARTS = ("label", "extent", "attributes", "links", "note", "ruling")


@dataclass(frozen=True)
class SpanChange:
    """A span that came, went, or says something else; ``parts`` says what of it."""

    kind: Kind
    before: Span | None = None
    after: Span | None = None
    parts: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """The span as it is now, or as it was."""
        return self.after or self.before or {}


def compare(before: list[Span], after: list[Span]) -> list[SpanChange]:
    """Return the changes in the order of the text; both lists are sorted as records sort them.

    A span is the same one if extent and label are. Of the rest those of one extent belong
    together (another label), then those of one label that overlap (other borders). Ids decide
    only among equals, because another batch gives others. Coders don't count at all: their
    numbers are a release's own.
    """
    places = _places(before), _places(after)
    same, left, right = _paired(before, after, _place)
    relabelled, left, right = _paired(left, right, _extent)
    moved, left, right = _overlapping(left, right)
    changes = [
        SpanChange("changed", old, new, parts)
        for old, new in (*same, *relabelled, *moved)
        if (parts := tuple(_differing(old, new, *places)))
    ]
    changes += [SpanChange("removed", before=span) for span in left]
    changes += [SpanChange("added", after=span) for span in right]
    return sorted(changes, key=_order)


def _place(span: Span) -> Place:
    return span["start"], span["end"], span["label"]


def _extent(span: Span) -> tuple[int, int]:
    return span["start"], span["end"]


def _places(spans: list[Span]) -> dict[str, Place]:
    return {span["id"]: _place(span) for span in spans}


def _paired(
    before: list[Span], after: list[Span], key: Callable[[Span], Any]
) -> tuple[Pairs, list[Span], list[Span]]:
    """Pair spans of one key, those of one id first; return also what is left on either side."""
    waiting: defaultdict[Any, dict[str, Span]] = defaultdict(dict)
    for span in after:
        waiting[key(span)][span["id"]] = span
    pairs: Pairs = []
    # False comes first: whoever finds its own id takes it before others take what is there.
    for span in sorted(before, key=lambda span: span["id"] not in waiting.get(key(span), ())):
        if there := waiting.get(key(span)):
            partner = span["id"] if span["id"] in there else next(iter(there))
            pairs.append((span, there.pop(partner)))
    return pairs, *_left(before, after, pairs)


def _overlapping(before: list[Span], after: list[Span]) -> tuple[Pairs, list[Span], list[Span]]:
    """Pair spans of one label that share a character, along the text and each at most once."""
    olds, news = _by_label(before), _by_label(after)
    pairs: Pairs = []
    for label in olds.keys() & news.keys():
        left, right = olds[label], news[label]
        while left and right:
            if left[0]["end"] <= right[0]["start"]:
                left.popleft()
            elif right[0]["end"] <= left[0]["start"]:
                right.popleft()
            else:
                pairs.append((left.popleft(), right.popleft()))
    return pairs, *_left(before, after, pairs)


def _by_label(spans: list[Span]) -> dict[str, deque[Span]]:
    found: defaultdict[str, deque[Span]] = defaultdict(deque)
    for span in spans:
        found[span["label"]].append(span)
    return found


def _left(before: list[Span], after: list[Span], pairs: Pairs) -> tuple[list[Span], list[Span]]:
    olds = {old["id"] for old, _ in pairs}
    news = {new["id"] for _, new in pairs}
    return [s for s in before if s["id"] not in olds], [s for s in after if s["id"] not in news]


def _differing(
    old: Span, new: Span, old_places: dict[str, Place], new_places: dict[str, Place]
) -> Iterator[str]:
    if old["label"] != new["label"]:
        yield "label"
    if _extent(old) != _extent(new):
        yield "extent"
    if _attributes(old) != _attributes(new):
        yield "attributes"
    if _links(old, old_places) != _links(new, new_places):
        yield "links"
    if old.get("note") != new.get("note"):
        yield "note"
    if any(old.get(name) != new.get(name) for name in ("source", "decision")):
        yield "ruling"


def _attributes(span: Span) -> list[tuple[str, str]]:
    return sorted((pair["name"], pair["value"]) for pair in span["attributes"])


def _links(span: Span, places: dict[str, Place]) -> list[tuple[str, Place]]:
    """Say where links go by place, as ids are compared nowhere."""
    nowhere = (0, 0, "")
    return sorted((link["name"], places.get(link["target"], nowhere)) for link in span["links"])


def _order(change: SpanChange) -> tuple[Any, ...]:
    return *_place(change.span), change.kind, change.span["id"]
