"""A project's own rules: regular expressions, held against each line and against the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

import regex

from annotations.algorithms.text import paragraphs
from annotations.algorithms.zones.page import Found

#: What one rule may take for one article, in seconds.
PATIENCE = 0.5
LONGEST_PATTERN = 300
#: Longer lines are no furniture.
LONGEST_LINE = 2000


class BadPattern(ValueError):
    """This is no regular expression, or one that fits everything."""


@dataclass(frozen=True)
class OwnRule:
    """A regular expression; what it fits in a line becomes a zone of ``kind``."""

    name: str
    pattern: str
    kind: str


def check(pattern: str) -> None:
    """Raise ``BadPattern`` unless ``pattern`` is one that can be used as a rule."""
    if not pattern.strip():
        raise BadPattern("There is no pattern.")
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(f"A pattern may have {LONGEST_PATTERN} characters.")
    try:
        found = regex.compile(pattern, regex.IGNORECASE).search("", timeout=PATIENCE)
    except (regex.error, TimeoutError) as error:
        raise BadPattern(str(error)) from error
    if found:
        raise BadPattern("The pattern fits an empty line.")


def find(text: str, rules: Sequence[OwnRule]) -> Iterator[Found]:
    """Yield what the rules fit, a rule at a time. A rule that takes too long finds no more."""
    if not rules:
        return
    lines = [(start, end) for start, end in paragraphs(text) if 0 < end - start <= LONGEST_LINE]
    for rule in rules:
        yield from _fits(text, lines, rule)


def _fits(text: str, lines: list[tuple[int, int]], rule: OwnRule) -> list[Found]:
    pattern = regex.compile(rule.pattern, regex.IGNORECASE)
    found: list[Found] = []
    until = monotonic() + PATIENCE
    try:
        for start, end in lines:
            left = max(until - monotonic(), 0.001)
            for match in pattern.finditer(text[start:end], timeout=left):
                if match.group().strip():
                    found.append(
                        Found(start + match.start(), start + match.end(), rule.kind, rule.name)
                    )
    except TimeoutError:
        return found
    return found
