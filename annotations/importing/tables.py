"""Tables, a row an article: CSV and TSV, XLSX, Parquet."""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from annotations.importing import columns, decoding, parquet, xlsx
from annotations.importing.problems import Problem
from annotations.importing.sources import Source, Tools, Unit

#: A row, of which a cell can be nearly all. Python's own limit is shorter than a long article.
LONGEST_ROW = 4 * 2**20
csv.field_size_limit(LONGEST_ROW)
#: Beyond both, what cells refer to again and again is more than anybody sends.
MOST_RATIO = 200
SMALL = 16 * 2**20
_HEAD = 2**18
_DELIMITERS = ",;\t|"
#: In one line of the file: a long text may hold as many, a row never.
_MOST_DELIMITERS = 200_000
_MOST_LINES = 100_000

Rows = Iterator[tuple[int, Sequence[str] | Problem]]


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield a record a row, as the columns say."""
    try:
        with _opened(unit) as (header, rows):
            yield from columns.records(header, rows, tools.columns)
    except Problem as problem:
        yield problem.line or 1, problem.at(unit.source.name, problem.line or 1)


def count(unit: Unit) -> int:
    """Return how many rows there are."""
    try:
        if unit.format == "parquet":
            with _on_disk(unit.source) as file, parquet.opened(file, unit.source.size) as table:
                return table.count
        with _opened(unit) as (_, rows):
            return sum(1 for _, row in rows if isinstance(row, Problem) or any(row))
    except Problem:
        return 1


def head(unit: Unit, most: int) -> tuple[Sequence[str], list[Sequence[str]]]:
    """Return a table's header and its first rows. Raises ``Problem`` if it is none."""
    with _opened(unit) as (header, rows):
        found = []
        for _, row in rows:
            if not isinstance(row, Problem) and any(row):
                found.append(row)
            if len(found) == most:
                break
        return header, found


@contextmanager
def _opened(unit: Unit) -> Iterator[tuple[Sequence[str], Rows]]:
    source = unit.source
    if unit.format in ("csv", "tsv"):
        with source.open() as file:
            yield _headed(_csv_rows(source, file, "\t" if unit.format == "tsv" else ""))
        return
    with _on_disk(source) as file:
        if unit.format == "xlsx":
            header, rows = _headed(xlsx.rows(file))
            yield header, _within(rows, source)
            return
        with parquet.opened(file, source.size) as table:
            _refuse_width(table.names)
            yield table.names, _within(table.rows(), source)


def _headed(rows: Rows) -> tuple[Sequence[str], Rows]:
    """Take the first row that is not empty as the header."""
    for line, row in rows:
        if isinstance(row, Problem):
            raise row.at("", line)
        if any(row):
            _refuse_width(row)
            return [name.strip() for name in row], rows
    raise Problem("empty_table", "There is no row in it.")


def _refuse_width(header: Sequence[str]) -> None:
    if len(header) > columns.MOST:
        raise Problem("too_many_columns", f"It has over {columns.MOST} columns.")


def _within(rows: Rows, source: Source) -> Rows:
    """Yield rows until they hold more than a file of this size can mean."""
    most = max(SMALL, MOST_RATIO * source.size)
    held = 0
    for line, row in rows:
        if not isinstance(row, Problem):
            held += sum(map(len, row))
        if held > most:
            detail = f"Its rows unpack to over {MOST_RATIO} times its size."
            yield line, Problem("packed_too_tightly", detail)
            return
        yield line, row


def _csv_rows(source: Source, file: BinaryIO, delimiter: str) -> Rows:
    sample = file.read(_HEAD)
    file.seek(0)
    encoding = decoding.encoding_of(sample, is_whole=len(sample) < _HEAD)
    source.encoding = encoding
    text = io.TextIOWrapper(file, encoding, newline="")
    start = sample.decode(encoding, "replace").lstrip("\ufeff")
    delimiter = delimiter or _delimiter(start)
    lines = _Lines(text, delimiter)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        lines.held = lines.count = 0
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Problem("bad_csv", f"It is no CSV from here on: {error}.")
            return
        except UnicodeError:
            yield line, Problem("undecodable", f"From here on it is not {encoding}.")
            return
        yield line, row


class _Lines:
    """The lines of a table for ``csv.reader``; ``held`` and ``count`` are of those in its row."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str):
        self.held = self.count = 0
        self._text = text
        self._delimiter = delimiter
        self._is_first = True

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW - self.held)
        if not line:
            raise StopIteration
        self.held += len(line)
        self.count += 1
        if self.held >= LONGEST_ROW:
            raise csv.Error(f"a row of over {LONGEST_ROW >> 20} million characters")
        if self.count > _MOST_LINES:
            raise csv.Error(f"a row of over {_MOST_LINES} lines")
        if line.count(self._delimiter) > _MOST_DELIMITERS:
            raise csv.Error("a line of too many columns")
        if "\0" in line:
            raise csv.Error("a NUL character")
        if self._is_first:
            self._is_first = False
            return line.removeprefix("\ufeff")
        return line


def _delimiter(start: str) -> str:
    """Return which of the usual ones stands most often in the header, outside quotes."""
    header = "".join(start.lstrip("\r\n").partition("\n")[0].split('"')[::2])
    return max(_DELIMITERS, key=header.count)


@contextmanager
def _on_disk(source: Source) -> Iterator[BinaryIO]:
    """Open a file that is read from both ends; out of an archive it is copied for that."""
    with source.open() as file:
        try:
            file.fileno()
        except io.UnsupportedOperation:
            with tempfile.TemporaryFile() as copy:
                shutil.copyfileobj(file, copy)
                copy.flush()
                copy.seek(0)
                yield cast(Any, copy)
        else:
            yield file
