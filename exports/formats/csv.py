"""Gold spans for spreadsheets, one a row. An article without spans has one row, its span empty.

Raw codings are not in it. Text that a spreadsheet would take for a formula gets an apostrophe
in front, and so does text that begins with one: whoever takes a leading apostrophe away again
has what was there.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from annotations.algorithms.spreadsheets import guarded
from exports.formats.ledger import Ledger, Record

NAME = "spans.csv"
TITLE = _("CSV for spreadsheets, one row a gold span")
KEEPS = frozenset({"attributes", "links", "notes"})
NEEDS: frozenset[str] = frozenset()

#: The columns, and what is in them.
COLUMNS = {
    "article": "the article's id",
    "text_sha256": "names its text",
    "title": "from its meta",
    "outlet": "from its meta",
    "published_at": "from its meta",
    "language": "from its meta",
    "url": "from its meta",
    "cluster": "versions of one story have the same",
    "split": "train, dev, test, or as asked for",
    "codebook_version": "by which it was decided",
    "span": "the span's id",
    "label": "its label",
    "start": "first code point of it in the text, from 0",
    "end": "the code point after its last",
    "quote": "the text from start to end, if texts are in the release",
    "attributes": "JSON, a list of {name, value}",
    "links": "JSON, a list of {name, target}",
    "source": "unanimous, majority, adjudicated or single",
    "coders": "JSON, who had it so",
    "decision": "the ruling's id",
    "note": "the adjudicator's",
}
CARD = (
    f"`{NAME}` has the gold spans for spreadsheets, one a row; an article without spans",
    "has one row with an empty span. Codings are not in it. An apostrophe stands before text",
    "that a spreadsheet would compute, and before one that was there already.",
    "",
    "| Column | holds |",
    "| --- | --- |",
    *(f"| `{name}` | {meaning} |" for name, meaning in COLUMNS.items()),
)
_META = ("title", "outlet", "published_at", "language", "url")


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the header and the rows."""
    yield _line(COLUMNS)
    for record in records:
        ledger.article(record)
        for span in record.get("spans", ()):
            ledger.wrote(span)
        for row in _rows(record):
            ledger.rows += 1
            yield row


def _rows(record: Record) -> Iterator[bytes]:
    article = {
        "article": record["id"],
        "text_sha256": record["text_sha256"],
        **{name: record["meta"].get(name) for name in _META},
        "cluster": record["cluster"],
        "split": record["split"],
        "codebook_version": record["codebook_version"],
    }
    for span in record.get("spans") or [{}]:
        row = article | span | {"span": span.get("id")}
        yield _line(_cell(row.get(name)) for name in COLUMNS)


def _cell(value: Any) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return guarded(str(value))


def _line(cells: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
