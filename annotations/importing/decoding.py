"""Bytes become characters: by their mark, as UTF-8, or by what they look like."""

import codecs
import io
import re
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

import charset_normalizer

from annotations.algorithms import text as texts
from annotations.algorithms.text import Decoded
from annotations.importing.problems import Problem
from annotations.importing.sources import Source

LARGEST_TEXT = 4 * 2**20
#: Of what stands beside a text, a line for each word or span.
LARGEST_ANNOTATIONS = 16 * 2**20
MOST_LINES = 300_000
LONGEST_LINE = 2**20
#: What pages may say that they are written in; Python knows codecs that never end.
_STATED = re.compile(
    r"(?:iso[-_]?8859|windows|cp|ibm|koi8|mac|gb|big5|hz|euc|shift|sjis|ms|tis|johab|latin|us-ascii"
    r"|ascii|utf-?8|utf-?16)[-_.:\w]*",
    re.IGNORECASE,
)

_LOOKED_AT = 2**18
_PIECE = 2**20
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("koi8_r", "koi8_u", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What western languages write beyond ASCII. Icelandic letters are not among them: the same bytes
# are Turkish, which is met far more often.
_WESTERN = re.compile(r"[\x00-\x7f¡£§©«®°·»¿À-ÏÑ-ÖØ-Üß-ïñ-öø-üÿŒœ€–—‘’“”„…•™\xa0]*")
_SYMBOL_IN_WORD = re.compile(r"[a-z][¡£§©«®°»¿€“”„…•™][a-z]")
_BEYOND_ASCII = re.compile(r"[^\W\d_a-zA-Z]")
_MOST_BEYOND_ASCII = 0.25
_NEAR = 0.06


def text_of(source: Source, most: int = LARGEST_TEXT) -> str:
    """Return a file as characters, and note its encoding. Raises ``Problem`` if it has none."""
    decoded = decode(source.bytes(most))
    source.encoding = decoded.encoding
    return decoded.text


def lines_of(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the lines of what stands beside a text, numbered. Raises ``Problem`` if too many."""
    text = text_of(source, LARGEST_ANNOTATIONS)
    begin = 0
    for number in range(1, MOST_LINES + 1):
        end = text.find("\n", begin)
        if (end if end >= 0 else len(text)) - begin > LONGEST_LINE:
            detail = f"The line exceeds {LONGEST_LINE >> 20} MB."
            raise Problem("line_too_long", detail).at(source.name, number)
        yield number, text[begin : end if end >= 0 else None].rstrip("\r")
        if end < 0:
            return
        begin = end + 1
    raise Problem("file_too_large", f"It may have {MOST_LINES} lines.").at(source.name, number)


def decode(data: bytes, hint: str = "") -> Decoded:
    """Turn a file's bytes into characters, without one leading byte order mark.

    ``hint`` is what the file says of itself; it is believed if it fits. Raises
    ``Problem`` if the bytes are not what their mark says.
    """
    encoding = encoding_of(data)
    is_open = encoding not in ("utf-8", "ascii") and not _mark_of(data)
    if is_open and _STATED.fullmatch(hint):
        try:
            return texts.decode(data, hint)
        except texts.TextRefused:
            pass
    mark = _mark_of(data)
    try:
        return Decoded(data[len(mark) :].decode(encoding), encoding)
    except UnicodeDecodeError as error:
        if mark:
            raise Problem("undecodable", f"The file is not valid {encoding}.") from error
        return texts.decode(data)


def encoding_of(data: bytes, *, is_whole: bool = True) -> str:
    """Return the encoding that ``data``, the start of a file or all of it, is in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data, final=is_whole)
    except UnicodeDecodeError:
        return _by_zeros(data) or _by_look(data[:_LOOKED_AT])
    return _by_zeros(data) or "utf-8"


def as_utf8(source: Source) -> BinaryIO:
    """Open a file whose readers want UTF-8, without its mark; UTF-16 and UTF-32 are rewritten."""
    file = source.open()
    head = file.read(_LOOKED_AT)
    file.seek(0)
    mark = _mark_of(head)
    encoding = encoding_of(head, is_whole=False) if mark else _by_zeros(head) or "utf-8"
    source.encoding = encoding
    if encoding == "utf-8":
        file.seek(len(mark))
        return file
    with file:
        return _rewritten(file, encoding, len(mark), source.name)


def _rewritten(file: BinaryIO, encoding: str, skipped: int, name: str) -> BinaryIO:
    written = cast(BinaryIO, tempfile.SpooledTemporaryFile(_PIECE))  # noqa: SIM115
    file.seek(skipped)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(_PIECE):
            written.write(decoder.decode(piece).encode())
        written.write(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        written.close()
        raise Problem("undecodable", f"The file is not valid {encoding}.").at(name) from error
    written.seek(0, io.SEEK_SET)
    return written


def _mark_of(data: bytes) -> bytes:
    return next((mark for mark, _ in _MARKS if data.startswith(mark)), b"")


def _by_zeros(data: bytes) -> str:
    """Tell UTF-16 that has no mark by its zeros, which stand in every other place."""
    head = data[:_PIECE]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 10 * even and odd * 4 > len(head):
        return "utf-16-le"
    if even > 10 * odd and even * 4 > len(head):
        return "utf-16-be"
    return ""


def _by_look(data: bytes) -> str:
    matches = charset_normalizer.from_bytes(data, cp_isolation=_CANDIDATES)
    best = matches.best()
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        return best.encoding if best else "latin-1"
    if best is None or str(best) == western or _is_western(western):
        rival = next((match for match in matches if match.encoding == "cp1252"), best)
        if best is None or rival is best or rival.coherence >= best.coherence - _NEAR:
            return "cp1252"
    return best.encoding


def _is_western(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return (
        _WESTERN.fullmatch(text) is not None
        and not _SYMBOL_IN_WORD.search(text)
        and len(_BEYOND_ASCII.findall(text)) <= letters * _MOST_BEYOND_ASCII
    )
