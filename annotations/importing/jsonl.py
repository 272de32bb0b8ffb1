"""Articles as JSON records, one a line; also the rows that an import refused, mended."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from annotations.importing import decoding, json_stream
from annotations.importing.problems import Problem
from annotations.importing.sources import Tools, Unit

LONGEST_LINE = json_stream.LONGEST
#: How far the end of a line that is too long is looked for.
MOST_SKIPPED = 64 * 2**20
_PIECE = 2**20
REFUSED = "refused"
ROW = "row"


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield each line's number and its record, or why there is none. Blank lines are passed over.

    A line of a list of refused rows stands for the row that it holds.
    """
    with decoding.as_utf8(unit.source) as file:
        for number, line in lines(file):
            yield number, line if isinstance(line, Problem) else _record(line)


def count(unit: Unit) -> int:
    """Return how many records ``read`` will come to."""
    with decoding.as_utf8(unit.source) as file:
        return count_lines(file)


def lines(file: BinaryIO) -> Iterator[tuple[int, bytes | Problem]]:
    """Yield each line that is not blank; one is held at a time, whatever the file's size."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            detail = f"The line exceeds {LONGEST_LINE >> 20} MB."
            if not _skip(file, line):
                detail += " What follows it is not read."
                yield number, Problem("line_too_long", detail)
                return
            yield number, Problem("line_too_long", detail)
        elif line.strip():
            yield number, line


def _skip(file: BinaryIO, line: bytes) -> bool:
    """Pass over the rest of a line, and say whether its end is near enough."""
    skipped = 0
    while line and not line.endswith(b"\n") and skipped <= MOST_SKIPPED:
        line = file.readline(_PIECE)
        skipped += len(line)
    return skipped <= MOST_SKIPPED


def count_lines(file: BinaryIO) -> int:
    """Return how many lines are not blank, up to one at which ``lines`` would stop."""
    found = size = 0
    is_blank = True
    while size <= MOST_SKIPPED and (piece := file.readline(_PIECE)):
        is_blank = is_blank and not piece.strip()
        size += len(piece)
        if piece.endswith(b"\n"):
            found += not is_blank
            is_blank = True
            size = 0
    return found + (not is_blank)


def _record(line: bytes) -> dict[str, Any] | Problem:
    try:
        value = json_stream.parse(line)
        if value.keys() != {REFUSED, ROW}:
            return value
        row = value[ROW]
        if isinstance(row, str):
            return json_stream.parse(row.encode("utf-8", "surrogatepass"))
        if isinstance(row, dict):
            return row
    except Problem as problem:
        return problem.at("", row=line.decode("utf-8", "replace").rstrip("\r\n"))
    return Problem("no_row", "There is no row to mend; the file itself has to be.")
