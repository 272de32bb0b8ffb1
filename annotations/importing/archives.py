"""Zip archives, read within bounds: nothing of them is ever unpacked to a path."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from annotations.importing.problems import Problem
from annotations.importing.sources import Source

MOST_MEMBERS = 200_000
MOST_BYTES = 16 * 2**30
MOST_OF_ONE = 2**30
MOST_RATIO = 200
#: Below this a member may be packed as tightly as it likes.
SMALL = 2**20
#: What the list of members may take, which is all in memory.
LARGEST_LIST = 32 * 2**20

_END = b"PK\5\6"
_END_SIZE = 22
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1


class Archive:
    """An opened archive. Raises ``Problem`` if it is none, or one that no one would send."""

    def __init__(self, file: BinaryIO, name: str, upload: Any):
        self._name = name
        self._upload = upload
        try:
            _check_list(file)
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as e:
            raise Problem("bad_archive", "It is damaged, or no zip archive.").at(name) from e
        infos = self._zip.infolist()
        if len(infos) > MOST_MEMBERS:
            raise Problem("too_many_members", f"It holds over {MOST_MEMBERS} files.").at(name)
        if sum(info.file_size for info in infos) > MOST_BYTES:
            detail = f"Unpacked it would take over {MOST_BYTES >> 30} GB."
            raise Problem("archive_too_large", detail).at(name)
        self._refuse_overlap(infos)

    def sources(self) -> Iterator[Source | Problem]:
        """Yield each member but folders and hidden ones, or why it can't be read."""
        seen: set[str] = set()
        for info in self._zip.infolist():
            parts = info.filename.split("/")
            if info.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith("."):
                continue
            shown = f"{self._name}/{info.filename}".encode("utf-8", "replace").decode()
            fault = _fault(info, parts) or (
                ("member_repeated", "It is there twice.") if info.filename in seen else None
            )
            seen.add(info.filename)
            if fault:
                yield Problem(*fault).at(shown)
            else:
                yield Source(shown, self._opener(info, shown), info.file_size, self._upload)

    def _opener(self, info: zipfile.ZipInfo, shown: str):
        def open_member() -> BinaryIO:
            try:
                raw = _Member(self._zip.open(info), shown)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
                raise Problem("bad_archive", "It is damaged in the archive.").at(shown) from error
            return cast(BinaryIO, io.BufferedReader(raw))

        return open_member

    def _refuse_overlap(self, infos: list[zipfile.ZipInfo]) -> None:
        """Refuse members that share bytes: so a small file would unpack to any size."""
        end = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset < end:
                detail = "Files in it lie over one another."
                raise Problem("bad_archive", detail).at(self._name)
            end = info.header_offset + _LOCAL_HEADER + info.compress_size


class _Member(io.RawIOBase):
    """A member as a raw stream, whose damage is a ``Problem``."""

    def __init__(self, file: Any, name: str):
        self._file = file
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._guarded(self._file.seek, offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._guarded(self._file.read, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _guarded(self, act: Any, *arguments: Any) -> Any:
        try:
            return act(*arguments)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            detail = "It is damaged in the archive."
            raise Problem("bad_archive", detail).at(self._name) from error


def _fault(info: zipfile.ZipInfo, parts: list[str]) -> tuple[str, str] | None:
    if ".." in parts or "" in parts or ":" in parts[0] or "\\" in info.filename:
        return "unsafe_name", "Its name leads out of the archive."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "symbolic_link", "It is a link to another file."
    if info.flag_bits & _ENCRYPTED:
        return "encrypted", "It is encrypted."
    if parts[-1].lower().endswith(".zip"):
        return "nested_archive", "It is an archive in an archive."
    if info.file_size > MOST_OF_ONE:
        return "file_too_large", f"Unpacked it would take over {MOST_OF_ONE >> 30} GB."
    if info.file_size > SMALL and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return "packed_too_tightly", f"It would unpack to over {MOST_RATIO} times its size."
    return None


def _check_list(file: BinaryIO) -> None:
    """Look at how large the list of members says it is, before all of it is read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_SIZE - 2**16))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise zipfile.BadZipFile
    listed = struct.unpack_from("<L", tail, at + 12)[0]
    if listed == 0xFFFFFFFF:  # the large form, which nothing of this size needs
        raise zipfile.BadZipFile
    if listed > LARGEST_LIST:
        raise Problem("too_many_members", "Its list of files is too long.")
    file.seek(0)
