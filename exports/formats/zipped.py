"""Zip archives as a stream, always the same bytes: no times, no order but the given one.

The standard library keeps an object for every file until the end; here their list is on disk.
"""

import hashlib
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote

_LOCAL = struct.Struct("<4s5H3L2H")
_LISTED = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LARGE_END = struct.Struct("<4sQ2H2L4Q")
_LARGE_END_AT = struct.Struct("<4sLQL")
_LARGE_FIELD = struct.Struct("<2HQ")

_STORED, _DEFLATED = 0, 8
_VERSION = 45
_MADE_BY_UNIX = 3 << 8 | _VERSION
_IS_UTF_8 = 0x800
_MODE = 0o100644 << 16
#: The first day that the format knows: 1 January 1980.
_DAY = 1 << 5 | 1
_MOST_2 = 0xFFFF
_MOST_4 = 0xFFFFFFFF
_LEVEL = 6
_PIECE = 2**20
_LONGEST_STEM = 120


def archive(members: Iterable[tuple[str, bytes]], *, is_packed: bool = True) -> Iterator[bytes]:
    """Yield the bytes of an archive of ``members``, given as name and content."""
    at = count = 0
    with tempfile.TemporaryFile() as listed:
        for name, content in members:
            local, line = _member(name, content, at, is_packed)
            listed.write(line)
            yield local
            at += len(local)
            count += 1
        size = listed.tell()
        listed.seek(0)
        while piece := listed.read(_PIECE):
            yield piece
    yield _end(count, size, at)


def stem(name: str) -> str:
    """Return a file name without suffix for any text, another for each text."""
    quoted = quote(name, safe="").replace(".", "%2E")
    if len(quoted) <= _LONGEST_STEM:
        return quoted
    return f"{quoted[:_LONGEST_STEM]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _member(name: str, content: bytes, at: int, is_packed: bool) -> tuple[bytes, bytes]:
    """Return a member as it stands in the archive, and its line in the list."""
    packed = content
    if is_packed:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(content) + packer.flush()
    encoded = name.encode()
    about = (
        *(_VERSION, _IS_UTF_8, _DEFLATED if is_packed else _STORED, 0, _DAY),
        *(zlib.crc32(content), len(packed), len(content), len(encoded)),
    )
    local = _LOCAL.pack(b"PK\3\4", *about, 0) + encoded + packed
    extra = _LARGE_FIELD.pack(1, 8, at) if at >= _MOST_4 else b""
    line = _LISTED.pack(
        *(b"PK\1\2", _MADE_BY_UNIX, *about, len(extra), 0, 0, 0, _MODE, min(at, _MOST_4))
    )
    return local, line + encoded + extra


def _end(count: int, size: int, at: int) -> bytes:
    end = _END.pack(
        *(b"PK\5\6", 0, 0, min(count, _MOST_2), min(count, _MOST_2)),
        *(min(size, _MOST_4), min(at, _MOST_4), 0),
    )
    if count < _MOST_2 and size < _MOST_4 and at < _MOST_4:
        return end
    large = _LARGE_END.pack(
        *(b"PK\6\6", _LARGE_END.size - 12, _MADE_BY_UNIX, _VERSION),
        *(0, 0, count, count, size, at),
    )
    return large + _LARGE_END_AT.pack(b"PK\6\7", 0, at + size, 1) + end
