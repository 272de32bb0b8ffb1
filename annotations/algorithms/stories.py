"""When two articles are the same story, word for word."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

FURNITURE = "boilerplate"


def story_sha256(text: str, zones: Iterable[Mapping[str, Any]]) -> str:
    """Hash what an article says, without site furniture; ``""`` if that leaves nothing.

    White space makes no difference, since cutting furniture out leaves more or less of it.
    """
    furniture = sorted((z["start"], z["end"]) for z in zones if z["kind"] == FURNITURE)
    kept = []
    at = 0
    for start, end in furniture:
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    kept.append(text[at:])
    words = " ".join(" ".join(kept).split())
    return hashlib.sha256(words.encode()).hexdigest() if words else ""
