"""An article as it is read: its text cut where zones, or one coder's spans, begin and end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from annotations.algorithms.segments import Extent, Segment, segment_lines
from annotations.enums import ZoneKind
from annotations.models import Article, Assignment, LabelDefinition, Span
from annotations.queries import codebook


@dataclass(frozen=True)
class Piece:
    """A stretch of one line, and the kind of the zone that it lies in, if any."""

    text: str
    kind: str = ""

    @property
    def kind_name(self) -> str:
        return str(ZoneKind(self.kind).label) if self.kind else ""


@dataclass(frozen=True)
class NumberedSpan:
    """A span, its number in the list under the text, and what its label looks like."""

    number: int
    span: Span
    label: LabelDefinition
    links: list[tuple[str, "NumberedSpan"]] = field(default_factory=list)


@dataclass(frozen=True)
class MarkedSegment:
    """A stretch of text with the spans that hold it, innermost first."""

    text: str
    held_by: list[NumberedSpan]
    opening: list[NumberedSpan]
    closing: list[NumberedSpan]


@dataclass(frozen=True)
class MarkedLine:
    segments: list[MarkedSegment]
    is_furniture: bool


def numbered_spans(assignment: Assignment) -> list[NumberedSpan]:
    """Number an assignment's spans in reading order, the longer of two that begin alike first."""
    labels = {
        definition.label_id: definition for definition in codebook.definitions(assignment.codebook)
    }
    rows = assignment.spans.order_by("start", "-end", "label__key", "uuid")
    numbered = [
        NumberedSpan(number, span, labels[span.label_id]) for number, span in enumerate(rows, 1)
    ]
    by_id = {str(one.span.uuid): one for one in numbered}
    for one in numbered:
        found = ((link["name"], by_id.get(link["target"])) for link in one.span.links)
        one.links.extend((name, target) for name, target in found if target)
    return numbered


def marked_lines(article: Article, spans: Sequence[NumberedSpan]) -> Iterator[MarkedLine]:
    """Cut the text line by line wherever one of ``spans`` begins or ends."""
    extents = [Extent(one.number, one.span.start, one.span.end) for one in spans]

    def named(held: list[Extent]) -> list[NumberedSpan]:
        return [spans[extent.number - 1] for extent in held]

    def marked(piece: Segment) -> MarkedSegment:
        return MarkedSegment(
            piece.text, named(piece.held_by), named(piece.opening), named(piece.closing)
        )

    start = 0
    for pieces in segment_lines(article.text, extents):
        end = start + sum(len(piece.text) for piece in pieces)
        is_furniture = _kind(article, start, end) == ZoneKind.BOILERPLATE
        yield MarkedLine([marked(piece) for piece in pieces], is_furniture)
        start = end + 1


def legend(spans: Sequence[NumberedSpan]) -> list[tuple[LabelDefinition, int]]:
    """Return the labels that ``spans`` use, in the codebook's order, each with its count."""
    counts = Counter(one.label.pk for one in spans)
    labels = {one.label.pk: one.label for one in spans}
    return [
        (label, counts[pk])
        for pk, label in sorted(labels.items(), key=lambda item: item[1].position)
    ]


def lines(article: Article) -> list[list[Piece]]:
    """Return the text line by line, each in pieces; where zones overlap, the first one counts."""
    borders = sorted({border for zone in article.zones for border in (zone["start"], zone["end"])})
    cut = []
    start = 0
    for line in article.text.split("\n"):
        end = start + len(line)
        inside = [border for border in borders if start < border < end]
        edges = [start, *inside, end]
        cut.append(
            [
                Piece(article.text[left:right], _kind(article, left, right))
                for left, right in pairwise(edges)
                if left < right
            ]
        )
        start = end + 1
    return cut


def _kind(article: Article, start: int, end: int) -> str:
    for zone in article.zones:
        if zone["start"] <= start and end <= zone["end"]:
            return zone["kind"]
    return ""
