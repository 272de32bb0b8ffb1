"""Why a record can't come in."""

from typing import Any


class Problem(Exception):
    """One record is refused; ``code`` is for programs, ``detail`` for the person.

    ``file`` and ``line`` are given where they are other than those at which
    the record starts, and ``row`` where the reader could make no record of it.
    """

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.file = ""
        self.line: int | None = None
        self.row: Any = None

    def at(self, file: str, line: int | None = None, row: Any = None) -> "Problem":
        """Say where it is, unless that is said already."""
        self.file = self.file or file
        self.line = line if self.line is None else self.line
        self.row = row if self.row is None else self.row
        return self
