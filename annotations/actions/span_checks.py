"""Spans that an adjudicator writes: checked against the text and the codebook."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotations.actions import span_details
from annotations.algorithms import declarations
from annotations.algorithms.cards import gold_span_id
from annotations.enums import ZoneKind
from annotations.exceptions import Invalid
from annotations.models import Card, LabelDefinition, Task
from annotations.queries import codebook, disputes
from annotations.queries.gold import Row, extent_of

Fault = tuple[str, str, str]


def checked(task: Task, spans: list[dict[str, Any]], card: Card | None = None) -> list[Row]:
    """Return ``spans`` with their quotes taken from the text and links resolved.

    A span lies inside the text, not wholly in site furniture, and has a label
    that the codebook still opens or that is there in ``card``. It carries what
    its label declares, or what a span in ``card`` carries, be it a coder's or
    one that was ruled; and what its label requires, unless one there lacks it
    too. Raises ``Invalid``, naming each fault.
    """
    version = disputes.codebook_of(task, disputes.coders_of(task))
    definitions = {one.label.key: one for one in codebook.definitions(version)}
    there = _rows_of(card) if card else []
    labels = {key for key, definition in definitions.items() if not definition.is_retired}
    labels |= {row["label"] for row in there}
    has_links = any(span.get("links") for span in spans)
    targets = _targets(task, spans) if has_links else {}

    errors = [
        {"field": f"spans.{index}.{field}", "code": code, "detail": detail}
        for index, span in enumerate(spans)
        for field, code, detail in [
            *_faults(task, span, labels),
            *_detail_faults(span, definitions.get(span["label"]), there, targets),
            *(_lacks(span, definitions.get(span["label"]), there) if card else ()),
        ]
    ]
    if errors:
        raise Invalid(errors[0]["detail"], errors=errors)
    return [
        {
            "start": span["start"],
            "end": span["end"],
            "label": span["label"],
            "quote": task.article.text[span["start"] : span["end"]],
            "attributes": span.get("attributes") or [],
            "links": [
                {"name": link["name"], "at": targets[link["target"]]}
                for link in span.get("links") or []
            ],
            "note": span.get("note") or "",
        }
        for span in spans
    ]


def _rows_of(card: Card) -> list[Row]:
    """The spans that a card has to choose from: coders', and those of its ruling."""
    rows = [row for held in card.candidates.values() for row in held]
    return rows + (card.decision.spans if card.decision else [])


def _faults(task: Task, span: dict[str, Any], labels: set[str]) -> Iterator[Fault]:
    text = task.article.text
    start, end = span["start"], span["end"]
    if not 0 <= start < end <= len(text):
        yield "end", "outside_text", _("The span does not lie inside the text.")
        return
    if span.get("quote") not in (None, text[start:end]):
        yield "quote", "quote_differs", _("The quote is not what the text says there.")
    if span["label"] not in labels:
        yield "label", "unknown_label", _("The codebook has no such label.")
    if any(
        zone["kind"] == ZoneKind.BOILERPLATE and zone["start"] <= start and end <= zone["end"]
        for zone in task.article.zones
    ):
        yield "start", "in_boilerplate", _("The span lies wholly in site furniture.")


def _detail_faults(
    span: dict[str, Any],
    definition: LabelDefinition | None,
    there: list[Row],
    targets: dict[str, Any],
) -> Iterator[Fault]:
    """Yield what is wrong with attributes and links; what is there may be taken over."""
    attributes, links = span.get("attributes") or [], span.get("links") or []
    if definition is None:
        if any(link["target"] not in targets for link in links):
            yield "links", "unknown_target", _("A link points to a span that is not here.")
        return
    known = [one for row in there for one in row["attributes"]]
    for fault in span_details.attribute_faults(definition, attributes, known):
        yield "attributes", *fault
    given = [{"name": link["name"], "target": link["target"]} for link in links]
    known = [
        {"name": link["name"], "target": link["target"]} for row in there for link in row["links"]
    ]
    for fault in span_details.link_faults(
        definition,
        given,
        known,
        own_id=str(span.get("id") or ""),
        label_of=lambda target: targets[target].label if target in targets else None,
    ):
        yield "links", *fault


def _lacks(
    span: dict[str, Any], definition: LabelDefinition | None, there: list[Row]
) -> Iterator[Fault]:
    """Yield which required attributes the span lacks; what one there lacks, it may lack too."""
    if definition is None:
        return
    alike = [row for row in there if row["label"] == span["label"]]
    for name in _missing(definition, span):
        if not any(name in _missing(definition, row) for row in alike):
            detail = _("The label “%(label)s” requires “%(name)s”.")
            named = {"label": definition.name, "name": name}
            yield "attributes", "required_attribute", detail % named


def _missing(definition: LabelDefinition, span: dict[str, Any]) -> list[str]:
    return declarations.missing(definition.attributes, (), span.get("attributes") or ())


def _targets(task: Task, spans: list[dict[str, Any]]) -> dict[str, Any]:
    """What a link may point to: coders' spans, gold spans, and the other spans given.

    Gold spans count before they are ruled on, since a ruling may already name them.
    """
    rows = [row for card in task.cards.all() for held in card.candidates.values() for row in held]
    to_be = {str(gold_span_id(task.uuid, *extent_of(row))): extent_of(row) for row in rows}
    rows += disputes.gold_of(task)
    rows += [span for span in spans if span.get("id")]
    return to_be | {str(row["id"]): extent_of(row) for row in rows}
