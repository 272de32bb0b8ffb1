"""CoNLL: a token a line, its label in the last column as B-, I- and O (or BIOES, BILOU)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from annotations.importing import decoding
from annotations.importing.problems import Problem
from annotations.importing.shapes import refuse_crowd
from annotations.importing.sources import Tools, Unit

LONGEST_LINE = 2**20
MOST_TOKENS = 150_000

_LABEL = re.compile(r"(?:([BIESLUM])-(.+)|O|_|-)")
_NEW_DOCUMENT = re.compile(r"^(?:-DOCSTART-|#[ \t]*(?:newdoc|begin document)\b)")
_MARKS = re.compile(_NEW_DOCUMENT.pattern.encode(), re.MULTILINE)
_DOCUMENT_NAME = re.compile(r"#\s*newdoc\s+id\s*=\s*(\S.*)")
_BEGINS = "BSU"
_ENDS = "ESLU"


@dataclass
class _Document:
    """One document on its way: its words, and the span that is open."""

    line: int
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    length: int = 0
    tokens: int = 0
    gap: str = ""
    open: dict[str, Any] | None = None

    def add(self, word: str, label: str, is_glued: bool) -> None:
        begin = self.length + len(self.gap)
        self.pieces += [self.gap, word]
        self.length = begin + len(word)
        self.gap = "" if is_glued else " "
        self.tokens += 1
        prefix, name = _LABEL.fullmatch(label).groups()
        if prefix is None:
            self.open = None
            return
        if self.open is None or self.open["label"] != name or prefix in _BEGINS:
            refuse_crowd(len(self.spans) + 1, 0)
            self.open = {"start": begin, "end": self.length, "label": name}
            self.spans.append(self.open)
        self.open["end"] = self.length
        if prefix in _ENDS:
            self.open = None

    def end_sentence(self) -> None:
        self.open = None
        if self.pieces:
            self.gap = "\n"


def count(unit: Unit) -> int:
    """Return how many documents there are, as far as their marks tell."""
    with decoding.as_utf8(unit.source) as file:
        pieces = iter(lambda: file.read(LONGEST_LINE), b"")
        marks = sum(len(_MARKS.findall(piece)) for piece in pieces)
    return max(1, marks)


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield each document as an article with one coder, whom the file is named after.

    Words are joined by a space and sentences by a line break, for the file does
    not say what was between them.
    """
    stem = unit.source.path.stem
    for number, found in enumerate(_documents(unit), start=1):
        if isinstance(found, Problem):
            yield found.line or 1, found
            return
        text = "".join(found.pieces)
        spans = [span | {"quote": text[span["start"] : span["end"]]} for span in found.spans]
        yield (
            found.line,
            {
                "id": found.name or (unit.key if number == 1 else f"{unit.key}-{number}"),
                "text": text,
                "codings": [{"coder": stem, "spans": spans}],
            },
        )


def _documents(unit: Unit) -> Iterator[_Document | Problem]:
    document = _Document(1)
    with decoding.as_utf8(unit.source) as file:
        number = 0
        while raw := file.readline(LONGEST_LINE):
            number += 1
            if len(raw) == LONGEST_LINE:
                detail = f"The line exceeds {LONGEST_LINE >> 20} MB."
                yield Problem("line_too_long", detail).at(unit.source.name, number)
                return
            try:
                line = raw.decode().rstrip("\r\n")
            except UnicodeDecodeError:
                yield Problem("undecodable", "The line is not UTF-8.").at(unit.source.name, number)
                return
            if _NEW_DOCUMENT.match(line):
                if document.tokens:
                    yield document
                name = _DOCUMENT_NAME.fullmatch(line)
                document = _Document(number, name[1] if name else "")
            elif not line.strip():
                document.end_sentence()
            elif not line.startswith("# "):
                problem = _add(document, line)
                if problem:
                    yield problem.at(unit.source.name, number)
                    return
    if document.tokens:
        yield document
    elif not number:
        yield Problem("empty_text", "There is no text in it.").at(unit.source.name, 1)


def _add(document: _Document, line: str) -> Problem | None:
    cells = line.split("\t") if "\t" in line else line.split()
    is_universal = len(cells) == 10 and bool(re.fullmatch(r"\d+(?:[-.]\d+)?", cells[0]))
    if is_universal and not cells[0].isdigit():
        return None  # a word that the next lines split, or one that is not in the text
    word = cells[1] if is_universal else cells[0]
    labels = [cells[-1], *cells[-1].split("|")] if is_universal else [cells[-1]]
    label = next((cell for cell in labels if _LABEL.fullmatch(cell)), "O" if is_universal else "")
    if len(cells) < 2 or not label or not word:
        return Problem("bad_conll", "The last column is no label as B-X, I-X or O.")
    if document.tokens >= MOST_TOKENS:
        return Problem("file_too_large", f"A document may have {MOST_TOKENS} words.")
    try:
        document.add(word, label, is_glued=is_universal and "SpaceAfter=No" in cells[9])
    except Problem as problem:
        return problem
    return None
