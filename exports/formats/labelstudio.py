"""Label Studio's tasks, as an array that goes on a task a line; gold is their ground truth."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from exports.formats import jsonl, utf16
from exports.formats.ledger import Ledger, Record, Span

NAME = "labelstudio.json"
TITLE = _("Label Studio: tasks with the gold as ground truth")
KEEPS = frozenset({"attributes", "links", "notes"})
NEEDS = frozenset({"text", "gold"})
CARD = (
    f"`{NAME}` has a task for each article; its offsets count UTF-16 units. The labelling",
    'interface wants `<Labels name="label" toName="text">` with the labels below, and',
    '`<TextArea perRegion="true" toName="text">` named like each attribute.',
)

_OURS = ("text", "article", "cluster", "split")


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the array."""
    before = b"[\n"
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        yield before + jsonl.line(_task(record, ledger)).rstrip(b"\n")
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _task(record: Record, ledger: Ledger) -> dict[str, Any]:
    meta = {f"meta_{n}" if n in _OURS else n: v for n, v in record["meta"].items()}
    own = {"text": record["text"], "article": record["id"]}
    own |= {name: record[name] for name in ("cluster", "split") if record[name] is not None}
    result = list(_results(record["text"], record["spans"], ledger))
    return {"data": meta | own, "annotations": [{"ground_truth": True, "result": result}]}


def _results(text: str, spans: list[Span], ledger: Ledger) -> Iterator[dict[str, Any]]:
    units = utf16.counter(text)
    known = {span["id"] for span in spans}
    for span in spans:
        ledger.wrote(span)
        place = {"start": units(span["start"]), "end": units(span["end"])}
        region = {"id": span["id"], "to_name": "text"}
        quote = text[span["start"] : span["end"]]
        said = {"meta": {"text": [span["note"]]}} if "note" in span else {}
        yield (
            region
            | said
            | {
                "from_name": "label",
                "type": "labels",
                "value": place | {"text": quote, "labels": [span["label"]]},
            }
        )
        for attribute in span["attributes"]:
            yield region | {
                "from_name": attribute["name"],
                "type": "textarea",
                "value": place | {"text": [attribute["value"]]},
            }
    for span in spans:
        for link in span["links"]:
            if link["target"] not in known:
                ledger.left_out("links")
                continue
            yield {
                "type": "relation",
                "from_id": span["id"],
                "to_id": link["target"],
                "direction": "right",
                "labels": [link["name"]],
            }
