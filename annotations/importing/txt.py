"""Plain text: one file is one article."""

from collections.abc import Iterator
from typing import Any

from annotations.importing import decoding
from annotations.importing.problems import Problem
from annotations.importing.sources import Tools, Unit


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the file's one record, or why there is none. The caller names the article."""
    try:
        yield 1, {"text": decoding.text_of(unit.source)}
    except Problem as problem:
        yield 1, problem
