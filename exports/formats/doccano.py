"""doccano's JSONL with relations: an article a line, its gold as entities."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from django.utils.translation import gettext_lazy as _

from exports.formats import jsonl
from exports.formats import ledger as reasons
from exports.formats.ledger import Ledger, Record, Span

NAME = "doccano.jsonl"
TITLE = _("doccano: JSONL with entities and relations")
KEEPS = frozenset({"links"})
NEEDS = frozenset({"text", "gold"})
CARD = (
    f"`{NAME}` has an article a line, for projects of doccano's that label sequences and may",
    "have relations and overlapping spans.",
)

_OURS = ("text", "id", "article", "cluster", "split", "entities", "relations")
#: What doccano takes for something else than a value that belongs to the text.
_MEANT = ("label", "labels", "data", "meta", "cats", "Comments", "comments")


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the lines; entities and relations are numbered through the whole file."""
    numbers = count(1)
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        yield jsonl.line(_line(record, ledger.rows, numbers, ledger))


def _line(record: Record, row: int, numbers: Iterator[int], ledger: Ledger) -> dict[str, Any]:
    meta = {f"meta_{n}" if n in (*_OURS, *_MEANT) else n: v for n, v in record["meta"].items()}
    own = {"id": row, "article": record["id"], "text": record["text"]}
    own |= {name: record[name] for name in ("cluster", "split") if record[name] is not None}
    written = _without_repeats(record, ledger)
    ids = {span["id"]: next(numbers) for span in written}
    entities = [
        {
            "id": ids[span["id"]],
            "label": span["label"],
            "start_offset": span["start"],
            "end_offset": span["end"],
        }
        for span in written
    ]
    relations = []
    for span in written:
        for link in span["links"]:
            if link["target"] in ids:
                ends = {"from_id": ids[span["id"]], "to_id": ids[link["target"]]}
                relations.append({"id": next(numbers), "type": link["name"], **ends})
            else:
                ledger.left_out("links")
    return meta | own | {"entities": entities, "relations": relations}


def _without_repeats(record: Record, ledger: Ledger) -> list[Span]:
    """Return the spans without those that lie where one of the same label lies already."""
    written: dict[tuple[int, int, str], Span] = {}
    for span in record["spans"]:
        place = (span["start"], span["end"], span["label"])
        if place in written:
            ledger.lost(record, span, reasons.REPEATED)
        else:
            ledger.wrote(span)
            written[place] = span
    return list(written.values())
