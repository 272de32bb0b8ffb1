"""Spans that an adjudicator writes: checked against the text and the codebook."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotations.actions import span_details
from annotations.enums import ZoneKind
from annotations.exceptions import Invalid
from annotations.models import Card, LabelDefinition, Task
from annotations.queries import codebook, disputes
from annotations.queries.gold import Row, extent_of

Fault = tuple[str, str, str]


def checked(task: Task, spans: list[dict[str, Any]], card: Card | None = None) -> list[Row]:
    """Return ``spans`` with their quotes taken from the text and links resolved.

    A span lies inside the text, not wholly in site furniture, and has a label
    that the codebook still opens or that a coder gave in ``card``. It carries
    what its label declares, or what a coder's span in ``card`` carries. Raises
    ``Invalid``, naming each fault.
    """
    version = disputes.codebook_of(task, disputes.coders_of(task))
    definitions = {one.label.key: one for one in codebook.definitions(version)}
    candidates = [row for rows in card.candidates.values() for row in rows] if card else []
    labels = {key for key, definition in definitions.items() if not definition.is_retired}
    labels |= {row["label"] for row in candidates}
    has_links = any(span.get("links") for span in spans)
    targets = _targets(task, spans) if has_links else {}

    errors = [
        {"field": f"spans.{index}.{field}", "code": code, "detail": detail}
        for index, span in enumerate(spans)
        for field, code, detail in [
            *_faults(task, span, labels),
            *_detail_faults(span, definitions.get(span["label"]), candidates, targets),
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
    candidates: list[Row],
    targets: dict[str, Any],
) -> Iterator[Fault]:
    """Yield what is wrong with attributes and links; what coders have there may be taken over."""
    attributes, links = span.get("attributes") or [], span.get("links") or []
    if definition is None:
        if any(link["target"] not in targets for link in links):
            yield "links", "unknown_target", _("A link points to a span that is not here.")
        return
    known = [one for row in candidates for one in row["attributes"]]
    for fault in span_details.attribute_faults(definition, attributes, known):
        yield "attributes", *fault
    given = [{"name": link["name"], "target": link["target"]} for link in links]
    known = [
        {"name": link["name"], "target": link["target"]}
        for row in candidates
        for link in row["links"]
    ]
    for fault in span_details.link_faults(
        definition,
        given,
        known,
        own_id=str(span.get("id") or ""),
        label_of=lambda target: targets[target].label if target in targets else None,
    ):
        yield "links", *fault


def _targets(task: Task, spans: list[dict[str, Any]]) -> dict[str, Any]:
    """What a link may point to: coders' spans, gold spans, and the other spans given."""
    rows = [row for card in task.cards.all() for held in card.candidates.values() for row in held]
    rows += disputes.gold_of(task)
    rows += [span for span in spans if span.get("id")]
    return {str(row["id"]): extent_of(row) for row in rows}
