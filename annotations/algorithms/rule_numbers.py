"""The numbers of rules, such as R4 and R4.2."""

import re
from collections.abc import Collection

_NUMBER = re.compile(r"(?P<name>\D*)(?P<chapter>\d{1,6})(?:\.(?P<part>\d{1,6}))?", re.ASCII)


def next_number(known: Collection[str], near: str = "") -> str:
    """Return the next free number: a part of the chapter of ``near``, else a chapter of its own.

    >>> next_number(["R1", "R4.1"], near="R4.1")
    'R4.2'
    """
    taken = [match for number in known if (match := _NUMBER.fullmatch(number))]
    beside = _NUMBER.fullmatch(near)
    if beside:
        name, chapter = beside["name"], int(beside["chapter"])
        parts = [
            int(one["part"] or 0)
            for one in taken
            if (one["name"], int(one["chapter"])) == (name, chapter)
        ]
        return f"{name}{chapter}.{max(parts, default=0) + 1}"
    name = taken[-1]["name"] if taken else "R"
    chapters = [int(one["chapter"]) for one in taken if one["name"] == name]
    return f"{name}{max(chapters, default=0) + 1}"
