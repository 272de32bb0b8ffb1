"""A stretch of a real text as an example for the codebook: its sentence, with the words marked."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Extent = tuple[int, int]

#: The longest text that an example may have, and how it says that something was left out.
LONGEST = 2_000
GAP = "…"
#: Brackets of the text itself, which would mark what nobody means.
_ROUND = str.maketrans("[]", "()")


def marked(text: str, sentences: Sequence[Extent], spans: Iterable[Extent]) -> str:
    """Return the sentences that ``spans`` lie in, each span in square brackets.

    Square brackets of the text become round ones. Of spans that overlap, the first and longest
    is marked. What would be too long is cut before and after the words, at last in their middle.
    """
    wanted = _apart(spans)
    if not wanted:
        return ""
    start, end = wanted[0][0], wanted[-1][1]
    around = [(a, b) for a, b in sentences if a < end and b > start]
    first = min(start, around[0][0]) if around else start
    last = max(end, around[-1][1]) if around else end
    borders = [first, *(border for span in wanted for border in span), last]
    parts = [text[a:b].translate(_ROUND) for a, b in pairwise(borders)]
    words = [f"[{part}]" if place % 2 else part for place, part in enumerate(parts)]
    room = LONGEST - sum(map(len, words[1:-1])) - 2 * len(GAP)
    if room < 0:
        middle = "".join(parts[1:-1])
        half = (LONGEST - 2 - len(GAP)) // 2
        return f"[{middle[:half]}{GAP}{middle[-half:]}]"
    words[0] = _cut(words[0][::-1], room // 2)[::-1]
    words[-1] = _cut(words[-1], room // 2)
    return "".join(words)


def _apart(spans: Iterable[Extent]) -> list[Extent]:
    """Return those that don't overlap one before them, in the order of the text."""
    found: list[Extent] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room + len(GAP) else words[:room] + GAP
