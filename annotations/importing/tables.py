"""Tables, a row an article: CSV and TSV, XLSX, Parquet."""

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO

import pyarrow
from pyarrow import parquet

from annotations.importing import columns, decoding, xlsx
from annotations.importing.problems import Problem
from annotations.importing.sources import Source, Tools, Unit

LONGEST_CELL = 16 * 2**20
# For the whole process: Python's own limit is shorter than a long article.
csv.field_size_limit(LONGEST_CELL)
_HEAD = 2**18
_BATCH = 500
_DELIMITERS = ",;\t|"
_IN_MEMORY = 2**22

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
            with _seekable(unit.source) as file:
                return _parquet(file, unit.source.name).metadata.num_rows
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
    with _seekable(source) as file:
        if unit.format == "xlsx":
            yield _headed(xlsx.rows(file))
        else:
            table = _parquet(file, source.name)
            yield table.schema_arrow.names, _parquet_rows(table)


def _headed(rows: Rows) -> tuple[Sequence[str], Rows]:
    """Take the first row that is not empty as the header."""
    for line, row in rows:
        if isinstance(row, Problem):
            raise row.at("", line)
        if any(row):
            return [name.strip() for name in row], rows
    raise Problem("empty_table", "There is no row in it.")


def _csv_rows(source: Source, file: BinaryIO, delimiter: str) -> Rows:
    sample = file.read(_HEAD)
    file.seek(0)
    encoding = decoding.encoding_of(sample, is_whole=len(sample) < _HEAD)
    source.encoding = encoding
    text = io.TextIOWrapper(file, encoding, newline="")
    start = sample.decode(encoding, "replace").lstrip("\ufeff")
    reader = csv.reader(_lines(text), delimiter=delimiter or _delimiter(start))
    line = 0
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Problem("bad_csv", f"It is no CSV from here on: {error}.")
            return
        except UnicodeDecodeError:
            yield line, Problem("undecodable", f"From here on it is not {encoding}.")
            return
        yield line, row


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    is_first = True
    while line := text.readline(LONGEST_CELL):
        if len(line) == LONGEST_CELL:
            raise csv.Error(f"a line of over {LONGEST_CELL >> 20} million characters")
        if "\0" in line:
            raise csv.Error("a NUL character")
        yield line.removeprefix("\ufeff") if is_first else line
        is_first = False


def _delimiter(start: str) -> str:
    """Return which of the usual ones stands most often in the header, outside quotes."""
    header = "".join(start.lstrip("\r\n").partition("\n")[0].split('"')[::2])
    return max(_DELIMITERS, key=header.count)


@contextmanager
def _seekable(source: Source) -> Iterator[BinaryIO]:
    """Open a file that is read from both ends; in an archive it has to be copied for that."""
    with source.open() as file, tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy  # type: ignore[misc]


def _parquet(file: BinaryIO, name: str) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise Problem("bad_parquet", "It is damaged, or no Parquet file.").at(name, 1) from error


def _parquet_rows(table: parquet.ParquetFile) -> Rows:
    number = 0
    try:
        for batch in table.iter_batches(_BATCH):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, [_as_text(value) for value in row]
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError):
        yield number + 1, Problem("bad_parquet", "It is damaged from here on.")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
