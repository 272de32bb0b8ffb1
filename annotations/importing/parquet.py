"""Parquet files, which are taken apart in a process with limits: a few bytes can be any table."""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from annotations.importing.child import Child, Ended
from annotations.importing.problems import Problem

MEGABYTES = 64
#: For opening, and for each few rows.
SECONDS = 0.8
#: More rows than the file has bytes are one row again and again; below that they may be.
FEW = 100_000


_MARK = b"PAR1"
_LARGEST_DESCRIPTION = 16 * 2**20


class Table:
    """An open file: its columns' ``names``, how many ``rows`` it says it has, and they."""

    def __init__(self, child: Child, file: BinaryIO, size: int):
        self._child = child
        found = self._ask({"open": file.fileno()})
        self.names: Sequence[str] = found["names"]
        self.count: int = found["rows"]
        if self.count > max(FEW, size):
            raise Problem("packed_too_tightly", "It says that it has more rows than bytes.")

    def rows(self) -> Iterator[tuple[int, Sequence[str] | Problem]]:
        """Yield each row with its number."""
        number = 0
        try:
            while found := self._ask({}):
                for row in found:
                    number += 1
                    yield number, row
        except Problem as problem:
            yield number + 1, problem

    def _ask(self, asked: dict[str, Any]) -> Any:
        try:
            found = json.loads(self._child.ask(json.dumps(asked).encode(), seconds=SECONDS))
        except Ended as error:
            detail = "Reading it takes too long, or too much memory, from here on."
            raise Problem("table_too_costly", detail) from error
        if found == "damaged":
            raise Problem("bad_parquet", "It is damaged from here on, or no Parquet file.")
        return found


@contextmanager
def opened(file: BinaryIO, size: int) -> Iterator[Table]:
    """Open a file that lies on a disk. Raises ``Problem`` if it is none."""
    _refuse_others(file)
    child = Child("parquet_rows", megabytes=MEGABYTES, files=[file.fileno()])
    try:
        yield Table(child, file, size)
    finally:
        child.stop()


def _refuse_others(file: BinaryIO) -> None:
    """Look at the marks before and behind the tables, before a process is started for them."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(len(_MARK))
    file.seek(max(0, size - 8))
    described, mark = int.from_bytes(file.read(4), "little"), file.read(len(_MARK))
    file.seek(0)
    if head != _MARK or mark != _MARK or described > min(size, _LARGEST_DESCRIPTION):
        raise Problem("bad_parquet", "It is damaged, or no Parquet file.")
