"""Web pages: the main text as the article, and what the page says of itself as its meta."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from annotations.importing import decoding
from annotations.importing.problems import Problem
from annotations.importing.sources import Tools, Unit

LARGEST = 5 * 2**20
MOST_TAGS = 20_000
#: Beyond that parsers of pages give up, or recurse until they fall over.
DEEPEST = 250

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_HEAD = 4096
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})|<!--")
#: What holds no tags, whatever it looks like.
_RAW = {"script", "style", "textarea", "title", "noscript", "template", "svg"}
#: What is often not closed, or never.
_UNCLOSED = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
    *("source", "track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "option"),
}


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the page's one record, or why there is none. The caller names the article."""
    try:
        data = unit.source.bytes(LARGEST)
        stated = _CHARSET.search(data[:_HEAD])
        decoded = decoding.decode(data, stated[1].decode() if stated else "")
        unit.source.encoding = decoded.encoding
        refuse_tangle(decoded.text)
        found = tools.extract(decoded.text)
    except Problem as problem:
        yield 1, problem
        return
    if found["text"].strip():
        yield 1, found
    else:
        yield 1, Problem("no_story", "No article was found in this page.")


def refuse_tangle(page: str) -> None:
    """Raise a ``Problem`` if a page has more tags, or deeper ones, than anybody writes."""
    if page.count("<") > MOST_TAGS:
        raise Problem("page_too_costly", f"The page has over {MOST_TAGS} tags.")
    is_open: Counter[str] = Counter()
    depth = at = 0
    while found := _TAG.search(page, at):
        at = found.end()
        closing, name = found[1], (found[2] or "").lower()
        if not name or (name in _RAW and not closing):
            at = page.find(f"</{name}" if name else "-->", at)
            if at < 0:
                return
        elif name not in _UNCLOSED:
            if not closing:
                is_open[name] += 1
                depth += 1
            elif is_open[name]:
                is_open[name] -= 1
                depth -= 1
            if depth > DEEPEST:
                raise Problem("page_too_costly", f"The page is nested over {DEEPEST} deep.")
