"""Which parts of an article are site furniture, headline, byline, dateline or caption.

Rules look at lines: what they say, in many languages; what stands beside them; and, given
``recurring``, which of them come again and again in one outlet. Nothing is ever cut out: zones
say what a stretch of the text is. A rule that is not sure leaves the text to the story.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence

from annotations.algorithms.zones import closing, furniture, opening, recurring
from annotations.algorithms.zones.own import OwnRule
from annotations.algorithms.zones.own import find as find_own
from annotations.algorithms.zones.page import (
    BOILERPLATE,
    FURNITURE_RULES,
    PART_RULES,
    RULES,
    Found,
    Page,
)
from annotations.algorithms.zones.units import split

__all__ = ["FURNITURE_RULES", "PART_RULES", "RULES", "Found", "OwnRule", "find", "share_of_story"]


def find(
    text: str,
    *,
    off: Collection[str] = (),
    own: Sequence[OwnRule] = (),
    known_lines: Collection[str] = (),
) -> list[Found]:
    """Return the zones of a canonical text, in order, none overlapping another.

    ``off`` names rules that are switched off, ``own`` are the project's regular expressions,
    which have precedence, and ``known_lines`` are lines that recur in the article's outlet, as
    ``recurring.learn`` gives them. A text of which nothing would be left has no furniture.
    """
    page = Page(split(text))
    recurring.mark(page, known_lines)
    furniture.mark_phrases(page, text)
    furniture.mark_listings(page)
    furniture.mark_comments(page)
    opening.mark(page)
    closing.mark(page)
    found = [
        Found(page.units[index].start, page.units[index].end, BOILERPLATE, rule)
        for index, rule in page.furniture.items()
    ]
    # What is the article's own wins over furniture, the project's own rules over both.
    by_rank = [*find_own(text, own), *page.parts, *found]
    chosen = _apart([zone for zone in by_rank if zone.rule not in off])
    if not _is_anything_left(text, chosen):
        chosen = [zone for zone in chosen if zone.kind != BOILERPLATE]
    return chosen


def share_of_story(text: str, zones: Sequence[Found]) -> float:
    """Return how much of what ``text`` says, white space aside, is in no furniture."""
    whole = sum(not char.isspace() for char in text)
    if not whole:
        return 1.0
    cut = sum(
        not char.isspace()
        for zone in zones
        if zone.kind == BOILERPLATE
        for char in text[zone.start : zone.end]
    )
    return 1 - cut / whole


def _apart(ranked: list[Found]) -> list[Found]:
    """Cut the zones, given by precedence, so that none overlaps another."""
    taken: list[Found] = []
    for zone in ranked:
        at = bisect_left(taken, zone.start, key=lambda one: one.end)
        start = zone.start
        pieces = []
        while at < len(taken) and taken[at].start < zone.end:
            if start < taken[at].start:
                pieces.append((at, start, taken[at].start))
            start = max(start, taken[at].end)
            at += 1
        if start < zone.end:
            pieces.append((at, start, zone.end))
        for place, first, last in reversed(pieces):
            taken.insert(place, Found(first, last, zone.kind, zone.rule))
    return taken


def _is_anything_left(text: str, zones: list[Found]) -> bool:
    at = 0
    for zone in zones:
        if zone.kind != BOILERPLATE:
            continue
        if text[at : zone.start].strip():
            return True
        at = zone.end
    return bool(text[at:].strip())
