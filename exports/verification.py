"""Check a downloaded release with nothing but its files. Needs no database."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from exports import manifest
from exports.formats import jsonl
from exports.records import Record, in_order

#: A broken file is broken in the same way on every line: the first findings tell it.
MOST_PROBLEMS = 100
SCHEMA = Path(__file__).with_name("record.schema.json")
_PIECE = 2**20


@dataclass
class Report:
    """What was checked, and what is wrong."""

    articles: int = 0
    spans: int = 0
    content_hash: str = ""
    checked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems

    @property
    def is_full(self) -> bool:
        return len(self.problems) >= MOST_PROBLEMS

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.is_good,
            "articles": self.articles,
            "spans": self.spans,
            "content_hash": self.content_hash,
            "checked": self.checked,
            "problems": self.problems,
        }


@dataclass(frozen=True)
class Line:
    """A line of the records: what it says, if that can be read, and what is wrong with it."""

    number: int
    content: bytes
    record: Record | None
    faults: list[str]


def verify(path: Path) -> Report:
    """Check the release in a folder, or the one that ``articles.jsonl`` belongs to.

    Checksums and manifest are checked if they lie beside the records, which is
    where a download puts them.
    """
    report = Report()
    records = path / jsonl.NAME if path.is_dir() else path
    if not records.is_file():
        report.problems.append(f"{records} is not there.")
        return report
    folder = records.parent
    _records(records, report)
    if (folder / manifest.SUMS).is_file():
        _checksums(folder, report)
    if (folder / manifest.NAME).is_file():
        _manifest(folder / manifest.NAME, records, report)
    return report


def _records(path: Path, report: Report) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in check(file):
            digest.update(line.content)
            report.articles += 1
            report.problems += [f"{path.name}:{line.number}: {fault}" for fault in line.faults]
            if line.record is not None and not line.faults:
                report.spans += len(line.record.get("spans", ()))
            if report.is_full:
                break
        for content in file:
            digest.update(content)
            report.articles += 1
    report.content_hash = digest.hexdigest()
    report.checked.append(path.name)


def check(lines: Iterable[bytes]) -> Iterator[Line]:
    """Yield each line of the records with what is wrong with it, or with its place."""
    last: str | None = None
    for number, content in enumerate(lines, start=1):
        record = _parsed(content)
        if record is None:
            fault = "not a line of JSON that ends in a line feed."
            yield Line(number, content, None, [fault])
            continue
        faults = list(_faults(record, content))
        if not faults:
            if last is not None and record["id"] <= last:
                faults.append(f"“{record['id']}” is out of order.")
            last = record["id"]
        yield Line(number, content, record, faults)


def _parsed(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and line.endswith(b"\n") else None


def _faults(record: Record, line: bytes) -> Iterator[str]:
    # A message begins with the value at fault, which may be long, and ends with what is wrong.
    shape = [
        f"{error.json_path}: {error.message[-200:]}" for error in _validator().iter_errors(record)
    ]
    if shape:
        yield from shape
        return
    try:
        canonical = jsonl.line(record)
    except ValueError:
        yield "it holds what no text or number can be: half of a surrogate pair, or NaN."
        return
    if canonical != line:
        yield "not in the canonical form."
    text = record.get("text")
    if text is not None and hashlib.sha256(text.encode()).hexdigest() != record["text_sha256"]:
        yield "text_sha256 is not the hash of the text."
    layers = [("spans", record.get("spans", []))]
    layers += [(f"codings of {c['coder']}", c["spans"]) for c in record.get("codings", ())]
    for name, spans in layers:
        yield from _span_faults(name, spans, text)
    for zone in record["zones"]:
        if not _lies_in(zone, text):
            yield f"zones: {zone['start']}–{zone['end']} is no stretch of the text."


def _span_faults(name: str, spans: list[dict[str, Any]], text: str | None) -> Iterator[str]:
    ids = {span["id"] for span in spans}
    if len(ids) < len(spans):
        yield f"{name}: two spans have the same id."
    if spans != in_order(spans):
        yield f"{name}: not sorted by start, end, label, id."
    for span in spans:
        start, end = span["start"], span["end"]
        where = f"{name}: {span['id']}"
        if not _lies_in(span, text):
            yield f"{where}: {start}–{end} is no stretch of the text."
        elif (text is None) != ("quote" not in span):
            yield f"{where}: text and quotes come together or not at all."
        elif text is not None and text[start:end] != span["quote"]:
            yield f"{where}: text[{start}:{end}] is not the quote."
        for link in span["links"]:
            if link["target"] not in ids:
                yield f"{where}: a link goes to “{link['target']}”, which is no span here."


def _lies_in(stretch: dict[str, Any], text: str | None) -> bool:
    return stretch["start"] < stretch["end"] and (text is None or stretch["end"] <= len(text))


def _checksums(folder: Path, report: Report) -> None:
    for line in (folder / manifest.SUMS).read_text().splitlines():
        expected, _, name = line.partition("  ")
        if not name or Path(name).name != name:
            report.problems.append(f"{manifest.SUMS}: “{line[:100]}” is no line of it.")
        elif not (folder / name).is_file():
            report.problems.append(f"{name} is named in {manifest.SUMS}, but not there.")
        elif _sha256(folder / name) != expected:
            report.problems.append(f"{name} differs from its checksum.")
    report.checked.append(manifest.SUMS)


def _manifest(path: Path, records: Path, report: Report) -> None:
    report.checked.append(path.name)

    def expect(what: str, read: Callable[[Any], Any], actual: Any) -> None:
        try:
            said = read(contents)
        except (KeyError, TypeError, IndexError, StopIteration):
            report.problems.append(f"{path.name} does not say {what}.")
            return
        if said != actual:
            report.problems.append(f"{path.name} says {what} is {said}, but it is {actual}.")

    try:
        contents = json.loads(path.read_bytes())
    except ValueError:
        report.problems.append(f"{path.name} is not JSON.")
        return

    def entry(said: Any) -> dict[str, Any]:
        return next(file for file in said["files"] if file["name"] == jsonl.NAME)

    expect("schema", lambda said: said["schema"], manifest.SCHEMA)
    expect("content_hash", lambda said: said["content_hash"], report.content_hash)
    expect("the number of articles", lambda said: said["counts"]["articles"], report.articles)
    expect("the number of rows", lambda said: entry(said)["rows"], report.articles)
    expect("the number of bytes", lambda said: entry(said)["bytes"], records.stat().st_size)
    if report.is_good:
        expect("the number of spans", lambda said: said["counts"]["spans"], report.spans)
    report.problems += [f"{path.name}: {fault}" for fault in _loss_faults(contents)]


def _loss_faults(contents: Any) -> Iterator[str]:
    # Releases of before there were loss reports have none.
    try:
        for name, said in contents.get("losses", {}).items():
            if said["spans"] != said["written"] + sum(said["lost"].values()):
                yield f"what {name} lost does not add up."
    except (AttributeError, KeyError, TypeError):
        yield "its losses are no loss reports."


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
