"""Why a record can't come in."""

import re
from typing import Any

LONGEST_DETAIL = 500
_LONGEST_QUOTE = 80
_LONG_QUOTE = re.compile(f"“([^”]{{{_LONGEST_QUOTE}}})[^”]+”")
#: What no database keeps: NUL, and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Problem(Exception):
    """One record is refused; ``code`` is for programs, ``detail`` for the person.

    ``file`` and ``line`` are given where they are other than those at which
    the record starts, and ``row`` where the reader could make no record of it.
    Whatever a file holds, what is said of it is short, ends as a sentence does, and can be kept.
    """

    def __init__(self, code: str, detail: str):
        detail = _LONG_QUOTE.sub("“\\1…”", detail)
        if len(detail) > LONGEST_DETAIL:
            detail = detail[: LONGEST_DETAIL - 2] + "…."
        detail = _UNSTORABLE.sub("\ufffd", detail)
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.file = ""
        self.line: int | None = None
        self.row: Any = None

    def at(self, file: str, line: int | None = None, row: Any = None) -> "Problem":
        """Say where it is, unless that is said already."""
        self.file = self.file or _UNSTORABLE.sub("\ufffd", file)
        self.line = line if self.line is None else self.line
        self.row = row if self.row is None else self.row
        return self
