"""When two places ask the same question: the same words, marked by coders in the same ways."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

_DIGITS = 32


def words_key(words: str) -> str:
    """Name some words so that those which differ in case or white space alone are one."""
    return _digest(" ".join(words.casefold().split()))


def question_key(
    words: str, start: int, candidates: Mapping[str, Sequence[Mapping[str, Any]]]
) -> str:
    """Name what is to be ruled on a place that begins at ``start`` and reads ``words``.

    Two places have the same name when their words are the same but for case, and coders left
    the same versions of them: extents within the place, labels and attributes. How many coders
    hold a version, and who, makes no difference. A place with links has no name, ``""``: what
    they point to is somewhere else in each article.
    """
    versions = set()
    for rows in candidates.values():
        if any(row["links"] for row in rows):
            return ""
        marks = {
            json.dumps(
                [
                    row["start"] - start,
                    row["end"] - start,
                    row["label"],
                    sorted(json.dumps(pair, sort_keys=True) for pair in row["attributes"]),
                ]
            )
            for row in rows
        }
        versions.add(json.dumps(sorted(marks)))
    return _digest(json.dumps([words.casefold(), sorted(versions)]))


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]
