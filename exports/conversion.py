"""Derived formats, in a release that is being built and from one that was downloaded."""

import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exports import folders, verification
from exports.formats import DERIVED, jsonl
from exports.formats.ledger import Ledger
from exports.manifest import Written
from exports.records import Record

Write = Callable[[str, Iterable[bytes]], Written]


class CannotConvert(Exception):
    """These files can't be made; the message says why, by file and line where it is the input."""


@dataclass(frozen=True)
class Converted:
    """The file of a format, what it could not say, and the list of the spans that it lacks."""

    format: str
    files: list[Written]
    report: dict[str, Any]


def name_of_losses(format: str) -> str:
    """Return what the list of a format's lost spans is called."""
    return f"losses.{format}.jsonl"


def convert(format: str, records: Iterable[Record], write: Write) -> Converted:
    """Write the records in a format, and which spans it lost if there are any."""
    module = DERIVED[format]
    with tempfile.TemporaryFile() as lost:
        ledger = Ledger(format, module.KEEPS, lambda row: lost.write(jsonl.line(row)))
        written = write(module.NAME, module.write(records, ledger))
        files = [replace(written, rows=ledger.rows)]
        report = ledger.as_json()
        if report["lost"]:
            lost.seek(0)
            rows = sum(report["lost"].values())
            files.append(replace(write(name_of_losses(format), lost), rows=rows))
    return Converted(format, files, report)


def convert_release(path: Path, formats: Iterable[str], out: Path | None) -> list[Converted]:
    """Write a downloaded release in other formats: into ``out``, or beside its records.

    Raises ``CannotConvert``, before anything is written, where a line is not as it should be or
    does not hold what a format needs, or where a file is there already.
    """
    source = path / jsonl.NAME if path.is_dir() else path
    folder = out or source.parent
    formats = list(dict.fromkeys(formats))
    if not source.is_file():
        raise CannotConvert(f"{source} is not there.")
    for format in formats:
        for name in (DERIVED[format].NAME, name_of_losses(format)):
            if (folder / name).exists():
                raise CannotConvert(f"{folder / name} is there already.")
    _refuse_unfit(source, formats)
    folder.mkdir(parents=True, exist_ok=True)
    return [_converted(source, format, folder) for format in formats]


def _refuse_unfit(source: Path, formats: list[str]) -> None:
    with source.open("rb") as file:
        for line in verification.check(file):
            where = f"{source.name}:{line.number}"
            if line.faults or line.record is None:
                raise CannotConvert(f"{where}: {line.faults[0]}")
            for format in formats:
                if "text" in DERIVED[format].NEEDS and "text" not in line.record:
                    raise CannotConvert(f"{where}: {format} needs texts, and it has none.")
                if "gold" in DERIVED[format].NEEDS and "spans" not in line.record:
                    raise CannotConvert(f"{where}: {format} needs gold spans, and it has none.")


def _converted(source: Path, format: str, folder: Path) -> Converted:
    with source.open("rb") as file:
        return convert(
            format,
            map(json.loads, file),
            lambda name, pieces: folders.write_to(folder / name, pieces),
        )
