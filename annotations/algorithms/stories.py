"""What an article says once site furniture is left out, and when two say the same to the word."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

FURNITURE = "boilerplate"


def story_text(text: str, zones: Iterable[Mapping[str, Any]]) -> str:
    """Return what an article says without site furniture, with the white space around it."""
    furniture = sorted((z["start"], z["end"]) for z in zones if z["kind"] == FURNITURE)
    kept = []
    at = 0
    for start, end in furniture:
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    kept.append(text[at:])
    return " ".join(kept)


def story_sha256(text: str, zones: Iterable[Mapping[str, Any]]) -> str:
    """Hash what an article says, without site furniture; ``""`` if that leaves nothing.

    White space makes no difference, since cutting furniture out leaves more or less of it.
    """
    words = " ".join(story_text(text, zones).split())
    return hashlib.sha256(words.encode()).hexdigest() if words else ""
