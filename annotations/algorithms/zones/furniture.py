"""Furniture that says what it is, and the lists of other stories and of comments below it."""

import re

from annotations.algorithms import dates
from annotations.algorithms.zones import phrases
from annotations.algorithms.zones.page import Page
from annotations.algorithms.zones.units import Unit

#: No line of furniture is longer.
LONGEST = 600
_MOST_WORDS = 60
_QUOTES = "\"“«„‘'»"
_SIGN_OF_COMMENTS = re.compile(
    r"(?:reply|report|like|permalink|log in to reply|ответить|відповісти|yanıtla|cavab|antworten|"
    r"répondre|responder|rispondi|رد)|.{1,60} (?:says|said|wrote|writes|dit|schreibt|sagt|dice|"
    r"diz|пишет)\s*(?:on .{1,40}|:.{0,40})?:?",
    re.IGNORECASE,
)
_ABOUT_AUTHOR = re.compile(
    r"about the (?:author|writer)s?|à propos de l[’']auteur|sobre (?:el|la|o|a) autora?|"
    r"über (?:den|die) autor(?:in)?|об авторе|про автора|yazar hakkında",
    re.IGNORECASE,
)


def mark_phrases(page: Page, text: str) -> None:
    """Mark the units that say what they are; ``text`` is that of the page."""
    marks = phrases.marks_in(text)
    for index in list(page.free()):
        if rule := _phrase(page.units[index], marks):
            page.take(index, rule)


def _phrase(unit: Unit, marks: list[str]) -> str | None:
    """Return the rule whose words a unit consists of; ``marks`` are those that its page has."""
    text = unit.text
    if len(text) > LONGEST or text[0] in _QUOTES:
        return None
    lowered = text.lower() if marks else ""
    is_marked = any(mark in lowered for mark in marks)
    # What it reads as is looked at last: most units fit nothing.
    found = (phrases.MARKED if is_marked else phrases.WHOLE).rule_of(text)
    if not found:
        found = phrases.SHORT.rule_of(text)
        found = None if found and unit.is_prose and unit.has_full_stop else found
    return found if found and unit.words <= _MOST_WORDS else None


def mark_listings(page: Page) -> None:
    """Mark what stands under “Recent posts” and its like, once the story has begun."""
    first = next(page.prose(), None)
    if first is None:
        return
    index = first + 1
    while index < len(page.units):
        unit = page.units[index]
        if not _opens(phrases.OPENS_LISTING, unit):
            index += 1
            continue
        end = _end_of_listing(page, index)
        page.furniture.pop(index, None)
        for inside in range(index, end):
            page.take(inside, "listing")
        index = end


def mark_comments(page: Page) -> None:
    """Mark what readers wrote, where there are signs of it, and who the author is."""
    before = counted = 0
    total = len(page.units)
    for index, unit in enumerate(page.units):
        is_opener = _opens(phrases.OPENS_COMMENTS, unit)
        is_about = _opens(_ABOUT_AUTHOR, unit) and index + 1 < total
        if not (is_opener or is_about):
            continue
        while counted < index:
            before += page.units[counted].is_prose and counted not in page.furniture
            counted += 1
        if is_opener and before >= 3:
            rest = page.units[index + 1 :]
            signs = sum(_is_sign_of_comment(u) for u in rest)
            if signs >= 2 and signs >= 0.15 * len(rest):
                for inside in range(index, total):
                    page.take(inside, "comments")
                return
        if is_about and before >= 2:
            following = page.units[index + 1]
            if following.words <= 80 and not any(
                u.is_prose for u in page.units[index + 2 : index + 4]
            ):
                page.take(index + 1, "publisher")


def _opens(pattern: re.Pattern[str], unit: Unit) -> bool:
    return len(unit.text) <= 90 and pattern.fullmatch(unit.text) is not None


def _is_sign_of_comment(unit: Unit) -> bool:
    if len(unit.text) > 120:
        return False
    return _SIGN_OF_COMMENTS.fullmatch(unit.text) is not None or dates.is_stamp(unit.text)


def _is_teaser_sign(unit: Unit) -> bool:
    """Teasers break off, and say how old they are."""
    return unit.is_cut_off or (len(unit.text) <= 120 and dates.is_stamp(unit.text))


def _end_of_listing(page: Page, opener: int) -> int:
    """Return the index behind the last unit of the list that ``opener`` opens."""
    units = page.units
    signs = [i for i in range(opener + 1, len(units)) if _is_teaser_sign(units[i])]
    end = opener + 1
    if len(signs) >= 2 and len(signs) >= 0.25 * (signs[-1] - opener):
        end = signs[-1] + 1
    if end == opener + 1 and _alternates(units[opener + 1 :]):
        return len(units)
    while end < len(units) and _is_like_a_link(page, end):
        end += 1
    return end


def _is_like_a_link(page: Page, index: int) -> bool:
    unit = page.units[index]
    if index in page.furniture or _is_teaser_sign(unit):
        return True
    return not unit.has_full_stop and unit.words <= 25 and len(unit.text) <= 250


def _alternates(rest: list[Unit]) -> bool:
    """Say whether headline and teaser take turns to the end, three times or more."""
    if len(rest) < 6:
        return False
    turns = [(a, b) for a, b in zip(rest[::2], rest[1::2], strict=False)]
    fitting = sum(
        not a.has_full_stop and a.words <= 20 and b.is_prose and b.words <= 60 for a, b in turns
    )
    return fitting >= 3 and fitting >= 0.8 * len(turns)
