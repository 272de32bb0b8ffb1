"""What a release can be written as. JSONL is canonical; the rest is made from its records.

A derived format is a module that does what ``Format`` says, and no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from django.utils.functional import Promise

from exports.formats import (
    brat,
    conll,
    csv,
    doccano,
    jsonl_gz,
    labelstudio,
    parquet,
    spacy,
    webannotation,
    xmi,
)
from exports.formats.ledger import Ledger, Record


class Format(Protocol):
    """A pure function from records to a file, and what people should know of it."""

    NAME: str
    TITLE: str | Promise
    #: Of ``ledger.PARTS``, what the file holds; the rest is in the loss report.
    KEEPS: frozenset[str]
    #: ``text``, ``gold``: without these in the release there is nothing to write.
    NEEDS: frozenset[str]
    #: What the data card says, as lines of Markdown.
    CARD: Sequence[str]

    def write(self, records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
        """Yield the file piece by piece, and enter every span in the ledger."""
        ...


#: Every derived format by its name in requests: this is the one place.
DERIVED: dict[str, Format] = {
    "jsonl.gz": jsonl_gz,
    "csv": csv,
    "parquet": parquet,
    "conll": conll,
    "brat": brat,
    "xmi": xmi,
    "spacy": spacy,
    "webannotation": webannotation,
    "labelstudio": labelstudio,
    "doccano": doccano,
}
