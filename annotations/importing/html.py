"""Web pages: the main text as the article, and what the page says of itself as its meta."""

import re
from collections.abc import Iterator
from typing import Any

from annotations.importing import decoding
from annotations.importing.problems import Problem
from annotations.importing.sources import Tools, Unit

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_HEAD = 4096


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the page's one record, or why there is none. The caller names the article."""
    try:
        data = unit.source.bytes(decoding.LARGEST_TEXT)
        stated = _CHARSET.search(data[:_HEAD])
        decoded = decoding.decode(data, stated[1].decode() if stated else "")
        unit.source.encoding = decoded.encoding
        found = tools.extract(decoded.text)
    except Problem as problem:
        yield 1, problem
        return
    if found["text"].strip():
        yield 1, found
    else:
        yield 1, Problem("no_story", "No article was found in this page.")
