"""What stands above the story: menus, section, headline, byline, date and place."""

import re
from itertools import islice

from annotations.algorithms import dates
from annotations.algorithms.zones import bylines
from annotations.algorithms.zones.page import BYLINE, CAPTION, DATELINE, TITLE, Found, Page
from annotations.algorithms.zones.sections import SECTIONS
from annotations.algorithms.zones.units import Unit

_LOOKED_AT = 400
#: Above a headline, so many lines without a sentence are a menu.
_MENU = 8
#: Date and byline may stand so many lines below a standfirst.
_BEHIND_STANDFIRST = 6
_LONGEST_TITLE = 250
_WORD = re.compile(r"[^\W\d_]{2,}(?:[-’'][^\W\d_]+)*")
_STEM = 5
#: “… Khankendi and BakuPolitics”: a section's name that lost the space before it.
_GLUED = re.compile(r"(?<=[^\W\d_A-ZА-Я])([A-ZА-ЯԱ-Ֆ][^\W\d_]{3,})$")
_SUFFIX = re.compile(r"\s+[|»•·]\s+[^|»•·]{2,50}$")
_BARS = re.compile(r"\s[|·•/]\s")
_LEAD = re.compile(r"^[\s|/·•,;:–—-]*(?:\d{1,2}[:.]\d{2}[\s|/·•,;:–—-]*)?")
_LABEL = re.compile(
    r"(?:title|headline|subject|titre|titel|título|titolo|заголовок|başlık|başlıq)\s*[:：]\s*",
    re.I,
)
#: “YEREVAN, MARCH 29, AGENCY.”
_LOUD_LEAD = re.compile(r"[^\W\d_a-z]{2}[^.:;!?a-z]{2,60},\s*[^\W\d_a-z]{3,15}[./]{1,2}(?=\s)")
_BEHIND_PLACE = re.compile(r"[—–-]\s|/\.\s")
_PLACE = re.compile(
    r"(?P<place>[^\W\d_a-zа-яёա-ֆ][^\d_—–:;!?\"“”«»()/]{1,48}?)"
    r"(?:\s*\((?P<agency>[^)\n]{2,30})\)|\s*/(?P<slashed>[A-Z][\w .]{1,25})/)?"
    r"(?P<when>,?\s+[^\W\d_]{3,10}\.?\s+\d{1,2}(?:,?\s+\d{4})?|,?\s+\d{1,2}\.?\s+[^\W\d_]{3,10}"
    r"(?:\s+\d{4})?)?"
    r"(?:\s*\((?P<later>[^)\n]{2,30})\))?"
    r"\s*(?:[—–]|--?|(?<=/)\.)(?=\s)"
)


def mark(page: Page) -> None:
    """Find the headline, and say what the units around it are."""
    first = next(page.prose(), min(len(page.units), _LOOKED_AT))
    candidates = _candidates(page, first)
    chosen = _headline(page, candidates)
    if chosen is not None:
        _mark_headline(page, chosen)
    _mark_above(page, chosen, first)
    _mark_below(page, -1 if chosen is None else chosen, first)
    story = next(page.prose(), None)
    if story is not None:
        _mark_place(page, story)


def is_menu(text: str) -> bool:
    """Say whether a line consists of the names of a site's departments."""
    words = [word.lower() for word in _WORD.findall(text)]
    known = sum(word in SECTIONS for word in words)
    return bool(words) and known >= (len(words) if len(words) < 4 else 0.6 * len(words))


def split_stamp(text: str) -> tuple[int, int] | None:
    """Return where the date with which a line begins ends, as ``(end of date, start of rest)``.

    ``None`` if the line does not begin with a date and go on with something else.
    """
    for found in dates.find(text[:200]):
        if dates.remainder(text[: found.end]):
            return None
        rest = _LEAD.match(text[found.end :])
        start = found.end + (rest.end() if rest else 0)
        return (found.end, start) if dates.remainder(text[start:]) else None
    return None


def _candidates(page: Page, first: int) -> list[int]:
    """Return the units that could be the headline: those above the story, or its first line."""
    found = []
    for index in range(min(first + 1, len(page.units), _LOOKED_AT)):
        unit = page.units[index]
        is_open = index not in page.furniture and index not in page.explained
        if is_open and _could_be_headline(unit, is_prose_allowed=index == first):
            found.append(index)
    return found


def _could_be_headline(unit: Unit, *, is_prose_allowed: bool) -> bool:
    text = unit.text
    if len(text) > _LONGEST_TITLE or not _WORD.search(text) or unit.words > 32:
        return False
    if text.endswith((".", "։", "。", "।")) and not text.endswith("..."):
        return False
    if unit.is_prose and not is_prose_allowed:
        return False
    if is_prose_allowed and unit.is_prose and (not unit.is_last_of_block or unit.words > 24):
        return False
    is_other = bylines.is_byline(text) or bylines.is_credit(text) or bylines.is_caption(text)
    is_when = dates.is_stamp(text) or dates.is_place_and_day(text)
    return not (is_other or is_when or is_menu(text))


def _headline(page: Page, candidates: list[int]) -> int | None:
    """Choose the candidate that says what the story says; the first one, if there are several."""
    if not candidates:
        return None
    units = page.units
    if labelled := [i for i in candidates if _LABEL.match(units[i].text)]:
        return labelled[0]
    known = _stems_of_story(page, candidates[-1])
    long = [i for i in candidates if units[i].words >= 4]
    telling = [i for i in long if _share_known(units[i].text, known) >= 0.3]
    if telling and len(candidates) >= _MENU:
        # Links to other stories share words with this one by chance, its headline most of them.
        return max(
            telling,
            key=lambda i: _share_known(units[i].text, known) * min(units[i].words, 10),
        )
    if telling:
        return telling[0]
    short = [i for i in candidates if units[i].words >= 2]
    for index in reversed(short if not long else []):
        if _share_known(units[index].text, known) >= 0.5 and not _is_name_in_story(page, index):
            return index
    return (long or short or [None])[0]  # type: ignore[list-item]


def _stems_of_story(page: Page, above: int) -> set[str]:
    stems: set[str] = set()
    for index in islice((i for i in page.prose() if i > above), 15):
        stems.update(word.lower()[:_STEM] for word in _WORD.findall(page.units[index].text[:3000]))
    return stems


def _share_known(text: str, stems: set[str]) -> float:
    words = [word.lower() for word in _WORD.findall(text) if len(word) > 3]
    if not words or not stems:
        return 0.0
    return sum(word[:_STEM] in stems for word in words) / len(words)


def _is_name_in_story(page: Page, index: int) -> bool:
    """A name of two words and more that the story uses too: the caption of a portrait."""
    text = page.units[index].text
    return bylines.is_name(text) and any(
        text in page.units[i].text for i in islice(page.prose(), 30) if i != index
    )


def _mark_headline(page: Page, index: int) -> None:
    page.headline = index
    unit = page.units[index]
    start, end = 0, len(unit.text)
    if (stamp := split_stamp(unit.text)) is not None:
        page.part(index, DATELINE, 0, stamp[0])
        start = stamp[1]
    elif (label := _LABEL.match(unit.text)) is not None:
        start = label.end()
        page.scrap(index, "navigation", 0, start)
    glued = _GLUED.search(unit.text)
    if glued and glued[1].lower() in SECTIONS and _is_glue(page, index, unit.text):
        end = glued.start(1)
        page.scrap(index, "section", end, len(unit.text))
    elif (suffix := _SUFFIX.search(unit.text, start)) and suffix.start() - start > 15:
        end = suffix.start()
        page.scrap(index, "section", end, len(unit.text))
    page.part(index, TITLE, start, end)
    title = unit.text[start:end].rstrip()
    for other in range(min(len(page.units), _LOOKED_AT)):
        if other != index and page.units[other].text == title:
            page.part(other, TITLE)


def _is_glue(page: Page, index: int, title: str) -> bool:
    """A word such as “HealthPolitics” that the story uses itself is a name, not an accident."""
    word = title.split()[-1]
    return not any(
        word in unit.text for i, unit in enumerate(page.units[:_LOOKED_AT]) if i != index
    )


def _mark_above(page: Page, headline: int | None, first: int) -> None:
    """What is above the headline and says nothing is a menu or the section's name."""
    top = min(first if headline is None else headline, _LOOKED_AT)
    for index in [i for i in page.free() if i < top]:
        unit = page.units[index]
        if not bylines.is_credit(unit.text) and _mark_if_plain(page, index):
            continue
        if is_menu(unit.text):
            page.take(index, "navigation" if unit.words > 2 else "section")
        elif headline is not None and _is_name_in_story(page, index):
            page.part(index, CAPTION)
        elif (
            headline is not None
            and unit.words <= (25 if top >= _MENU else 6)
            and not unit.ends_like_a_sentence
        ):
            page.take(index, "navigation" if top > 1 else "section")


def _mark_below(page: Page, headline: int, first: int) -> None:
    """Between headline and story stand byline, date, section and captions.

    A standfirst may come before them, so that a little of the story is looked through too.
    """
    passed = 0
    last = page.last_prose()
    last = min(first + _BEHIND_STANDFIRST, first if last is None else last)
    for index in [i for i in page.free() if headline < i <= last]:
        unit = page.units[index]
        if unit.is_prose and not bylines.is_caption(unit.text):
            passed += 1
            if passed > 1:
                return
            continue
        if _mark_if_plain(page, index):
            continue
        if is_menu(unit.text) and unit.words <= 3:
            page.take(index, "section")
        elif bylines.is_name(unit.text) and (
            _stands_by_a_date(page, index) or (not passed and _is_nobody_in_story(page, index))
        ):
            page.part(index, BYLINE)


def _is_nobody_in_story(page: Page, index: int) -> bool:
    """A short name that the story does not use is more likely its author's."""
    name = page.units[index].text
    return len(name.split()) <= 4 and not any(
        name.split()[-1] in page.units[i].text for i in islice(page.prose(), 30)
    )


def _stands_by_a_date(page: Page, index: int) -> bool:
    near = page.units[max(index - 1, 0) : index + 2]
    return any(dates.is_stamp(unit.text) for unit in near if len(unit.text) <= 160)


def _mark_if_plain(page: Page, index: int) -> bool:
    """Mark a byline, a date or a caption that says so itself."""
    text = page.units[index].text
    if bylines.is_byline(text) or bylines.is_credit(text):
        page.part(index, BYLINE)
    elif dates.is_place_and_day(text):
        page.part(index, DATELINE)
    elif dates.is_stamp(text):
        switch = dates.LANGUAGE_SWITCH.search(text)
        end = switch.start() if switch else len(text)
        page.part(index, DATELINE, 0, len(text[:end].rstrip(" |/·,-")))
        if switch:
            page.scrap(index, "navigation", end, len(text))
    elif bylines.is_caption(text):
        page.part(index, CAPTION)
    else:
        return _mark_if_dated(page, index)
    return True


def _mark_if_dated(page: Page, index: int) -> bool:
    """Mark a short line that holds a date and the section's name: “Politics | 5 May 2023”."""
    text = page.units[index].text
    if len(text) > 100 or not (found := list(dates.find(text))):
        return False
    rest = dates.remainder(text)
    if bylines.is_name(text[: found[0].start].strip(" ,|/·-–—")):
        page.part(index, BYLINE)
    elif is_menu(rest) or (_BARS.search(text) and len(rest.split()) <= 4):
        page.part(index, DATELINE, found[0].start, found[-1].end)
    else:
        return False
    return True


def _mark_place(page: Page, index: int) -> None:
    """Mark “YEREVAN, March 5 (Agency) —” where the story begins with it."""
    unit = page.units[index]
    if loud := _LOUD_LEAD.match(unit.text[:100]):
        page.parts.append(Found(unit.start, unit.start + loud.end(), DATELINE, DATELINE))
        return
    lead = unit.text[:140]
    # Without what has to follow it, each place for a name would be tried.
    found = _PLACE.match(lead) if _BEHIND_PLACE.search(lead) else None
    if found is None:
        return
    place = found["place"].strip(" ,")
    is_loud = place.isupper() and len(place.split()) <= 5
    is_backed = any(found[name] for name in ("agency", "slashed", "when", "later"))
    if is_loud or (is_backed and len(place.split()) <= 4 and place[:1].isupper()):
        page.parts.append(Found(unit.start, unit.start + found.end(), DATELINE, DATELINE))
