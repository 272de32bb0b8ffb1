"""Overlapping spans as flat stretches of text, for a page that nests nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True)
class Extent:
    """What a span covers, and its number in the list beside the text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Segment:
    """A stretch that the same spans hold from its first character to its last.

    ``held_by`` has the innermost first; ``opening`` are those that begin with
    the stretch, the longest first, ``closing`` those that end with it, the
    shortest first: as brackets around it would stand.
    """

    text: str
    held_by: list[Extent] = field(default_factory=list)
    opening: list[Extent] = field(default_factory=list)
    closing: list[Extent] = field(default_factory=list)


def segment_lines(text: str, extents: Sequence[Extent]) -> Iterator[list[Segment]]:
    """Cut ``text`` line by line wherever a span begins or ends."""
    waiting = sorted(extents, key=lambda extent: extent.start, reverse=True)
    running: list[Extent] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        while waiting and waiting[-1].start < end:
            running.append(waiting.pop())
        running = [extent for extent in running if extent.end > start]
        borders = {start, end}
        for extent in running:
            borders |= {border for border in (extent.start, extent.end) if start < border < end}
        yield [
            _segment(text[left:right], left, right, running)
            for left, right in pairwise(sorted(borders))
        ]
        start = end + 1


def _segment(text: str, start: int, end: int, running: list[Extent]) -> Segment:
    held_by = [extent for extent in running if extent.start <= start and end <= extent.end]
    held_by.sort(key=lambda extent: (extent.end - extent.start, -extent.number))
    return Segment(
        text,
        held_by,
        [extent for extent in reversed(held_by) if extent.start == start],
        [extent for extent in held_by if extent.end == end],
    )
