"""Plain text: one file is one article."""

import re
from collections.abc import Iterator
from typing import Any

from annotations.algorithms import text as texts
from annotations.importing import decoding
from annotations.importing.problems import Problem
from annotations.importing.sources import Tools, Unit

_WORD = re.compile(r"[^\W\d_]{2,}")
_DATE_WORD = re.compile(
    r"(mon|tues|wednes|thurs|fri|satur|sun)day|(jan|febr)uary|march|april|may|june|july|august"
    r"|(septem|octo|novem|decem)ber|(mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sept?"
    r"|oct|nov|dec)|st|nd|rd|th|am|pm|at|of|by|published|updated|posted|date",
    re.IGNORECASE,
)
# Menus, breadcrumbs and datelines are held together by these; headlines are not.
_FURNITURE = re.compile(r"  |\t|[|☰»]| / | > |--")
_LINES_LOOKED_AT = 12


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the file's one record, or why there is none. The caller names the article."""
    try:
        text = decoding.text_of(unit.source)
    except Problem as problem:
        yield 1, problem
        return
    title = headline(texts.canonical(text)[0])
    yield 1, {"text": text, "meta": {"title": title} if title else {}}


def headline(text: str) -> str:
    """Return the first of the opening lines that reads like a headline, or ``""``.

    That is a line of four words or more, dates not counted, which is no byline,
    no menu, and not so long that it must be a paragraph.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines[:_LINES_LOOKED_AT]:
        words = [word for word in _WORD.findall(line) if not _DATE_WORD.fullmatch(word)]
        is_byline = line.lower().startswith("by ")
        if len(words) >= 4 and len(line) <= 200 and not is_byline and not _FURNITURE.search(line):
            return line
    return ""
