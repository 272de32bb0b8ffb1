"""What an article says about itself: title, outlet, author, date, language.

Nothing is guessed where the signs are weak; each value comes with where it was found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from annotations.algorithms import dates
from annotations.algorithms.metadata import language, outlets
from annotations.algorithms.zones import Found
from annotations.algorithms.zones.bylines import is_person, names_in
from annotations.algorithms.zones.page import BOILERPLATE, BYLINE, DATELINE, TITLE
from annotations.algorithms.zones.units import split

FIELDS = ("title", "outlet", "author", "published_at", "language")

FIRST_LINES = "first_lines"
BYLINES = "byline"
DAY_ASSUMED = "day_assumed"
FILE_NAME = "file_name"
ADDRESS = "address"
FURNITURE = "furniture"
TEXT = "text"

#: Enough to tell a language by, and quick to look through.
_HEAD = 1000


@dataclass(frozen=True)
class Guess:
    """A value, and where it was found."""

    value: str
    source: str


def guess(
    text: str,
    zones: Sequence[Found],
    *,
    file_name: str = "",
    address: str = "",
    order: dates.Order | None = None,
) -> dict[str, Guess]:
    """Return what can be told of an article, by the field's name.

    ``order`` says how the outlet writes dates in numbers, where that is known; else the day is
    taken to come first, and the date's source says that this was assumed.
    """
    found = clues(text, zones, file_name=file_name, address=address, order=order)
    [code] = languages([sample(text, zones)])
    return found if code is None else found | {"language": Guess(code, TEXT)}


def clues(
    text: str,
    zones: Sequence[Found],
    *,
    file_name: str = "",
    address: str = "",
    order: dates.Order | None = None,
) -> dict[str, Guess]:
    """Return what ``guess`` does but for the language, which costs least for many at once."""
    address = address or _address_above(text, zones)
    found = {
        "title": _title(text, zones),
        "author": _author(text, zones),
        "published_at": _published(text, zones, file_name, address, order),
        "outlet": _outlet(text, zones, address),
    }
    return {name: value for name, value in found.items() if value is not None}


def sample(text: str, zones: Sequence[Found]) -> str:
    """Return enough of an article's prose to tell its language by."""
    kept, at = [], 0
    for zone in zones:
        if zone.kind == BOILERPLATE:
            kept.append(text[at : zone.start])
            at = zone.end
    kept.append(text[at : at + _HEAD])
    prose = [unit.text for unit in split("".join(kept)[:_HEAD]) if unit.has_words(5)]
    return " ".join(prose)


def languages(samples: Sequence[str]) -> list[str | None]:
    """Return the code of the language that each of ``samples`` is in, if there is enough."""
    return language.of_each(samples)


def order_shown(text: str, zones: Sequence[Found]) -> dates.Order | None:
    """Return whether day or month comes first in the article's dates, if one of them shows it."""
    for _, _, date in _dates(text, zones):
        if date.order is not None:
            return date.order
    return None


def habit(shown: Iterable[dates.Order | None]) -> dates.Order | None:
    """Return what an outlet's articles agree on about day and month, or ``None``."""
    seen = {order for order in shown if order is not None}
    return seen.pop() if len(seen) == 1 else None


def _address_above(text: str, zones: Sequence[Found]) -> str:
    """Return the article's own address where the text begins with it."""
    first = text[zones[0].start : zones[0].end] if zones else ""
    return first if first.startswith(("http://", "https://")) and " " not in first else ""


def _title(text: str, zones: Sequence[Found]) -> Guess | None:
    for zone in zones:
        if zone.kind == TITLE:
            return Guess(" ".join(text[zone.start : zone.end].split()), FIRST_LINES)
    return None


def _author(text: str, zones: Sequence[Found]) -> Guess | None:
    for zone in zones:
        if zone.kind != BYLINE:
            continue
        line = text[zone.start : zone.end]
        date = next(iter(dates.find(line)), None)
        name = line[: date.start].strip(" ,|/·-–—") if date else line
        if names := names_in(line) or ([name] if is_person(name) else []):
            return Guess(", ".join(names), BYLINES)
    return None


def _published(
    text: str,
    zones: Sequence[Found],
    file_name: str,
    address: str,
    order: dates.Order | None,
) -> Guess | None:
    ranked = sorted(_dates(text, zones, order or "day"), key=lambda one: one[:2])
    if ranked:
        date = ranked[0][2]
        source = DAY_ASSUMED if date.is_ambiguous and order is None else FIRST_LINES
        return Guess(date.day.isoformat(), source)
    for name, source in ((address, ADDRESS), (file_name, FILE_NAME)):
        if name and (day := dates.in_name(name)):
            return Guess(day.isoformat(), source)
    return None


def _dates(
    text: str, zones: Sequence[Found], order: dates.Order = "day"
) -> Iterable[tuple[int, int, dates.Found]]:
    """Yield the dates above the story or named below it, each with how it ranks and its place."""
    for zone in zones:
        if zone.kind not in {DATELINE, BYLINE}:
            continue
        line = text[zone.start : zone.end]
        for date in dates.find(line, order):
            before = line[: date.start]
            changed = [m.end() for m in dates.UPDATED.finditer(before)]
            published = [m.end() for m in dates.PUBLISHED.finditer(before)]
            is_change = max(changed, default=-1) > max(published, default=-1)
            rank = 2 if is_change else 0 if published else 1
            yield rank, zone.start + date.start, date


def _outlet(text: str, zones: Sequence[Found], address: str) -> Guess | None:
    if host := (urlsplit(address).hostname or "").removeprefix("www."):
        return Guess(host, ADDRESS)
    lines = [
        text[zone.start : zone.end]
        for zone in zones
        if zone.kind == BOILERPLATE and zone.rule in {"copyright", "publisher", "sharing"}
    ]
    name = outlets.named_in(lines)
    return Guess(name, FURNITURE) if name else None
