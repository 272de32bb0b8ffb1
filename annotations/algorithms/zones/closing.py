"""What stands in and below the story without saying what it is."""

import re

from annotations.algorithms import dates
from annotations.algorithms.zones import bylines
from annotations.algorithms.zones.opening import is_menu
from annotations.algorithms.zones.page import BYLINE, CAPTION, DATELINE, Page

#: “… he said. READ ALSO: Another headline”, in the same line.
_INLINE = re.compile(
    r"(?<=[.!?…”\"»)])\s+(?P<link>(?:READ ALSO|ALSO READ|READ MORE|SEE ALSO|RELATED|LIRE AUSSI|"
    r"LEA TAMBIÉN|LEE TAMBIÉN|LEIA TAMBÉM|LEGGI ANCHE|LEES OOK|LESEN SIE AUCH|ЧИТАЙТЕ ТАКЖЕ|"
    r"ЧИТАЙТЕ ТАКОЖ|BACA JUGA|SOMA PIA)\s*:\s*[^.!?]{3,200})$"
)
_LABELLED = re.compile(r"[^\W\d_]+.*\d", re.DOTALL)


#: So many short lines in a row, so many and this share of them furniture, are a menu.
_MENU = 8
_LEAST_FURNITURE = 3
_SHARE_OF_FURNITURE = 0.2


def mark(page: Page) -> None:
    """Mark what is left over in and below the story."""
    _mark_credits(page)
    _mark_menus(page)
    first, last = next(page.prose(), None), page.last_prose()
    if first is None or last is None:
        return
    _mark_links_in_lines(page)
    _mark_repeated_headline(page, first)
    below = [index for index in page.free() if index > last]
    for index in below:
        text = page.units[index].text
        if dates.is_stamp(text):
            is_labelled = dates.PUBLISHED.search(text) or dates.UPDATED.search(text)
            if is_labelled and any(True for _ in dates.find(text)):
                page.part(index, DATELINE)
            else:
                page.take(index, "stray_date")
        elif is_menu(text) and len(text) <= 60:
            page.take(index, "section")
    _mark_beside_furniture(page, last)


def _mark_credits(page: Page) -> None:
    for index in list(page.free()):
        text = page.units[index].text
        if bylines.is_caption(text):
            page.part(index, CAPTION)
        elif bylines.is_credit(text):
            page.part(index, BYLINE)


def _mark_menus(page: Page) -> None:
    """Mark what stands between furniture in a long row of short lines."""
    if len(page.furniture) < _LEAST_FURNITURE:
        return
    row: list[int] = []
    for index in range(len(page.units) + 1):
        if index < len(page.units) and _is_short(page, index):
            row.append(index)
            continue
        known = [i for i in row if i in page.furniture]
        if len(row) >= _MENU and len(known) >= max(
            _LEAST_FURNITURE, _SHARE_OF_FURNITURE * len(row)
        ):
            for inside in range(known[0], known[-1] + 1):
                page.take(inside, "navigation")
        row = []


def _is_short(page: Page, index: int) -> bool:
    unit = page.units[index]
    return index in page.furniture or (
        not unit.has_full_stop and index not in page.explained and not unit.has_words(13)
    )


def _mark_links_in_lines(page: Page) -> None:
    for index in page.free():
        text = page.units[index].text[-400:]
        found = _INLINE.search(text) if ":" in text else None
        if found:
            shift = max(len(page.units[index].text) - 400, 0)
            page.scrap(index, "read_also", shift + found.start("link"), shift + found.end("link"))


def _mark_repeated_headline(page: Page, first: int) -> None:
    """A headline that comes again further down belongs to a button or a list."""
    if page.headline is None:
        return
    titles = {
        page.units[page.headline].text,
        *(p_text for p_text in _title_texts(page)),
    }
    for index in [i for i in page.free() if i > first]:
        unit = page.units[index]
        if unit.text in titles and not unit.is_prose:
            page.take(index, "listing")


def _title_texts(page: Page) -> list[str]:
    unit = page.units[page.headline or 0]
    return [
        unit.text[part.start - unit.start : part.end - unit.start].strip()
        for part in page.parts
        if part.kind == "title" and unit.start <= part.start < unit.end
    ]


def _mark_beside_furniture(page: Page, last: int) -> None:
    """Below the story: what follows furniture, and the few words right above it."""
    known = [index for index in page.furniture if index > last]
    if not known:
        return
    first = min(known)
    for index in [i for i in page.free() if i > first]:
        unit = page.units[index]
        if unit.words <= 12 and not unit.has_full_stop:
            page.take(index, page.furniture[first])
    for index in range(first - 1, last, -1):
        unit = page.units[index]
        if index in page.explained:
            continue
        is_signature = unit.words <= 3 and not unit.ends_like_a_sentence
        if not is_signature or bylines.is_byline(unit.text) or _looks_like_a_list(page, index):
            break
        page.take(index, "publisher")


def _looks_like_a_list(page: Page, index: int) -> bool:
    """Two short lines side by side may be the end of a table, a poem or a list."""
    neighbours = [i for i in (index - 1, index + 1) if 0 <= i < len(page.units)]
    return any(
        i not in page.furniture and i not in page.explained and not page.units[i].is_prose
        for i in neighbours
    )
