"""Zip archives, read within bounds: nothing of them is ever unpacked to a path."""

import stat
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, cast

from annotations.importing import zips
from annotations.importing.problems import Problem
from annotations.importing.sources import Source

MOST_MEMBERS = 100_000
MOST_BYTES = 16 * 2**30
MOST_OF_ONE = 2**30
MOST_RATIO = 200
#: Below this a member may be packed as tightly as it likes, and all of them below the other.
SMALL = 2**20
SMALL_ARCHIVE = 16 * 2**20
#: What the list of members may take, which is all in memory.
LARGEST_LIST = 16 * 2**20
LONGEST_NAME = 1000
DEEPEST_NAME = 50


class Archive:
    """An opened archive. Raises ``Problem`` if it is none, or one that no one would send."""

    def __init__(self, file: BinaryIO, name: str, upload: Any):
        self._file = file
        self._name = name
        self._upload = upload
        try:
            self._members = zips.members(file, most=MOST_MEMBERS, longest_list=LARGEST_LIST)
        except Problem as problem:
            raise problem.at(name) from None
        size = sum(member.size for member in self._members)
        packed = sum(member.packed for member in self._members)
        if size > MOST_BYTES:
            detail = f"Unpacked it would take over {MOST_BYTES >> 30} GB."
            raise Problem("archive_too_large", detail).at(name)
        if size > SMALL_ARCHIVE and size > MOST_RATIO * packed:
            detail = f"It would unpack to over {MOST_RATIO} times its size."
            raise Problem("packed_too_tightly", detail).at(name)

    def __len__(self) -> int:
        return len(self._members)

    def sources(self) -> Iterator[Source | Problem]:
        """Yield each member but folders and hidden ones, or why it can't be read."""
        seen: set[str] = set()
        for member in self._members:
            parts = member.name[: LONGEST_NAME + 1].split("/")
            if parts[-1] == "" or parts[0] == "__MACOSX" or parts[-1].startswith("."):
                continue
            shown = f"{self._name}/{member.name}"
            fault = _fault(member, parts) or (
                ("member_repeated", "It is there twice.") if member.name in seen else None
            )
            seen.add(member.name)
            if fault:
                yield Problem(*fault).at(shown)
            else:
                opener = cast(Any, partial(zips.opened, self._file, member, shown))
                yield Source(shown, opener, member.size, self._upload)


def _fault(member: zips.Member, parts: list[str]) -> tuple[str, str] | None:
    if len(member.name) > LONGEST_NAME or len(parts) > DEEPEST_NAME:
        return "name_too_long", "Its name is too long, or in too many folders."
    if ".." in parts or "" in parts or ":" in parts[0] or {"\\", "\0"} & set(member.name):
        return "unsafe_name", "Its name leads out of the archive."
    if stat.S_ISLNK(member.mode):
        return "symbolic_link", "It is a link to another file."
    if member.is_encrypted:
        return "encrypted", "It is encrypted. Pack it again without a password."
    if member.method not in (zips.STORED, zips.DEFLATED):
        detail = "It is packed in a way that is not read here. Pack it as a usual zip (deflate)."
        return "unknown_compression", detail
    if parts[-1].lower().endswith(".zip"):
        return "nested_archive", "It is an archive in an archive. Unpack it, and send its files."
    if member.size > MOST_OF_ONE:
        return "file_too_large", f"Unpacked it would take over {MOST_OF_ONE >> 30} GB."
    if member.size > SMALL and member.size > MOST_RATIO * max(1, member.packed):
        return "packed_too_tightly", f"It would unpack to over {MOST_RATIO} times its size."
    return None
