"""Offsets for programs that count UTF-16 units, as Java and JavaScript do."""

import re
from bisect import bisect_left
from collections.abc import Callable

_BEYOND = re.compile("[\U00010000-\U0010ffff]")


def counter(text: str) -> Callable[[int], int]:
    """Return what turns an offset into ``text`` from code points into UTF-16 units."""
    beyond = [match.start() for match in _BEYOND.finditer(text)]
    return lambda offset: offset + bisect_left(beyond, offset)
