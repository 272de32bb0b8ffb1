"""spaCy's DocBin: tokens and gold as a span group, written without spaCy, which is large.

A DocBin is read at once, and so there are several: in a folder for each split, as ``spacy train``
takes them.
"""

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from exports.formats import ledger as reasons
from exports.formats import msgpack, spacy_strings, words, zipped
from exports.formats.ledger import GOLD, Ledger, Record, Span

NAME = "spacy.zip"
TITLE = _("spaCy: DocBin files, zipped")
KEEPS = frozenset({"attributes", "links", "notes"})
NEEDS = frozenset({"text", "gold"})
CARD = (
    f"`{NAME}` has spaCy's DocBin files, in a folder for each split, or `gold` where there is",
    "none. The gold is the span group `sc`; a span's `id_` is its id, and `doc.user_data` has the",
    "article's id and what the spans say besides.",
)

GROUP = "sc"
_VERSION = "0.1"
_SPAN = struct.Struct(">QQQllll")
#: What is held before it is written, of all splits together.
_MOST_TOKENS = 200_000
_LEVEL = 6


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield an archive of DocBin files, which are packed already."""
    return zipped.archive(_members(records, ledger), is_packed=False)


def _members(records: Iterable[Record], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    open_: dict[str, _Bin] = {}
    part = held = 0
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        split = GOLD if record["split"] is None else record["split"]
        held += open_.setdefault(split, _Bin()).add(record, ledger)
        if held >= _MOST_TOKENS:
            part += 1
            yield from _closed(open_, part)
            open_, held = {}, 0
    yield from _closed(open_, part + 1)


def _closed(open_: dict[str, "_Bin"], part: int) -> Iterator[tuple[str, bytes]]:
    for split in sorted(open_):
        yield f"{zipped.stem(split)}/{part:05}.spacy", open_[split].as_bytes()


class _Bin:
    """Documents that become one file."""

    def __init__(self) -> None:
        self._tokens = array("Q")
        self._spaces = bytearray()
        self._lengths = array("i")
        self._strings: set[str] = set()
        self._groups: list[bytes] = []
        self._user_data: list[bytes] = []

    def add(self, record: Record, ledger: Ledger) -> int:
        """Take in an article; return how many tokens it has."""
        text = record["text"]
        tokens, spaces = _tokens(text)
        found = [text[start:end] for start, end in tokens]
        self._strings.update(found)
        self._tokens.extend(map(spacy_strings.number, found))
        self._spaces += bytes(spaces)
        self._lengths.append(len(tokens))
        written = _fitting(record, tokens, ledger)
        self._groups.append(self._group(written))
        self._user_data.append(_said_of(record, [span for span, _, _ in written], ledger))
        return len(tokens)

    def as_bytes(self) -> bytes:
        count = len(self._lengths)
        return zlib.compress(
            msgpack.packed(
                {
                    "version": _VERSION,
                    "attrs": [spacy_strings.ORTH],
                    "tokens": self._tokens.tobytes(),
                    "spaces": bytes(self._spaces),
                    "lengths": self._lengths.tobytes(),
                    "strings": sorted(self._strings),
                    "cats": [{}] * count,
                    "flags": [{"has_unknown_spaces": False}] * count,
                    "span_groups": self._groups,
                    "user_data": self._user_data,
                }
            ),
            _LEVEL,
        )

    def _group(self, written: list[tuple[Span, int, int]]) -> bytes:
        spans = []
        for span, first, last in written:
            self._strings.update((span["id"], span["label"]))
            own, label = spacy_strings.number(span["id"]), spacy_strings.number(span["label"])
            spans.append(_SPAN.pack(own, 0, label, first, last + 1, span["start"], span["end"]))
        group = msgpack.packed({"name": GROUP, "attrs": {}, "spans": spans})
        return msgpack.packed({group: [GROUP]})


def _tokens(text: str) -> tuple[list[tuple[int, int]], list[bool]]:
    """Return tokens that hold all of a text, but for one space behind each that has one."""
    tokens: list[tuple[int, int]] = []
    spaces: list[bool] = []
    last = 0
    for start, end in [*words.cut(text), (len(text), len(text))]:
        gap = last
        if tokens and gap < start and text[gap] == " ":
            spaces[-1] = True
            gap += 1
        for begin, close in ((gap, start), (start, end)):
            if begin < close:
                tokens.append((begin, close))
                spaces.append(False)
        last = end
    return tokens, spaces


def _fitting(
    record: Record, tokens: list[tuple[int, int]], ledger: Ledger
) -> list[tuple[Span, int, int]]:
    """Return the spans of whole tokens, each with its first and its last."""
    starts = {start: number for number, (start, _end) in enumerate(tokens)}
    ends = {end: number for number, (_start, end) in enumerate(tokens)}
    found = []
    for span in record["spans"]:
        first, last = starts.get(span["start"]), ends.get(span["end"])
        if first is None or last is None:
            ledger.lost(record, span, reasons.NOT_ON_WORDS)
        else:
            ledger.wrote(span)
            found.append((span, first, last))
    return found


def _said_of(record: Record, spans: list[Span], ledger: Ledger) -> bytes:
    """Return what goes beside the tokens: of which article they are, and the spans' details."""
    known = {span["id"] for span in spans}
    details: dict[str, Any] = {}
    for span in spans:
        links = [link for link in span["links"] if link["target"] in known]
        ledger.left_out("links", len(span["links"]) - len(links))
        said = {"attributes": span["attributes"], "links": links, "note": span.get("note")}
        if any(said.values()):
            details[span["id"]] = {name: value for name, value in said.items() if value}
    article = {name: record[name] for name in ("id", "text_sha256", "cluster", "split")}
    return msgpack.packed(article | {"spans": details})
