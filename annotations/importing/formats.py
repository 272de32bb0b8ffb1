"""Which reader a file needs, by its name and by what is in it."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from annotations.importing import jsonl, txt
from annotations.importing.problems import Problem

TXT = "txt"
JSONL = "jsonl"
FORMATS = (TXT, JSONL)

_BY_SUFFIX = {".txt": TXT, ".text": TXT, ".jsonl": JSONL, ".ndjson": JSONL}
_BY_CONTENT = {"", ".json", ".md"}
_HEAD = 4096


def recognise(name: str, file: Any) -> str | None:
    """Return the format of a file, or ``None`` if no reader takes it. Leaves it rewound."""
    suffix = PurePath(name).suffix.lower()
    head = file.read(_HEAD)
    file.seek(0)
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix not in _BY_CONTENT:
        return None
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return JSONL
    if suffix == ".json" or b"\0" in head:
        return None
    return TXT


def read(format: str, file: Any) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the records of a file as line and record, or line and what is wrong with it."""
    return (txt if format == TXT else jsonl).read(file)


def count(format: str, file: Any) -> int:
    """Return how many records the file holds, and rewind it."""
    if format == TXT:
        return 1
    found = jsonl.count(file)
    file.seek(0)
    return found


def default_key(format: str, name: str) -> str:
    """Return what an article is called that does not say so: a text by its file."""
    return PurePath(name).stem if format == TXT else ""
