"""An article as it is read: cut where zones, or the spans of a coder or of gold, begin and end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from annotations.algorithms.segments import Extent, Segment, segment_lines
from annotations.enums import Source, ZoneKind
from annotations.models import (
    Article,
    Assignment,
    CodebookVersion,
    Decision,
    LabelDefinition,
    Project,
    Span,
    Task,
)
from annotations.queries import codebook, disputes

FACTS = ("outlet", "author", "published_at")


@dataclass(frozen=True)
class Piece:
    """A stretch of one line, and the kind of the zone that it lies in, if any."""

    text: str
    kind: str = ""

    @property
    def kind_name(self) -> str:
        return str(ZoneKind(self.kind).label) if self.kind else ""


@dataclass(frozen=True)
class Origin:
    """How a span came into gold: who marked it so, and the ruling of a person that it rests on.

    ``coders`` are called as on the adjudication page.
    """

    source: Source
    coders: Sequence[str]
    ruling: Decision | None


@dataclass(frozen=True)
class NumberedSpan:
    """A span, its number in the list under the text, and what its label looks like."""

    number: int
    span: Span
    label: LabelDefinition
    origin: Origin | None = None
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


def facts(article: Article) -> list[str]:
    """Return what stands under the headline: where the article is from."""
    return [str(article.meta[name]) for name in FACTS if article.meta.get(name)]


def own_spans(assignment: Assignment) -> list[NumberedSpan]:
    """Number an assignment's spans in reading order, the longer of two that begin alike first."""
    return _numbered(assignment.spans.all(), assignment.codebook)


def gold_spans(task: Task) -> list[NumberedSpan]:
    """Number the gold spans of an adjudicated task alike, and tell where each comes from.

    Labels look as they do today.
    """
    assignments = disputes.coders_of(task)
    # Who had the codebook that a label is new in may have gone; the latest has all of them.
    version = codebook.current(task.batch.project)
    labels = {one.label.key: one.label for one in codebook.definitions(version)}
    gold = disputes.View(assignments, disputes.names(task, assignments)).gold(
        task.golds.latest("number").spans
    )
    spans = [
        Span(
            uuid=row["id"],
            label=labels[row["label"]],
            **{name: row[name] for name in ("start", "end", "quote", "attributes", "links")},
        )
        for row in gold
    ]
    return _numbered(spans, version, _origins(task, gold))


def _origins(task: Task, gold: Iterable[disputes.Row]) -> dict[str, Origin]:
    """Return the origin of each row of ``gold`` by its id."""
    # Not sought by what rows name: gold that came with an import names rulings as it likes.
    made = task.decisions.filter(is_automatic=False)
    made = made.select_related("made_by").defer("candidates", "spans")
    rulings = {str(ruling.uuid): ruling for ruling in made}
    return {
        row["id"]: Origin(Source(row["source"]), row["coders"], rulings.get(row["decision"]))
        for row in gold
    }


def cited_rules(project: Project, spans: Iterable[NumberedSpan]) -> list[tuple[str, str]]:
    """Return the rules that the rulings on gold ``spans`` cite, as their codebook had them."""
    rulings = [one.origin.ruling for one in spans if one.origin and one.origin.ruling]
    texts = codebook.rules_of(project, {ruling.codebook_version for ruling in rulings})
    cited = {
        (ruling.rule, texts.get(ruling.codebook_version, {}).get(ruling.rule, ""))
        for ruling in rulings
        if ruling.rule
    }
    return sorted(cited)


def _numbered(
    spans: Iterable[Span],
    version: CodebookVersion,
    origins: Mapping[str, Origin] = MappingProxyType({}),
) -> list[NumberedSpan]:
    labels = {definition.label_id: definition for definition in codebook.definitions(version)}
    ordered = sorted(
        spans,
        key=lambda one: (one.start, -one.end, labels[one.label_id].label.key, str(one.uuid)),
    )
    numbered = [
        NumberedSpan(number, span, labels[span.label_id], origins.get(str(span.uuid)))
        for number, span in enumerate(ordered, 1)
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
