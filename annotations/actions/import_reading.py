"""What is in the files of an import, read once and kept at hand for the second look.

Called by ``actions.imports`` only.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from annotations.importing import formats, jsonl, planning
from annotations.importing.archives import Archive
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


class Files:
    """The files of an import, archives opened and what belongs together put together.

    ``rows`` reads them; ``again`` gives the same rows once more, without reading. After ``rows``
    the counters say what was met.
    """

    def __init__(self, job: ImportJob):
        self.formats: Counter[str] = Counter()
        self.encodings: Counter[str] = Counter()
        self._columns = job.options.get("columns", {})
        self._uploads = list(job.files.order_by("position"))
        self._open = ExitStack()
        self._stage = tempfile.TemporaryFile()  # noqa: SIM115
        self._open.enter_context(self._stage)
        self._units = list(self._planned())

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def total(self) -> int:
        """Return how many rows there will be, as far as can be told beforehand."""
        return sum(1 if isinstance(u, Problem) else formats.count(u) for u in self._units)

    def rows(self) -> Iterator[Row]:
        """Read everything, in the order in which the files came."""
        with Extractor() as extractor:
            tools = Tools(extractor.extract, self._columns)
            for unit in self._units:
                for row in self._rows_of(unit, tools):
                    self._keep(row)
                    yield row
        self._note_encodings()

    def again(self) -> Iterator[Row]:
        """Give what ``rows`` gave."""
        self._stage.seek(0)
        for line in self._stage:
            source_id, file, number, default_key, value, fault = json.loads(line)
            if fault:
                code, detail, place, at, row = fault
                value = Problem(code, detail).at(place, at, row)
            yield Row(source_id, file, number, default_key, value)

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
        file = self._open.enter_context(default_storage.open(upload.path))
        try:
            archive = Archive(cast(BinaryIO, file), upload.name, upload.pk)
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
        self.formats[unit.format] += 1
        source = unit.source
        for line, value in formats.read(unit, tools):
            yield Row(source.upload, source.name, line, unit.key, value)
        self.encodings.update(s.encoding for s in unit.files if s.encoding)

    def _keep(self, row: Row) -> None:
        fault = None
        value = row.value
        if isinstance(value, Problem):
            fault = (value.code, value.detail, value.file, value.line, value.row)
            value = {}
        kept = (row.source_id, row.file, row.line, row.default_key, value, fault)
        self._stage.write(json.dumps(kept).encode() + b"\n")

    def _note_encodings(self) -> None:
        """Keep with each upload what it was decoded with."""
        known = {u.source.upload: u.source for u in self._units if isinstance(u, Unit)}
        changed = []
        for upload in self._uploads:
            source = known.get(upload.pk)
            if source and upload.format != formats.ZIP and source.encoding:
                upload.encoding = source.encoding
                changed.append(upload)
        SourceFile.objects.bulk_update(changed, ["encoding"], batch_size=1000)


class Refusals:
    """The list of refused rows: the first as database rows, all of them as a file to mend."""

    def __init__(self, job: ImportJob):
        self.count = 0
        self._job = job
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  save() closes it

    def add(self, row: Row, problem: Problem) -> ImportProblem:
        """Take one, and return its database row, unsaved."""
        self.count += 1
        found = ImportProblem(
            import_job=self._job,
            file=(problem.file or row.file)[-LONGEST_NAME:],
            line=problem.line or row.line,
            code=problem.code,
            detail=problem.detail,
        )
        original = problem.row
        if isinstance(row.value, dict):
            original = {"id": row.default_key} | row.value if row.default_key else row.value
        why = {name: getattr(found, name) for name in ("file", "line", "code", "detail")}
        line = json.dumps({jsonl.REFUSED: why, jsonl.ROW: original})
        self._file.write(line.encode() + b"\n")
        return found

    def save(self) -> None:
        """Keep the list, instead of one of an earlier attempt."""
        path = _refusals_path(self._job)
        default_storage.delete(path)
        if self.count:
            self._file.seek(0)
            default_storage.save(path, File(self._file))
        self._file.close()


def open_refusals(job: ImportJob) -> File | None:
    """Open the list of the rows that an import refused, or return ``None`` if there is none."""
    path = _refusals_path(job)
    return default_storage.open(path) if default_storage.exists(path) else None


def _refusals_path(job: ImportJob) -> str:
    return f"imports/{job.uuid}/refused.jsonl"


def _source(upload: SourceFile) -> Source:
    opened = partial(default_storage.open, upload.path)
    return Source(upload.name, cast(Any, opened), upload.size, upload.pk)


def tables_of(job: ImportJob) -> list[Unit]:
    """Return the tables among the loose files of an import."""
    uploads: Iterable[SourceFile] = job.files.order_by("position")
    return [Unit(u.format, (_source(u),)) for u in uploads if u.format in formats.TABLES]
