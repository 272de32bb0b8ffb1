"""WebAnno TSV 3: a line a token, a column a feature, offsets in UTF-16 units."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from annotations.importing import decoding, standoff
from annotations.importing.problems import Problem
from annotations.importing.shapes import refuse_crowd
from annotations.importing.sources import Source, Tools, Unit
from annotations.importing.standoff import Mark

MOST_TOKENS = 150_000
MOST_COLUMNS = 100

_FORMAT = "#FORMAT=WebAnno TSV 3"
_TEXT = "#Text="
_LAYER = re.compile(r"#T_(SP|RL|CH)=(.*)")
_PLACE = re.compile(r"\d+-\d+(?:\.\d+)?")
_OFFSETS = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_NUMBERED = re.compile(r"(.*?)(?:\[(\d+)\])?", re.DOTALL)
_ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
_SEPARATOR = re.compile(r"(?<!\\)\|")
_NOTHING = "_"
_UNNAMED = "*"
_NAMING_FEATURES = ("value", "label", "category", "type")
_BREAKS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class _Layer:
    """A layer of spans: its columns in the file, and which of them names the span."""

    name: str
    features: tuple[str, ...]
    first: int

    @property
    def naming(self) -> str:
        return next((name for name in _NAMING_FEATURES if name in self.features), "")


@dataclass
class _Found:
    """One span on its way: its tokens so far, and what its features say."""

    start: int
    end: int
    line: int
    values: dict[str, str] = field(default_factory=dict)


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield one article with what is in each coder's file; their texts must be one text."""
    documents = (_Document(source) for source in unit.files)
    yield from standoff.article_of(unit, documents, [standoff.UTF_16])


class _Document:
    """One file, read: the text put together by its offsets, and its spans."""

    def __init__(self, source: Source):
        self._name = source.name
        self._layers: list[_Layer] = []
        self._found: dict[tuple[Any, ...], _Found] = {}
        self._text: list[str] = []
        self._length = 0
        self._sentence: list[str] = []
        self._tokens: list[Mark] = []
        self._columns = 3
        for number, line in decoding.lines_of(source):
            if number == 1 and not line.startswith(_FORMAT):
                raise self._problem(1, "bad_webanno", "It does not begin as WebAnno TSV 3.")
            if line.startswith(_TEXT):
                self._sentence.append(_unescaped(line.removeprefix(_TEXT)))
            elif found := _LAYER.fullmatch(line):
                self._add_layer(number, *found.groups())
            elif line and not line.startswith("#"):
                self._add_token(number, line.split("\t"))
        self.text = "".join(self._text)
        standoff.refuse_misfits(self.text, self._tokens, [standoff.UTF_16])

    def marks(self) -> list[Mark]:
        return [self._mark(key[0], found) for key, found in self._found.items()]

    def _add_layer(self, number: int, kind: str, described: str) -> None:
        name, *features = described.split("|")
        if kind != "SP":
            # Saying nothing of them would lose work without a word.
            detail = f"It holds relations or chains (“{name}”), which can't be read yet."
            raise self._problem(number, "has_relations", detail)
        if any(feature.startswith("ROLE_") for feature in features):
            detail = f"It holds slots (“{name}”), which can't be read yet."
            raise self._problem(number, "has_relations", detail)
        self._layers.append(_Layer(name, tuple(filter(None, features)), self._columns))
        self._columns += max(1, len(list(filter(None, features))))
        if self._columns > MOST_COLUMNS:
            detail = f"It has over {MOST_COLUMNS} columns."
            raise self._problem(number, "too_many_columns", detail)

    def _add_token(self, number: int, cells: list[str]) -> None:
        offsets = _OFFSETS.fullmatch(cells[1]) if len(cells) >= 3 else None
        if offsets is None or not _PLACE.fullmatch(cells[0]):
            raise self._problem(number, "bad_webanno", "It is no line of WebAnno's.")
        start, end, token = int(offsets[1]), int(offsets[2]), _unescaped(cells[2])
        if len(self._tokens) == MOST_TOKENS:
            detail = f"A document may have {MOST_TOKENS} words."
            raise self._problem(number, "file_too_large", detail)
        if self._sentence:
            self._add_sentence(number, start, token)
        self._tokens.append(Mark(start, end, "token", token, file=self._name, line=number))
        for layer in self._layers:
            self._add_annotations(number, layer, start, end, cells)

    def _add_sentence(self, number: int, start: int, token: str) -> None:
        """Put a sentence where its first token says; what is between two is white space."""
        sentence, self._sentence = "\n".join(self._sentence), []
        before = sentence.find(token)
        gap = start - _units(sentence[: max(0, before)]) - self._length
        if before < 0 or gap < 0 or gap > len(sentence) + 10_000:
            detail = "The sentence and the place of its first token don't fit together."
            raise self._problem(number, "bad_webanno", detail)
        filling = "\n" * gap
        self._text += [filling, sentence]
        self._length += gap + _units(sentence)
        if self._length > decoding.LARGEST_TEXT:
            raise self._problem(number, "file_too_large", "Its text is too long.")

    def _add_annotations(
        self, number: int, layer: _Layer, start: int, end: int, cells: list[str]
    ) -> None:
        width = max(1, len(layer.features))
        columns = [_SEPARATOR.split(cell) for cell in cells[layer.first : layer.first + width]]
        if not columns:
            return
        for position in range(len(columns[0])):
            for name, stack in zip(layer.features or ("",), columns, strict=False):
                if position >= len(stack) or stack[position] == _NOTHING:
                    continue
                value, same = _NUMBERED.fullmatch(stack[position]).groups()
                key = (layer, same) if same else (layer, number, position)
                found = self._found.setdefault(key, _Found(start, end, number))
                refuse_crowd(len(self._found), 0)
                found.end = max(found.end, end)
                if value != _UNNAMED and name:
                    found.values[name] = _unescaped(value)

    def _mark(self, layer: _Layer, found: _Found) -> Mark:
        label = found.values.pop(layer.naming, "") or (
            found.values.pop(layer.features[0], "") if len(layer.features) == 1 else ""
        )
        return Mark(
            found.start,
            found.end,
            label or layer.name.rpartition(".")[2],
            attributes=[{"name": name, "value": v} for name, v in found.values.items()],
            file=self._name,
            line=found.line,
        )

    def _problem(self, number: int, code: str, detail: str) -> Problem:
        return Problem(code, detail).at(self._name, number)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _BREAKS.get(found[1], found[1]), text)
