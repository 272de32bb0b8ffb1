"""The canonical lines in gzip, as pandas, DuckDB and ``datasets`` read them."""

import zlib
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from exports.formats import jsonl
from exports.formats.ledger import PARTS, Ledger, Record, layers

NAME = "articles.jsonl.gz"
TITLE = _("JSONL, gzipped")
KEEPS = frozenset(PARTS)
NEEDS: frozenset[str] = frozenset()
CARD = (f"`{NAME}` is `{jsonl.NAME}` in gzip.",)

_LEVEL = 6


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the file; zlib's own header names neither a time nor a file."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for record in records:
        ledger.article(record)
        for _layer, spans in layers(record):
            for span in spans:
                ledger.wrote(span)
        ledger.rows += 1
        yield packer.compress(jsonl.line(record))
    yield packer.flush()
