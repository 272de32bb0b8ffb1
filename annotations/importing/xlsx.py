"""The first sheet of an XLSX workbook as rows of texts, one row held at a time."""

import re
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

from annotations.importing.archives import Archive
from annotations.importing.problems import Problem
from annotations.importing.sources import Source
from annotations.importing.xml_events import Element, elements

LONGEST_TEXT = 2**20
LONGEST_ROW = 4 * 2**20
#: The texts that cells refer to: where each of them begins is in memory.
MOST_SHARED = 2_000_000
LONGEST_SHARED = 256 * 2**20
MOST_COLUMNS = 500
MOST_ROWS = 2**20

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  A spreadsheet knows no time zone.
_EPOCH_OF_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_SERIAL = 2_958_466
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_LETTERS = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^ymdhs"\\\[])*[ymdhs]', re.IGNORECASE)
_LONGEST_CODE = 255
_MOST_FORMATS = 2**16
_REFERENCE = re.compile(r"([A-Z]{1,3})\d*")


def rows(file: BinaryIO) -> Iterator[tuple[int, Sequence[str] | Problem]]:
    """Yield each row's number and its cells as texts. Raises ``Problem`` if it is no workbook."""
    parts = {}
    for found in Archive(file, "", None).sources():
        name = found.name if isinstance(found, Source) else found.file
        parts[name.lstrip("/")] = found
    with _SharedTexts() as texts:
        book = _Book(parts, texts)
        yield from book.rows()


class _SharedTexts:
    """The texts that cells refer to by number, kept in a file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._ends = array("Q", [0])

    def __enter__(self) -> "_SharedTexts":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, text: str) -> None:
        data = text.encode()
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))
        if len(self._ends) > MOST_SHARED or self._ends[-1] > LONGEST_SHARED:
            raise Problem("file_too_large", "The workbook holds too much text. Send it as CSV.")

    def __getitem__(self, place: int) -> str:
        if not 0 <= place < len(self._ends) - 1:
            raise IndexError
        self._file.seek(self._ends[place])
        return self._file.read(self._ends[place + 1] - self._ends[place]).decode()


class _Book:
    """What the cells of a sheet refer to."""

    def __init__(self, parts: dict[str, Source | Problem], texts: _SharedTexts):
        self._parts = parts
        self._epoch = _EPOCH
        self._sheet = self._first_sheet()
        self._texts = texts
        self._share_texts()
        self._dates = self._date_styles()

    def rows(self) -> Iterator[tuple[int, Sequence[str] | Problem]]:
        cells: dict[int, str] = {}
        value = ""
        held = number = 0
        for element in self._elements(self._sheet):
            if element.name == "v" or (element.name == "t" and "rPh" not in element.path):
                value += element.text
            elif element.name == "c":
                column = self._column(element, len(cells))
                cells[column] = self._cell(element, value)
                held += len(cells[column])
                value = ""
            elif element.name == "row":
                number = _whole(element.attributes.get("r", ""), MOST_ROWS) or number + 1
                width = max(cells, default=-1) + 1
                yield number, [cells.get(column, "") for column in range(width)]
                cells, held = {}, 0
            if held + len(value) > LONGEST_ROW:
                detail = f"A row has over {LONGEST_ROW >> 20} million characters."
                raise Problem("file_too_large", detail).at("", number + 1)

    def _column(self, element: Element, position: int) -> int:
        reference = _REFERENCE.fullmatch(element.attributes.get("r", ""))
        column = 0
        for letter in reference[1] if reference else "":
            column = column * 26 + ord(letter) - ord("A") + 1
        column = column - 1 if reference else position
        if column >= MOST_COLUMNS:
            raise Problem("too_many_columns", f"It has over {MOST_COLUMNS} columns.")
        return column

    def _cell(self, element: Element, value: str) -> str:
        kind = element.attributes.get("t", "n")
        if kind == "s":
            try:
                return self._texts[int(value)]
            except (ValueError, IndexError):
                raise Problem("bad_xlsx", "A cell refers to a text that is not there.") from None
        if kind == "b":
            return "true" if value == "1" else "false"
        if kind == "e":
            return ""
        if kind == "n" and element.attributes.get("s") in self._dates:
            return self._date(value)
        return value

    def _date(self, value: str) -> str:
        try:
            serial = float(value)
        except ValueError:
            return value
        if not 0 <= serial < _LAST_SERIAL:
            return value
        try:
            moment = self._epoch + timedelta(seconds=round(serial * 86400))
        except OverflowError:
            return value
        return moment.date().isoformat() if serial == int(serial) else moment.isoformat(" ")

    def _first_sheet(self) -> str:
        targets = {}
        for element in self._elements("xl/_rels/workbook.xml.rels"):
            if element.name == "Relationship":
                targets[element.attributes.get("Id")] = element.attributes.get("Target", "")
        first = None
        for element in self._elements("xl/workbook.xml"):
            if element.name == "sheet" and first is None:
                first = next((v for n, v in element.attributes.items() if n.endswith(" id")), None)
            elif element.name == "workbookPr":
                is_of_1904 = element.attributes.get("date1904") in ("1", "true")
                self._epoch = _EPOCH_OF_1904 if is_of_1904 else _EPOCH
        target = targets.get(first, "worksheets/sheet1.xml")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if name not in self._parts:
            raise Problem("bad_xlsx", "It is damaged, or no workbook.")
        return name

    def _share_texts(self) -> None:
        text = ""
        for element in self._elements("xl/sharedStrings.xml"):
            if element.name == "t" and "rPh" not in element.path:
                text += element.text
                if len(text) > LONGEST_TEXT:
                    raise Problem("file_too_large", "A cell of the workbook is too long.")
            elif element.name == "si":
                self._texts.add(text)
                text = ""

    def _date_styles(self) -> set[str]:
        formats = set(_DATE_FORMATS)
        styles: list[int] = []
        for element in self._elements("xl/styles.xml"):
            code = element.attributes.get("formatCode", "")
            number = element.attributes.get("numFmtId", "")
            if element.name == "numFmt" and _DATE_LETTERS.match(code[:_LONGEST_CODE]):
                formats.add(_whole(number, _MOST_FORMATS))
            elif element.name == "xf" and element.path[-1:] == ("cellXfs",):
                styles.append(_whole(number, _MOST_FORMATS))
                if len(styles) > _MOST_FORMATS:
                    raise Problem("bad_xlsx", "It has too many styles.")
        return {str(place) for place, number in enumerate(styles) if number in formats}

    def _elements(self, name: str) -> Iterator[Element]:
        part = self._parts.get(name)
        if isinstance(part, Problem):
            raise Problem(part.code, part.detail)
        if part is not None:
            with part.open() as file:
                yield from elements(file, longest=LONGEST_TEXT)


def _whole(digits: str, most: int) -> int:
    """Return a number that stands in an attribute, or 0 for none, or one that is too large."""
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 10
    return int(digits) if is_number and int(digits) <= most else 0
