"""W3C Web Annotation: a line for each article and layer, which is a JSON-LD page of its own."""

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from exports.formats import jsonl
from exports.formats.ledger import GOLD, Ledger, Record, Span, layers

NAME = "webannotation.jsonl"
TITLE = _("W3C Web Annotation, JSON-LD")
KEEPS = frozenset({"attributes", "links", "notes", "codings"})
NEEDS: frozenset[str] = frozenset()
CARD = (
    f"`{NAME}` has an annotation page a line, one for the gold of an article, one for each",
    "coder. Its `source` names the text by its SHA-256 (RFC 6920); the text is not in it.",
)

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_AROUND = 32


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the pages."""
    for record in records:
        ledger.article(record)
        for layer, spans in layers(record):
            ledger.rows += 1
            yield jsonl.line(_page(record, layer, spans, ledger))


def _page(record: Record, layer: str, spans: list[Span], ledger: Ledger) -> dict[str, Any]:
    digest = base64.urlsafe_b64encode(bytes.fromhex(record["text_sha256"])).decode().rstrip("=")
    source = f"ni:///sha-256;{digest}"
    items = []
    for span in spans:
        ledger.wrote(span)
        items.append(_annotation(record.get("text"), source, layer, span))
        items += [
            {
                "type": "Annotation",
                "motivation": "linking",
                "body": [
                    {"type": "TextualBody", "purpose": "tagging", "value": link["name"]},
                    {"id": _urn(link["target"]), "type": "Annotation"},
                ],
                "target": _urn(span["id"]),
            }
            for link in span["links"]
        ]
    return {
        "@context": _CONTEXT,
        "type": "AnnotationPage",
        "label": record["id"],
        "partOf": {"type": "AnnotationCollection", "label": layer},
        "items": items,
    }


def _annotation(text: str | None, source: str, layer: str, span: Span) -> dict[str, Any]:
    bodies = [{"type": "TextualBody", "purpose": "tagging", "value": span["label"]}]
    bodies += [
        {"type": "TextualBody", "purpose": "describing", "label": a["name"], "value": a["value"]}
        for a in span["attributes"]
    ]
    if "note" in span:
        bodies.append({"type": "TextualBody", "purpose": "commenting", "value": span["note"]})
    if "source" in span:
        bodies.append({"type": "TextualBody", "purpose": "assessing", "value": span["source"]})
    coders = span["coders"] if layer == GOLD else [layer]
    annotation = {
        "id": _urn(span["id"]),
        "type": "Annotation",
        "motivation": "tagging",
        "creator": [{"type": "Person", "nickname": coder} for coder in coders],
        "body": bodies,
        "target": {"source": source, "selector": _selectors(text, span)},
    }
    if span.get("decision"):
        annotation["via"] = _urn(span["decision"])
    return annotation


def _selectors(text: str | None, span: Span) -> list[dict[str, Any]]:
    start, end = span["start"], span["end"]
    found: list[dict[str, Any]] = [{"type": "TextPositionSelector", "start": start, "end": end}]
    if text is not None:
        found.append(
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - _AROUND) : start],
                "suffix": text[end : end + _AROUND],
            }
        )
    return found


def _urn(uuid: str) -> str:
    return f"urn:uuid:{uuid}"
