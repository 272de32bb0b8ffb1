"""XML as a stream of elements, without the parts of it that make a small file large."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from annotations.importing.problems import Problem

DEEPEST = 200
MOST_ATTRIBUTES = 1000
_PIECE = 2**16
_LARGEST_PIECE = 2**18
_MOST_BYTES_A_LETTER = 3
#: In one tag: some stand in texts, but each attribute has one.
_MOST_EQUALS = 200_000


@dataclass(frozen=True)
class Element:
    """One element at its end: its name without namespace, and whose namespace that was."""

    name: str
    namespace: str
    attributes: dict[str, str]
    text: str
    line: int
    path: tuple[str, ...]


def elements(file: BinaryIO, *, longest: int) -> Iterator[Element]:
    """Yield every element when it ends. Raises ``Problem`` for what is no XML, or is hostile.

    An element's text and one attribute may have ``longest`` characters.
    """
    reader = _Reader(longest)
    size, fed, equals = _PIECE, 0, 0
    try:
        while piece := file.read(size):
            reader.parser.Parse(piece, False)
            yield from reader.taken()
            # A tag waits for its end, and is looked at again with each piece: larger pieces then.
            fed += len(piece)
            waiting = fed - max(0, reader.parser.CurrentByteIndex)
            size = min(max(_PIECE, waiting), _LARGEST_PIECE)
            equals = equals + piece.count(b"=") if waiting >= len(piece) else 0
            if waiting > _MOST_BYTES_A_LETTER * longest or equals > _MOST_EQUALS:
                raise Problem("bad_xml", "A tag of it is too long.")
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        detail = f"It is no XML: {expat.ErrorString(error.code)}."
        raise Problem("bad_xml", detail).at("", error.lineno) from error
    yield from reader.taken()


class _Reader:
    def __init__(self, longest: int):
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._longest = longest
        self._open: list[tuple[str, str, dict[str, str], int, list[str]]] = []
        self._held = 0
        self._ready: list[Element] = []

    def taken(self) -> list[Element]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise Problem("bad_xml", f"It is nested over {DEEPEST} deep.")
        if len(attributes) > MOST_ATTRIBUTES:
            raise Problem("bad_xml", f"A tag has over {MOST_ATTRIBUTES} attributes.")
        if any(len(value) > self._longest for value in attributes.values()):
            raise Problem("bad_xml", "An attribute of it is too long.")
        namespace, _, local = name.rpartition(" ")
        line = self.parser.CurrentLineNumber
        self._open.append((local, namespace, attributes, line, []))

    def _text(self, data: str) -> None:
        if self._open:
            self._held += len(data)
            if self._held > self._longest:
                raise Problem("bad_xml", "A text in it is too long.")
            self._open[-1][4].append(data)

    def _end(self, name: str) -> None:
        local, namespace, attributes, line, texts = self._open.pop()
        text = "".join(texts)
        self._held -= len(text)
        path = tuple(outer[0] for outer in self._open)
        self._ready.append(Element(local, namespace, attributes, text, line, path))

    def _refuse_doctype(self, *_: object) -> None:
        # Entities and defaults for attributes make a small file large.
        raise Problem("bad_xml", "It has a document type (DOCTYPE), which no such file needs.")
