"""The zip format, read by what is there and not by what it says of itself.

Sizes are looked at before anything is made of them, a member's bytes must lie where no other's
do, and unpacking stops at the first byte beyond what was declared.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from annotations.importing.problems import Problem

STORED = 0
DEFLATED = 8
_IS_ENCRYPTED = 0x1
_IS_UTF_8 = 0x800

_END = struct.Struct("<4s4H2LH")
_LARGE_END = struct.Struct("<4sQ2H2L4Q")
_LARGE_END_AT = struct.Struct("<4sLQL")
_LISTED = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LARGE_FIELD = 1
_LONGEST_COMMENT = 2**16
_IN_LARGE_FIELD_2 = 0xFFFF
_IN_LARGE_FIELD_4 = 0xFFFFFFFF
_PIECE = 2**16


@dataclass(slots=True)
class Member:
    """A line of an archive's list. ``room`` is where what comes next begins."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int
    room: int = 0

    @property
    def is_encrypted(self) -> bool:
        return bool(self.flags & _IS_ENCRYPTED)


def members(file: BinaryIO, *, most: int, longest_list: int) -> list[Member]:
    """Return the list of an archive. Raises ``Problem`` if it is damaged, or beyond the bounds."""
    try:
        count, size, at, shift = _end(file)
        if count > most or size > longest_list:
            raise Problem("too_many_members", f"It holds over {most} files.")
        file.seek(at)
        listed = file.read(size)
        found = list(_listed(listed, count, shift))
    except (struct.error, OSError, OverflowError) as error:
        raise _damaged() from error
    _give_room(found, at)
    return found


def opened(file: BinaryIO, member: Member, name: str) -> io.BufferedReader:
    """Open a member. What is damaged or more than was declared is a ``Problem``, there or later.

    ``name`` is what people know it by.
    """
    file.seek(member.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
        raise _damaged_member(name)
    *_, name_size, extra_size = _LOCAL.unpack(header)
    begin = member.offset + _LOCAL.size + name_size + extra_size
    if begin + member.packed > member.room:
        raise _damaged_member(name)
    return io.BufferedReader(_Unpacked(file, member, begin, name), _PIECE)


def _end(file: BinaryIO) -> tuple[int, int, int, int]:
    """Return the list's count and size, where it is, and by how much all is moved."""
    total = file.seek(0, io.SEEK_END)
    tail_at = max(0, total - _END.size - _LONGEST_COMMENT)
    file.seek(tail_at)
    tail = file.read()
    found = tail.rfind(b"PK\5\6")
    if found < 0:
        raise _damaged()
    _, disk, first_disk, _, count, size, offset, _ = _END.unpack_from(tail, found)
    end = tail_at + found
    if count == _IN_LARGE_FIELD_2 or _IN_LARGE_FIELD_4 in (size, offset):
        count, size, offset, end = _large_end(file, end) or (count, size, offset, end)
    at = end - size
    if disk or first_disk or not 0 <= offset <= at:
        raise _damaged()
    return count, size, at, at - offset


def _large_end(file: BinaryIO, end: int) -> tuple[int, int, int, int] | None:
    at = end - _LARGE_END_AT.size
    if at < 0:
        return None
    file.seek(at)
    mark, _, _, _ = _LARGE_END_AT.unpack(file.read(_LARGE_END_AT.size))
    at -= _LARGE_END.size
    if mark != b"PK\6\7" or at < 0:
        return None
    # Before the locator, and not where it says: something may stand before the archive.
    file.seek(at)
    mark, *_, count, size, offset = _LARGE_END.unpack(file.read(_LARGE_END.size))
    if mark != b"PK\6\6":
        raise _damaged()
    return count, size, offset, at


def _listed(listed: bytes, count: int, shift: int) -> Iterator[Member]:
    at = 0
    for _ in range(count):
        line = _LISTED.unpack_from(listed, at)
        mark, _, _, flags, method, _, _, crc, packed, size = line[:10]
        name_size, extra_size, comment_size, _, _, mode, offset = line[10:]
        if mark != b"PK\1\2":
            raise _damaged()
        at += _LISTED.size
        name = listed[at : at + name_size]
        at += name_size
        if _IN_LARGE_FIELD_4 in (packed, size, offset):
            extra = listed[at : at + extra_size]
            size, packed, offset = _large(extra, size, packed, offset)
        at += extra_size + comment_size
        if at > len(listed):
            raise _damaged()
        yield Member(_named(name), flags, method, crc, packed, size, mode >> 16, offset + shift)
    if at != len(listed):
        raise _damaged()


def _large(extra: bytes, *values: int) -> list[int]:
    """Take from the extra field what does not fit into four bytes."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == _LARGE_FIELD:
            numbers = (n for [n] in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + size & -8]))
            found = [next(numbers, -1) if v == _IN_LARGE_FIELD_4 else v for v in values]
            if -1 not in found:
                return found
        at += 4 + size
    raise _damaged()


def _named(name: bytes) -> str:
    """Return a name. Many programs write UTF-8 and do not say so."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437")


def _give_room(found: list[Member], end: int) -> None:
    """Refuse members that share bytes: so a small file would unpack to any size."""
    in_place = sorted(found, key=lambda member: member.offset)
    for member in reversed(in_place):
        member.room = end
        if member.offset + _LOCAL.size + member.packed > end:
            raise Problem("bad_archive", "Files in it lie over one another.")
        end = member.offset


class _Unpacked(io.RawIOBase):
    """A member as a raw stream. Going back starts again."""

    def __init__(self, file: BinaryIO, member: Member, begin: int, name: str):
        self._file = file
        self._member = member
        self._begin = begin
        self._name = name
        self._restart()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation
        target = offset + (self._given if whence == io.SEEK_CUR else 0)
        if target < self._given:
            self._restart()
        while self._given < target and self.read(min(_PIECE, target - self._given)):
            pass
        return self._given

    def readinto(self, buffer: Any) -> int:
        data = self._more(len(buffer)) if len(buffer) else b""
        if data:
            self._given += len(data)
            self._crc = zlib.crc32(data, self._crc)
            if self._given > self._member.size:
                raise _damaged_member(self._name)
        elif len(buffer) and (self._given, self._crc) != (self._member.size, self._member.crc):
            raise _damaged_member(self._name)
        buffer[: len(data)] = data
        return len(data)

    def _restart(self) -> None:
        self._given = 0
        self._crc = 0
        self._at = self._begin
        self._left = self._member.packed
        is_deflated = self._member.method == DEFLATED
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if is_deflated else None

    def _more(self, most: int) -> bytes:
        if self._unpacker is None:
            return self._packed(most)
        try:
            while not self._unpacker.eof:
                packed = self._unpacker.unconsumed_tail or self._packed(_PIECE)
                data = self._unpacker.decompress(packed, most)
                if data:
                    return data
                if not packed:
                    raise _damaged_member(self._name)
        except zlib.error as error:
            raise _damaged_member(self._name) from error
        return b""

    def _packed(self, most: int) -> bytes:
        self._file.seek(self._at)
        data = self._file.read(min(most, self._left))
        self._at += len(data)
        self._left -= len(data)
        return data


def _damaged() -> Problem:
    return Problem("bad_archive", "It is damaged, or no zip archive.")


def _damaged_member(name: str) -> Problem:
    return Problem("bad_archive", "It is damaged in the archive.").at(name)
