"""Canonical text: made once, at import, and the same for everybody ever after.

Offsets in this package count Unicode code points, ``start`` inclusive and ``end`` exclusive.
"""

import codecs
import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass

_REPLACEMENT = "\ufffd"
_LINE_ENDS = {"\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"}
_CONTROLS = {chr(code): _REPLACEMENT for code in (*range(0x20), *range(0x80, 0xA0))}
_KEPT = {"\n": "\n", "\t": "\t"}
_TABLE = str.maketrans(_CONTROLS | _LINE_ENDS | _KEPT)
_FOREIGN = {*_CONTROLS, *_LINE_ENDS} - {*_KEPT}
#: In UTF-8: the bytes that foreign characters of one byte are and those of two begin with, and
#: the foreign characters of three.
_SIGNS = {char.encode()[0] for char in _FOREIGN if char < "\u0800"}
_BUT_SIGNS = bytes(set(range(256)) - _SIGNS)
_LONG = [char.encode() for char in sorted(_FOREIGN) if char >= "\u0800"]
_FOREIGN_CHARACTER = re.compile("[" + re.escape("".join(sorted(_FOREIGN))) + "]")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TextRefused(ValueError):
    """These bytes or characters can't become an article's text; ``code`` says why.

    ``code`` is ``lone_surrogate``, ``undecodable`` or ``unknown_encoding``.
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Decoded:
    """A file's characters, not yet canonical, and the encoding that gave them."""

    text: str
    encoding: str


@dataclass(frozen=True)
class OffsetMap:
    """Moves offsets from a text as it was sent onto its canonical form.

    Only CRLF changes the length, so the positions of the CRs in the sent text are all it holds.
    """

    crlf: tuple[int, ...] = ()

    def start(self, offset: int) -> int:
        """Move an inclusive start; one between CR and LF moves down to their LF."""
        return offset - bisect_left(self.crlf, offset)

    def end(self, offset: int) -> int:
        """Move an exclusive end; one between CR and LF moves up, past their LF."""
        return offset - bisect_left(self.crlf, offset - 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Move ``[start, end)``; a span that is not empty does not become so."""
        return self.start(start), self.end(end)


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Turn a file's bytes into characters, without one leading byte order mark.

    Without ``encoding``: what a UTF-8 or UTF-16 byte order mark says, else UTF-8, else cp1252,
    else latin-1, which takes anything. Raises ``TextRefused`` if the named encoding is unknown
    or does not fit the bytes.
    """
    named = None if encoding is None else _lookup(encoding)
    for mark, marked in _BYTE_ORDER_MARKS:
        fits = named in (None, marked, marked.removesuffix("-le").removesuffix("-be"))
        if data.startswith(mark) and fits:
            return Decoded(_decode(data[len(mark) :], marked), marked)
    if named is not None:
        return Decoded(_decode(data, named), named)
    for guess in ("utf-8", "cp1252"):
        try:
            return Decoded(_decode(data, guess), guess)
        except TextRefused:
            continue
    return Decoded(_decode(data, "latin-1"), "latin-1")


def _lookup(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise TextRefused("unknown_encoding", f"There is no encoding “{encoding}”.") from error


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise TextRefused("unknown_encoding", f"“{encoding}” is not a text encoding.") from error
    except UnicodeDecodeError as error:
        raise TextRefused("undecodable", f"Byte {error.start} is not valid {encoding}.") from error


def canonical(raw: str) -> tuple[str, OffsetMap]:
    """Return the canonical form of ``raw``, and how offsets into ``raw`` move onto it.

    CRLF, CR, U+2028, U+2029 and U+0085 become LF; every other C0 or C1 control but TAB becomes
    U+FFFD, one for one. Nothing else changes. Canonical text comes back as it is. Raises
    ``TextRefused`` (``lone_surrogate``) for a surrogate without its partner.
    """
    try:
        data = raw.encode()
    except UnicodeEncodeError as error:
        raise TextRefused(
            "lone_surrogate", f"Character {error.start} is half of a surrogate pair."
        ) from error
    # Most texts are canonical: bytes are looked through quickest, and translating costs most.
    if not _may_hold_foreign(data) or not _FOREIGN_CHARACTER.search(raw):
        return raw, OffsetMap()
    crlf = tuple(match.start() for match in re.finditer("\r\n", raw))
    return raw.replace("\r\n", "\n").translate(_TABLE), OffsetMap(crlf)


def _may_hold_foreign(data: bytes) -> bool:
    return bool(data.translate(None, _BUT_SIGNS)) or any(char in data for char in _LONG)


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, in lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return each line of a canonical text as ``[start, end)``, its LF excluded.

    ``[text[start:end] for start, end in paragraphs(text)] == text.split("\\n")``: empty lines
    are lines, and an empty text is one.
    """
    lines = []
    start = 0
    for line in text.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    return lines
