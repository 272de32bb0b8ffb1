"""Cards: the units of adjudication, made from what each coder of one article marked.

Offsets count Unicode code points, ``end`` is exclusive. Nothing here depends on the order in
which coders or spans come.
"""

import hashlib
import hmac
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from annotations.algorithms.components import Node, components


class Extent(NamedTuple):
    """What makes two marks the same one: where, and as what."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class CodedLink:
    """A link to the span ``target_id`` of the same coder; ``target`` is None if there is none."""

    name: str
    target_id: str
    target: Extent | None


@dataclass(frozen=True)
class CodedSpan:
    """One coder's span. ``attributes`` are pairs of a name and a JSON value."""

    id: str
    start: int
    end: int
    label: str
    quote: str = ""
    attributes: tuple[tuple[str, Any], ...] = ()
    links: tuple[CodedLink, ...] = ()
    note: str = ""

    @property
    def extent(self) -> Extent:
        return Extent(self.start, self.end, self.label)

    @property
    def details(self) -> str:
        """What else must be alike for two coders to agree: attributes and links, in any order."""
        attributes = sorted(json.dumps(pair, sort_keys=True) for pair in self.attributes)
        links = sorted(json.dumps([link.name, link.target]) for link in self.links)
        return json.dumps([attributes, links])


@dataclass(frozen=True)
class Card:
    """A place to rule on: what every coder of the task has there, which may be nothing.

    ``kind`` is ``agreed``, ``attribute``, ``missing``, ``label``, ``boundary``, ``split`` or
    ``mixed``. ``candidates`` has every coder of the task, by assignment id.
    """

    id: str
    kind: str
    start: int
    end: int
    candidates: Mapping[str, Sequence[CodedSpan]]

    @property
    def present(self) -> dict[str, Sequence[CodedSpan]]:
        """The candidates of those who have something here."""
        return {coder: spans for coder, spans in self.candidates.items() if spans}


def coded_spans(rows: Iterable[Mapping[str, Any]]) -> list[CodedSpan]:
    """Turn one coder's spans, in the shape the API gives them, into ``CodedSpan``s.

    Link targets are resolved among the same ``rows``; one that is not there resolves to None.
    """
    rows = list(rows)
    extents = {str(row["id"]): Extent(row["start"], row["end"], row["label"]) for row in rows}
    return [
        CodedSpan(
            id=str(row["id"]),
            start=row["start"],
            end=row["end"],
            label=row["label"],
            quote=row.get("quote", ""),
            attributes=tuple(
                (attribute["name"], attribute.get("value"))
                for attribute in row.get("attributes") or ()
            ),
            links=tuple(
                CodedLink(link["name"], str(link["target"]), extents.get(str(link["target"])))
                for link in row.get("links") or ()
            ),
            note=row.get("note") or "",
        )
        for row in rows
    ]


def make_cards(codings: Mapping[str, Sequence[CodedSpan]]) -> list[Card]:
    """Return the cards of one task, sorted by start, end and id.

    ``codings`` has every coder of the task by assignment id; an empty list says that they read
    the article and found nothing. Each span given is in exactly one card.
    """
    marked: dict[Extent, dict[str, list[CodedSpan]]] = defaultdict(lambda: defaultdict(list))
    for coder, spans in codings.items():
        for span in spans:
            marked[span.extent][coder].append(span)

    cards = []
    disputed = []
    for extent, by_coder in marked.items():
        if len(by_coder) == len(codings):
            kind = "agreed" if _agree_in_details(by_coder.values()) else "attribute"
            cards.append(
                _card(kind, [Node(coder, *extent) for coder in by_coder], marked, codings)
            )
        else:
            disputed += [Node(coder, *extent) for coder in by_coder]
    for nodes in components(disputed):
        cards.append(_card(_kind(nodes, len(codings)), nodes, marked, codings))
    return sorted(cards, key=lambda card: (card.start, card.end, card.id))


def automatic(card: Card, policy: str) -> bool:
    """Whether ``policy`` decides this card without a person, in favour of those present.

    ``unanimous`` decides agreed cards; ``majority`` also missing ones that more than half of
    the coders hold, alike in attributes and links; ``none`` decides nothing.
    """
    if policy == "none":
        return False
    if card.kind == "agreed":
        return True
    if policy != "majority" or card.kind != "missing":
        return False
    if 2 * len(card.present) <= len(card.candidates):
        return False
    by_extent: dict[Extent, list[list[CodedSpan]]] = defaultdict(list)
    for spans in card.present.values():
        for extent in {span.extent for span in spans}:
            by_extent[extent].append([span for span in spans if span.extent == extent])
    return all(_agree_in_details(versions) for versions in by_extent.values())


def gold_span_id(task: UUID, start: int, end: int, label: str, ordinal: int = 0) -> UUID:
    """Name a gold span: the same task, extent, label and ordinal give the same id for ever."""
    return uuid5(task, f"{start}:{end}:{ordinal}:{label}")


def letters(assignment_ids: Iterable[str], key: bytes, task_id: str) -> dict[str, str]:
    """Give the coders of a task the letters A, B, …, shuffled by a hash under ``key``.

    The order says nothing about who they are, in this task or across tasks.
    """

    def shuffled(assignment_id: str) -> bytes:
        return hmac.digest(key, f"{task_id}\0{assignment_id}".encode(), "sha256")

    ordered = sorted(assignment_ids, key=shuffled)
    return {assignment_id: _letter(place) for place, assignment_id in enumerate(ordered)}


def _letter(place: int) -> str:
    rounds, rest = divmod(place, len(ascii_uppercase))
    return (_letter(rounds - 1) if rounds else "") + ascii_uppercase[rest]


def _card(
    kind: str,
    nodes: Sequence[Node],
    marked: Mapping[Extent, Mapping[str, list[CodedSpan]]],
    codings: Mapping[str, Sequence[CodedSpan]],
) -> Card:
    candidates: dict[str, list[CodedSpan]] = {coder: [] for coder in codings}
    for node in nodes:
        candidates[node.coder] += marked[Extent(node.start, node.end, node.label)][node.coder]
    fingerprint = json.dumps(sorted(nodes), ensure_ascii=False, separators=(",", ":"))
    return Card(
        id=hashlib.sha256(fingerprint.encode()).hexdigest()[:32],
        kind=kind,
        start=min(node.start for node in nodes),
        end=max(node.end for node in nodes),
        candidates={
            coder: sorted(spans, key=lambda span: (*span.extent, span.id))
            for coder, spans in sorted(candidates.items())
        },
    )


def _agree_in_details(versions: Iterable[Iterable[CodedSpan]]) -> bool:
    return len({frozenset(span.details for span in spans) for spans in versions}) == 1


def _kind(nodes: Sequence[Node], coders: int) -> str:
    """Say how the coders differ; the first description that fits."""
    of_coder: dict[str, set[Extent]] = defaultdict(set)
    for node in nodes:
        of_coder[node.coder].add(Extent(node.start, node.end, node.label))
    marks = list(of_coder.values())
    one_each = all(len(extents) == 1 for extents in marks)
    one_label = len({node.label for node in nodes}) == 1

    if len(marks) < coders and all(extents == marks[0] for extents in marks):
        return "missing"
    if one_each and len({(node.start, node.end) for node in nodes}) == 1:
        return "label"
    if one_each and one_label:
        return "boundary"
    if one_label and (len({len(extents) for extents in marks}) > 1 or _covers_several(of_coder)):
        return "split"
    return "mixed"


def _covers_several(of_coder: Mapping[str, set[Extent]]) -> bool:
    """Whether some coder's extent holds two or more of another coder's."""
    for other, extents in of_coder.items():
        ordered = sorted(extents)
        # For each start, the smallest and second smallest end among spans that begin there or
        # later: an extent holds two exactly when it reaches the second.
        second: list[float] = []
        low, high = float("inf"), float("inf")
        for extent in reversed(ordered):
            low, high = sorted((low, high, extent.end))[:2]
            second.append(high)
        second = [float("inf"), *second][::-1]
        starts = [extent.start for extent in ordered]
        for coder, wide in of_coder.items():
            if coder == other:
                continue
            if any(second[bisect_left(starts, extent.start)] <= extent.end for extent in wide):
                return True
    return False
