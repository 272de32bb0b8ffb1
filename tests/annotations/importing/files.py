"""Files in memory and what the readers make of them, for tests of the readers."""

import io
import zipfile
from pathlib import Path
from typing import Any

from annotations.importing import formats, planning, records
from annotations.importing.archives import Archive
from annotations.importing.problems import Problem
from annotations.importing.sources import Source, Tools, Unit

CORPORA = Path(__file__).parents[4] / "shared" / "corpora"


def source(data: bytes, name: str) -> Source:
    return Source(name, lambda: io.BytesIO(data), len(data))


def units(*files: tuple[str, bytes]) -> list[Unit | Problem]:
    found = list(planning.recognised(source(data, name) for name, data in files))
    whole = [one for one in found if not isinstance(one, Problem)]
    return [*(one for one in found if isinstance(one, Problem)), *planning.plan(whole)]


def no_story(page: str) -> dict[str, Any]:
    return {"text": "", "meta": {}}


def rows(*files: tuple[str, bytes], columns=None, extract=no_story) -> list[tuple[int, Any]]:
    """Return what the readers give for files that came together."""
    tools = Tools(extract, columns or {})
    return [
        row
        for unit in units(*files)
        for row in ([(1, unit)] if isinstance(unit, Problem) else formats.read(unit, tools))
    ]


def told(*files: tuple[str, bytes], **options) -> list[tuple[int, Any]]:
    """Return the rows, with a problem as its file, line and code."""
    return [
        (line, (found.file, found.line, found.code) if isinstance(found, Problem) else found)
        for line, found in rows(*files, **options)
    ]


def surfaces(value: dict[str, Any], coder: int = 0) -> list[tuple[str, str]]:
    """Check a record as an import does, and return label and text of one coding's spans."""
    record = records.check(value)
    return [
        (span["label"], record.text[span["start"] : span["end"]])
        for span in record.codings[coder].spans
    ]


def folder(path: Path) -> list[tuple[str, bytes]]:
    files = sorted(p for p in path.rglob("*") if p.is_file())
    assert files, f"there is nothing in {path}, which is beside the repository"
    return [(str(p.relative_to(path)), p.read_bytes()) for p in files]


def zipped(*files: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def members(data: bytes, name: str = "all.zip") -> list[Source | Problem]:
    return list(Archive(io.BytesIO(data), name, None).sources())
