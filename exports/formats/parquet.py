"""Parquet, a row an article, with all that its record says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from exports.formats.ledger import PARTS, Ledger, Record, layers

if TYPE_CHECKING:
    import pyarrow

NAME = "articles.parquet"
TITLE = _("Parquet for pandas, polars and DuckDB")
KEEPS = frozenset(PARTS)
NEEDS: frozenset[str] = frozenset()
CARD = (
    f"`{NAME}` has all of the records, a row an article; all releases have the same columns;",
    "`meta` is JSON. Its bytes depend on the version of Arrow that wrote it, its rows don't.",
)

_META = ("title", "outlet", "author", "published_at", "url", "language")
#: Rows are written in groups, by whichever comes first.
_MOST_ROWS = 1000
_MOST_SPANS = 20_000
_MOST_CHARACTERS = 4_000_000


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the file, a group of rows at a time."""
    # Imported here: web servers know of the format, and never write it.
    import pyarrow
    from pyarrow import parquet

    schema = _schema()
    sink = _Sink()
    writer = parquet.ParquetWriter(
        pyarrow.PythonFile(sink, mode="w"),
        schema,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        store_schema=False,
    )
    for group in _groups(records, ledger):
        writer.write_table(pyarrow.Table.from_pylist(group, schema))
        yield sink.taken()
    writer.close()
    yield sink.taken()


class _Sink:
    """A file that is handed on piece by piece."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: ``taken`` is where pieces go on."""

    def close(self) -> None:
        """Do nothing: the end of the file is still to be taken."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _groups(records: Iterable[Record], ledger: Ledger) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    spans = characters = 0
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        group.append(_row(record))
        characters += len(record.get("text", ""))
        for _layer, found in layers(record):
            spans += len(found)
            for span in found:
                ledger.wrote(span)
        if len(group) >= _MOST_ROWS or spans >= _MOST_SPANS or characters >= _MOST_CHARACTERS:
            yield group
            group, spans, characters = [], 0, 0
    if group:
        yield group


def _row(record: Record) -> dict[str, Any]:
    meta = record["meta"]
    known = {name: None if meta.get(name) is None else str(meta[name]) for name in _META}
    return record | known | {"meta": json.dumps(meta, sort_keys=True, ensure_ascii=False)}


def _schema() -> pyarrow.Schema:
    import pyarrow as pa

    text = pa.string()
    pair = pa.struct([("name", text), ("value", text)])
    link = pa.struct([("name", text), ("target", text)])
    span: list[tuple[str, Any]] = [
        ("id", text),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("label", text),
        ("quote", text),
        ("attributes", pa.list_(pair)),
        ("links", pa.list_(link)),
        ("note", text),
    ]
    gold = [*span, ("source", text), ("coders", pa.list_(text)), ("decision", text)]
    coding = pa.struct([("coder", text), ("spans", pa.list_(pa.struct(span)))])
    zone = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("kind", text)])
    return pa.schema(
        [
            ("id", text),
            ("text", text),
            ("text_sha256", text),
            *((name, text) for name in _META),
            ("meta", text),
            ("cluster", text),
            ("split", text),
            ("codebook_version", pa.int32()),
            ("zones", pa.list_(zone)),
            ("spans", pa.list_(pa.struct(gold))),
            ("codings", pa.list_(coding)),
        ]
    )
