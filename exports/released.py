"""What a release says of an article, as types that are read from JSON and written to it.

The fields stand in the order of their names, because they are written as they stand.
"""

from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Encoder


class Zone(Struct, gc=False):
    end: int
    kind: str
    start: int


class Span(Struct, kw_only=True, gc=False):
    """A span of the gold, or of a coding, which has neither coders nor decision nor source.

    ``Raw`` is JSON that is not looked into.
    """

    attributes: Any = None
    coders: Raw | UnsetType = Raw(b"[]")
    decision: Raw | UnsetType = Raw(b"null")
    end: int
    id: str
    label: str
    links: Any = None
    note: str | UnsetType | None = UNSET
    quote: Raw | UnsetType = UNSET
    source: str | UnsetType | None = None
    start: int


class Counts(Struct, gc=False):
    """How many spans of the gold have which label and source."""

    labels: dict[str, int]
    sources: dict[str, int]


class Coding(Struct, gc=False):
    coder: str
    spans: list[Span]


class Article(Struct, kw_only=True, gc=False):
    """A line of ``articles.jsonl``, in the shape of ``record.schema.json``."""

    cluster: str | None
    codebook_version: int | None
    codings: list[Coding] | UnsetType = UNSET
    id: str
    meta: Raw
    spans: list[Span] | Raw | UnsetType = UNSET
    split: str | None
    text: Raw | UnsetType = UNSET
    text_sha256: str
    zones: list[Zone]

    def line(self) -> bytes:
        """Write the article as ``jsonl.line`` would."""
        return _ENCODER.encode(self) + b"\n"


_ENCODER = Encoder()
