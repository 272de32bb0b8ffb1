"""What is in the files of an import, from the first row or from where another worker ended.

Called by ``actions.imports`` only.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, NamedTuple, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from annotations.importing import formats, jsonl, planning
from annotations.importing.archives import MOST_MEMBERS, Archive
from annotations.importing.extraction import Extractor
from annotations.importing.problems import Problem
from annotations.importing.sources import Source, Tools, Unit
from annotations.models import ImportJob, ImportProblem, SourceFile

LONGEST_NAME = 400
_IN_MEMORY = 2**24


@dataclass(frozen=True)
class Row:
    """One record as its reader gave it, or why there is none, and where it stands."""

    source_id: int
    file: str
    line: int
    default_key: str
    value: dict[str, Any] | Problem

    def as_json(self) -> str:
        """Return a row that holds a record as text, to be read by ``of_json``."""
        return json.dumps((self.source_id, self.file, self.line, self.default_key, self.value))

    @classmethod
    def of_json(cls, text: str) -> "Row":
        return cls(*json.loads(text))


class Place(NamedTuple):
    """How far the files are read: so many rows of that unit, and all units before it."""

    unit: int = 0
    rows: int = 0


class Files:
    """The files of an import, archives opened and what belongs together put together.

    The counters and ``encoding_of`` (by upload) say what was met in the units that ``rows``
    has read to their end.
    """

    def __init__(self, job: ImportJob):
        self.formats: Counter[str] = Counter()
        self.encodings: Counter[str] = Counter()
        self.encoding_of: dict[int, str] = {}
        self._columns = job.options.get("columns", {})
        self._uploads = list(job.files.order_by("position"))
        self._open = ExitStack()
        self._listed = 0
        self._units = list(self._planned())

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def total(self) -> int:
        """Return how many rows there will be, as far as can be told beforehand."""
        return sum(1 if isinstance(u, Problem) else formats.count(u) for u in self._units)

    def rows(self, start: Place) -> Iterator[tuple[Row, Place]]:
        """Read what comes after ``start``, in the order in which the files came.

        With each row goes the place to start at when it is done with. Units before ``start``
        are not opened: no page is taken apart twice.
        """
        with Extractor() as extractor:
            tools = Tools(extractor.extract, self._columns)
            for number, unit in enumerate(self._units[start.unit :], start.unit):
                passed = start.rows if number == start.unit else 0
                rows = islice(self._rows_of(unit, tools), passed, None)
                for count, row in enumerate(rows, passed + 1):
                    yield row, Place(number, count)
                if isinstance(unit, Unit):
                    self._note(unit)

    def _planned(self) -> Iterator[Unit | Problem]:
        loose = []
        for upload in self._uploads:
            if upload.format == formats.ZIP:
                yield from self._members(upload)
            elif upload.format:
                loose.append((_source(upload), upload.format))
            else:
                detail = "No reader takes a file of this kind."
                yield Problem("unknown_format", detail).at(upload.name, 1)
        yield from planning.plan(loose)

    def _members(self, upload: SourceFile) -> Iterator[Unit | Problem]:
        try:
            file = self._open.enter_context(_opened(upload))
            archive = Archive(file, upload.name, upload.pk)
            self._listed += len(archive)
            if self._listed > MOST_MEMBERS:
                detail = f"Together the archives hold over {MOST_MEMBERS} files."
                raise Problem("too_many_members", detail)
        except Problem as problem:
            yield problem.at(upload.name, 1)
            return
        members = list(planning.recognised(archive.sources()))
        yield from (member for member in members if isinstance(member, Problem))
        yield from planning.plan([member for member in members if not isinstance(member, Problem)])

    def _rows_of(self, unit: Unit | Problem, tools: Tools) -> Iterator[Row]:
        if isinstance(unit, Problem):
            yield Row(self._uploads[0].pk, unit.file, unit.line or 1, "", unit)
            return
        source = unit.source
        for line, value in formats.read(unit, tools):
            yield Row(source.upload, source.name, line, unit.key, value)

    def _note(self, unit: Unit) -> None:
        self.formats[unit.format] += 1
        self.encodings.update(s.encoding for s in unit.files if s.encoding)
        # Of an archive there is one upload and many encodings.
        is_loose = len(self._uploads) > 1 or self._uploads[0].format != formats.ZIP
        if unit.source.encoding and is_loose:
            self.encoding_of[unit.source.upload] = unit.source.encoding


def problem_of(job: ImportJob, row: Row, problem: Problem) -> ImportProblem:
    """Return what the list of refused rows says of one, unsaved."""
    return ImportProblem(
        import_job=job,
        file=(problem.file or row.file)[-LONGEST_NAME:],
        line=problem.line or row.line,
        code=problem.code,
        detail=problem.detail,
    )


def refusal_of(row: Row, problem: Problem, found: ImportProblem) -> str:
    """Return the line of the file with the refused rows, which is there to be mended."""
    original = problem.row
    if isinstance(row.value, dict):
        original = {"id": row.default_key} | row.value if row.default_key else row.value
    why = {name: getattr(found, name) for name in ("file", "line", "code", "detail")}
    return json.dumps({jsonl.REFUSED: why, jsonl.ROW: original})


def keep_refusals(job: ImportJob, lines: Iterable[str]) -> None:
    """Keep the file with the refused rows, instead of one of an earlier attempt."""
    path = _refusals_path(job)
    default_storage.delete(path)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        for line in lines:
            file.write(line.encode() + b"\n")
        if file.tell():
            file.seek(0)
            default_storage.save(path, File(file))


def open_refusals(job: ImportJob) -> File | None:
    """Open the list of the rows that an import refused, or return ``None`` if there is none."""
    path = _refusals_path(job)
    return default_storage.open(path) if default_storage.exists(path) else None


def _refusals_path(job: ImportJob) -> str:
    return f"imports/{job.uuid}/refused.jsonl"


def _source(upload: SourceFile) -> Source:
    return Source(upload.name, partial(_opened, upload), upload.size, upload.pk)


def _opened(upload: SourceFile) -> BinaryIO:
    try:
        return cast(BinaryIO, default_storage.open(upload.path))
    except FileNotFoundError as error:
        detail = "The uploaded file is not where it was put. Upload it again."
        raise Problem("file_missing", detail).at(upload.name, 1) from error


def tables_of(job: ImportJob) -> list[Unit]:
    """Return the tables among the loose files of an import."""
    uploads: Iterable[SourceFile] = job.files.order_by("position")
    return [Unit(u.format, (_source(u),)) for u in uploads if u.format in formats.TABLES]
