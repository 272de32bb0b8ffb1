"""Spans as other programs write them: offsets in their unit, held against what they quote.

Programs count differently: Python in code points, Java and JavaScript in UTF-16 units, and some
of them after they have turned CRLF into LF. Which it was is told by the quotes: the first way of
counting under which every one of them fits is taken for the whole document.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotations.importing.problems import Problem
from annotations.importing.shapes import refuse_crowd, shown
from annotations.importing.sources import Unit

CODE_POINTS = "code points"
UTF_16 = "UTF-16 units"

_BREAKS = re.compile(r"\r\n|\s", re.ASCII)


@dataclass(slots=True)
class Mark:
    """One span as it was sent, and where its file says so."""

    start: int
    end: int
    label: str
    quote: str | None = None
    id: str | None = None
    note: str = ""
    attributes: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    file: str = ""
    line: int | None = None


class Document(Protocol):
    """One coder's file, read."""

    @property
    def text(self) -> str: ...

    def marks(self) -> Sequence[Mark]: ...


def article_of(
    unit: Unit, documents: Iterable[Document], units: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the one article of a unit with what each coder found in it, or why there is none.

    ``documents`` are read one after the other, in the order of ``unit.files``;
    their texts must be one text. ``units`` are as for ``settle``.
    """
    codings = []
    text = None
    found = 0
    try:
        for source, coder, document in zip(unit.files, unit.coders, documents, strict=True):
            if text is not None and document.text != text:
                detail = f"The text differs from that in “{unit.source.name}”."
                raise Problem("texts_differ", detail).at(source.name, 1)
            text = document.text
            spans = settle(text, document.marks(), units, owner=coder)
            found += len(spans)
            refuse_crowd(found, 0)
            codings.append({"coder": coder, "spans": spans})
    except Problem as problem:
        yield 1, problem
    else:
        yield 1, {"id": unit.key, "text": text, "codings": codings}


def settle(
    text: str, marks: Sequence[Mark], units: Sequence[str], *, owner: str = ""
) -> list[dict[str, Any]]:
    """Return ``marks`` as spans of a record whose text is ``text``.

    ``units`` are the ways of counting to try, the likeliest first; ``owner``
    keeps apart the ids of coders who number alike. Raises ``Problem`` for the
    first mark that does not fit, where there is no way for all.
    """
    count = _fitting(text, marks, units)
    places = [count.extent(mark) for mark in marks]
    refuse_crowd(len(places), sum(end - start for start, end in places))
    _keep_ids_of_targets(marks, owner)
    return [_as_span(text, mark, *place) for mark, place in zip(marks, places, strict=True)]


def refuse_misfits(text: str, marks: Sequence[Mark], units: Sequence[str]) -> None:
    """Raise the ``Problem`` that ``settle`` would."""
    _fitting(text, marks, units)


def _fitting(text: str, marks: Sequence[Mark], units: Sequence[str]) -> "_Count":
    faults = []
    for unit in units:
        for has_lf in _forms(text):
            count = _Count(text, unit, has_lf)
            fault = next(filter(None, map(count.fault, marks)), None)
            if fault is None:
                return count
            faults.append(fault)
    raise faults[0]


class _Count:
    """One way of counting the characters of a text."""

    def __init__(self, text: str, unit: str, has_lf: bool):
        self._text = text
        base = text.replace("\r\n", "\n") if has_lf else text
        self._size = len(base)
        self._crlf: list[int] = []
        if has_lf:
            found = re.finditer("\r\n", text)
            self._crlf = [match.start() - n for n, match in enumerate(found)]
        self._astral: list[int] = []
        if unit == UTF_16 and not base.isascii():
            found = re.finditer("[\U00010000-\U0010ffff]", base)
            self._astral = [match.start() + n for n, match in enumerate(found)]

    def extent(self, mark: Mark) -> tuple[int, int]:
        """Return where a mark lies; one that ends amid a pair of UTF-16 units holds both."""
        place = bisect_left(self._astral, mark.end - 1)
        is_amid = self._astral[place : place + 1] == [mark.end - 1]
        return self._offset(mark.start), self._offset(mark.end + is_amid)

    def fault(self, mark: Mark) -> Problem | None:
        """Return why ``mark`` does not fit under this way of counting, if it does not."""
        units = self._size + len(self._astral)
        if not 0 <= mark.start < mark.end:
            detail = f"“{shown(mark.label)}” goes from {mark.start} to {mark.end}."
            return Problem("bad_span", detail).at(mark.file, mark.line)
        if mark.end > units:
            detail = f"“{shown(mark.label)}” ends at {mark.end}, but the text has {units}."
            return Problem("span_outside_text", detail).at(mark.file, mark.line)
        start, end = self.extent(mark)
        if mark.quote is not None and not is_same(mark.quote, self._text[start:end]):
            detail = (
                f"“{shown(mark.label)}” quotes “{shown(mark.quote)}”, but the text from "
                f"{mark.start} to {mark.end} is “{shown(self._text[start:end])}”."
            )
            return Problem("quote_mismatch", detail).at(mark.file, mark.line)
        return None

    def _offset(self, offset: int) -> int:
        """Return an offset into the sent text, in code points."""
        offset -= bisect_left(self._astral, offset)
        return offset + bisect_left(self._crlf, offset)


def is_same(quote: str, surface: str) -> bool:
    """Say whether a quote is the surface, but for how line breaks are written in quotes."""
    if quote == surface:
        return True
    # A backslash and an n in a quote are a line break, or what stands in the text.
    forms = {_BREAKS.sub(" ", quote), _BREAKS.sub(" ", quote.replace("\\n", "\n"))}
    return _BREAKS.sub(" ", surface) in forms


def _forms(text: str) -> tuple[bool, ...]:
    return (False, True) if "\r\n" in text else (False,)


def _keep_ids_of_targets(marks: Sequence[Mark], owner: str) -> None:
    links = [link for mark in marks for link in mark.links]
    targets = {link["target"] for link in links}
    for mark in marks:
        mark.id = f"{owner}:{mark.id}" if mark.id in targets else None
    for link in links:
        link["target"] = f"{owner}:{link['target']}"


def _as_span(text: str, mark: Mark, start: int, end: int) -> dict[str, Any]:
    span: dict[str, Any] = {
        "start": start,
        "end": end,
        "label": mark.label,
        "quote": text[start:end],
    }
    optional = {
        "id": mark.id,
        "note": mark.note,
        "attributes": mark.attributes,
        "links": mark.links,
    }
    return span | {name: value for name, value in optional.items() if value}
