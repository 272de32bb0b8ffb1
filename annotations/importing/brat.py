"""brat's standoff: a text and the annotations beside it, a folder for each coder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotations.importing import decoding, standoff
from annotations.importing.problems import Problem
from annotations.importing.shapes import refuse_crowd
from annotations.importing.sources import Source, Tools, Unit
from annotations.importing.standoff import Mark

# What stands before a colon holds none: a line that can be cut in many ways is tried in all.
_SPAN = re.compile(r"(T\S+)\t(\S+) ([0-9]{1,9}) ([0-9]{1,9})(?:\t(.*))?")
_FRAGMENTS = re.compile(r"T\S+\t\S+ \d+ \d+;")
_ATTRIBUTE = re.compile(r"[AM]\S*\t(\S+) (\S+)(?: (.+))?")
_RELATION = re.compile(r"R\S*\t(\S+) [^\s:]+:(\S+) [^\s:]+:(\S+)\s*")
_EVENT = re.compile(r"(E\S+)\t[^\s:]+:(\S+)((?: [^\s:]+:\S+)*+)\s*")
_EQUIVALENCE = re.compile(r"\*\t(\S+)((?: \S+)++)\s*")
_NOTE = re.compile(r"#\S*\t\S+ (\S+)\t(.*)")
#: Attributes and ends of links, of which a line can name any number.
MOST_SAID = 100_000

_UNITS = (standoff.CODE_POINTS, standoff.UTF_16)
_NORMALISED = re.compile(r"N\S*\t\S+ (\S+) ([^\s:]+):(\S+)(?:\t.*)?")


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield one article with what each coder found in it; their texts must be one text."""
    documents = (
        _Document(decoding.text_of(source), beside)
        for source, beside in zip(unit.files, unit.beside, strict=True)
    )
    yield from standoff.article_of(unit, documents, _UNITS)


@dataclass(frozen=True)
class _Document:
    """A coder's copy of the text, and the annotations beside it."""

    text: str
    beside: Source

    def marks(self) -> list[Mark]:
        return list(_Annotations(self.beside).marks.values())


class _Annotations:
    """The lines of one .ann file, gathered around its spans."""

    def __init__(self, source: Source):
        self._name = source.name
        self.marks: dict[str, Mark] = {}
        self._triggers: dict[str, str] = {}
        self._notes: dict[str, list[str]] = {}
        self._said = 0
        later = []
        for number, line in decoding.lines_of(source):
            if line.startswith("T"):
                self._add(number, line)
            elif found := _EVENT.fullmatch(line):
                self._triggers[found[1]] = found[2]
                later.append((number, line))
            elif line.strip():
                later.append((number, line))
        for number, line in later:
            self._attach(number, line)
        for name, notes in self._notes.items():
            self.marks[name].note = "\n".join(filter(None, notes))

    def _add(self, number: int, line: str) -> None:
        if _FRAGMENTS.match(line):
            detail = "It is in pieces, and a span here is one stretch of text."
            raise Problem("discontinuous", detail).at(self._name, number)
        found = _SPAN.fullmatch(line)
        if found is None:
            raise self._unreadable(number)
        name, label, start, end, quote = found.groups()
        if name in self.marks:
            raise Problem("span_id_repeated", f"“{name}” is there twice.").at(self._name, number)
        refuse_crowd(len(self.marks) + 1, 0)
        self.marks[name] = Mark(
            int(start), int(end), label, quote, id=name, file=self._name, line=number
        )

    def _attach(self, number: int, line: str) -> None:
        if found := _ATTRIBUTE.fullmatch(line):
            attribute = {"name": found[1], "value": found[3] or "true"}
            self._mark(number, found[2]).attributes.append(attribute)
        elif found := _RELATION.fullmatch(line):
            self._link(number, found[1], found[2], found[3])
        elif found := _EVENT.fullmatch(line):
            for role in found[3].split():
                name, _, target = role.partition(":")
                self._link(number, name.rstrip("0123456789"), found[2], target)
        elif found := _EQUIVALENCE.fullmatch(line):
            first, *others = found[2].split()
            for other in others:
                self._link(number, found[1], first, other)
        elif found := _NORMALISED.fullmatch(line):
            self._mark(number, found[1]).attributes.append({"name": found[2], "value": found[3]})
        elif found := _NOTE.fullmatch(line):
            # A note on a relation or on an attribute has no span to stand at.
            if self._trigger(found[1]) in self.marks:
                self._notes.setdefault(self._trigger(found[1]), []).append(found[2])
        else:
            raise self._unreadable(number)

    def _link(self, number: int, name: str, start: str, target: str) -> None:
        self._mark(number, target)
        link = {"name": name, "target": self._trigger(target)}
        self._mark(number, start).links.append(link)

    def _trigger(self, name: str) -> str:
        """Return the span that stands for ``name``: an event is found at its trigger."""
        return self._triggers.get(name, name)

    def _mark(self, number: int, name: str) -> Mark:
        mark = self.marks.get(self._trigger(name))
        if mark is None:
            detail = f"It speaks of “{name}”, which is not there."
            raise Problem("unknown_target", detail).at(self._name, number)
        self._said += 1
        if self._said > MOST_SAID:
            detail = f"It may say {MOST_SAID} things of its spans."
            raise Problem("too_many_spans", detail).at(self._name, number)
        return mark

    def _unreadable(self, number: int) -> Problem:
        return Problem("bad_annotation", "It is no line of brat's.").at(self._name, number)
