"""What an article's furniture calls its outlet."""

import re
from collections.abc import Sequence

_OWNER = (
    re.compile(
        r"(?:©|\(c\)|copyright)\s*(?:copyright|©|\(c\))?\s*(?:(?:19|20)\d{2}\s*(?:[-–]\s*"
        r"(?:19|20)?\d{2,4})?)?\s*,?\s*(?:by\s+)?(?P<name>[^\W\d_][^.,;|©()\n]{2,50}"
        r"(?:\.[a-z]{2,3}\b)?)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:materials?|content|articles?) (?:of|from) (?P<name>[\w-]+\.[a-z]{2,4})\b", re.I
    ),
)
_NO_NAME = re.compile(
    r"\b(?:all rights|reserved|alle rechte|tous droits|todos|tutti|все права|material|this|"
    r"notice|infring\w+|the author|site)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s(?:19|20)\d{2}\b.*")
_OPENS_NAME = re.compile(r"published by:?", re.IGNORECASE)


def named_in(lines: Sequence[str]) -> str | None:
    """Return the outlet that lines of furniture name: as owner, or below “Published by”."""
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if _OPENS_NAME.fullmatch(line) and 0 < len(following) <= 50:
            return following
    for line in lines:
        for pattern in _OWNER:
            found = pattern.search(line)
            name = _NO_NAME.split(found["name"])[0] if found else ""
            name = _YEAR.sub("", name).strip(" -–—|")
            if len(name) > 2:
                return name
    return None
