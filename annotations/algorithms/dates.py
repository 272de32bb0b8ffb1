"""Dates as articles write them, in whatever language, and which number is the month."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from annotations.algorithms.months import MONTHS, WEEKDAYS

#: Which comes first in a date of three numbers.
Order = Literal["day", "month"]

_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.|-\w{1,3})?"
_OF = r"(?:\s+(?:of|de|del|d[’'])|\s*,)?\s*"
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.:/-]){_YEAR}(?P<mark>[-./])(?P<month>\d{{1,2}})(?P=mark){_DAY}(?!\d)",
        rf"(?<![\d.:/-]){_DAY}{_ORDINAL}{_OF}(?P<name>{_MONTH})\.?{_OF}{_YEAR}(?!\d)",
        rf"(?<!\w)(?P<name>{_MONTH})\.?\s*{_DAY}{_ORDINAL}(?:\s*,\s*|\s+){_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}\.?,?\s+(?P<name>{_MONTH})\.?\s+{_DAY}(?!\d)",
        rf"(?<!\d){_YEAR}\.?,?\s+{_DAY}{_ORDINAL}\s+(?P<name>{_MONTH})(?!\w)",
        rf"(?<!\d){_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*{_DAY}\s*[日일]",
        r"(?<![\d.:/-])(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)"
        r"(?P<year>(?:19|20)\d{2}|\d{2})(?![\d:])(?!(?P=mark)\d)",
    )
]
_HAS_DATE = re.compile(r"\d")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_./]?)(\d{2})\2(\d{2})(?!\d)")
_TIME = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s?[ap]\.?m\b\.?",
    re.I,
)
_ZONE = re.compile(
    r"\b(?:gmt|utc|z|est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|eet|eest|msk|bst|ist|eat|wat|"
    r"uhr|amt|azt|hrs?|local time)\b(?:\s*[+-]\s*\d{1,2}(?::?\d{2})?)?",
    re.I,
)
_AGO = re.compile(
    r"(?:(?:about |over )?(?:an?|one|two|three|\d+)\s+(?:second|minute|min|hour|hr|day|week|"
    r"month|year)s?\s+ago|\d+\s?[mhdw]\s+ago|just now|yesterday|today"
    r"|(?:il y a|hace|há|vor|fa)\s+\d+\s+\w+|\d+\s+\w+\s+(?:назад|тому|fa|önce|əvvəl|geleden|"
    r"temu|sedan|atrás|lalu|iliyopita)|قبل \d+ \w+|\d+\s*(?:分钟|小时|天|時間|日|分)前)",
    re.I,
)
#: Words that say of a date that it is the day of publication …
PUBLISHED = re.compile(
    r"\b(?:published|posted|date(?: published| posted)?|first published|issued|created|"
    r"publié|publicado|publicada|pubblicato|veröffentlicht|erschienen|datum|fecha|data|"
    r"gepubliceerd|opublikowano|опубликовано|дата(?: публикации)?|опубліковано|yayınlan\w+|"
    r"yayın tarihi|tarih|dərc edilib|diterbitkan|imechapishwa|հրապարակվել է|نشر)\b",
    re.I,
)
#: … or the day of a later change.
UPDATED = re.compile(
    r"\b(?:(?:last )?(?:updated|modified|edited)|mis à jour|modifié|actualizado|atualizad[oa]|"
    r"aggiornato|aktualisiert|stand|bijgewerkt|aktualizacja|обновлено|изменено|оновлено|"
    r"güncelle\w+|son güncelleme|yenilənib|diperbarui)\b",
    re.I,
)
_JOINING = re.compile(
    r"\b(?:on|at|le|el|am|um|à|às|em|il|op|om|den|the|a las|alle|ore|ora|kl|saat|in|г|в|о|р)\b|"
    r"[\s|/·•,;:–—.()\[\]@-]+",
    re.I,
)
_WEEKDAY = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, WEEKDAYS), key=len, reverse=True)) + r")(?!\w)",
    re.I,
)
#: A switch to the page's other languages, which often stands beside the date.
LANGUAGE_SWITCH = re.compile(
    r"(?:\b(?:RU|EN|AZ|AM|HY|TR|FR|DE|ES|PT|IT|UA|UK|AR|FA|PL|KA|GE|ENG|RUS|ARM|AZE|TUR)\b"
    r"[\s|/·,-]*)+$"
)


_DAY_OF_YEAR = re.compile(
    rf"[^\W\d_][^\d,]{{1,30}},\s*(?:\d{{1,2}}\.?\s+(?:{_MONTH})|(?:{_MONTH})\.?\s+\d{{1,2}})"
    r"(?:\s*[,.]?\s*(?:19|20)\d{2})?(?:\s*[,./-]\s*[\w .]{2,25}[/.]?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """A date with its year, where it stands, and whether day and month could be swapped."""

    start: int
    end: int
    day: date
    is_ambiguous: bool = False
    #: What the numbers themselves give away of the outlet's habit.
    order: Order | None = None


def find(text: str, order: Order = "day") -> Iterator[Found]:
    """Yield the dates that ``text`` names with day, month and year, from left to right.

    ``order`` decides about dates such as 03/04/2023. Give lines, not articles.
    """
    if not _HAS_DATE.search(text):
        return
    plain = _with_plain_digits(text)
    found: list[Found] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if any(f.start < match.end() and match.start() < f.end for f in found):
                continue
            if (one := _read(match, order)) is not None:
                found.append(one)
    yield from sorted(found, key=lambda f: f.start)


def in_name(name: str) -> date | None:
    """Return the date that a file name or an address carries, such as 2023-09-21."""
    for match in _COMPACT.finditer(name):
        year, _, month, day = match.groups()
        if (found := _valid(int(year), int(month), int(day))) is not None:
            return found
    return None


def remainder(line: str) -> str:
    """Return what a line says beyond dates, times and words about them."""
    rest = _with_plain_digits(line)
    for one in reversed(list(find(rest))):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    for pattern in (_AGO, _TIME, _ZONE, _WEEKDAY, PUBLISHED, UPDATED, LANGUAGE_SWITCH):
        rest = pattern.sub(" ", rest)
    return " ".join(_JOINING.sub(" ", rest).split())


def is_stamp(line: str) -> bool:
    """Say whether a line tells when something was published, and nothing else."""
    if len(line) > 160 or not line.strip():
        return False
    has_date = any(True for _ in find(line)) or _AGO.fullmatch(line.strip(" .·|"))
    return bool(has_date) and not remainder(line)


def is_place_and_day(line: str) -> bool:
    """Say whether a line is “Tarsene, 14 March, Meridian”: where and when, year or not."""
    return len(line) <= 80 and _DAY_OF_YEAR.fullmatch(line) is not None


def is_ago(line: str) -> bool:
    """Say whether a line is nothing but “12 hours ago”."""
    return len(line) <= 40 and _AGO.fullmatch(line.strip(" .·|")) is not None


def _read(match: re.Match[str], order: Order) -> Found | None:
    parts = match.groupdict()
    year = int(parts["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    is_ambiguous, shown = False, None
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        shown = "day" if first > 12 else "month" if second > 12 else None
        # Between dots the day always comes first.
        by_day = shown == "day" or (shown is None and (order == "day" or parts["mark"] == "."))
        day, month = (first, second) if by_day else (second, first)
        is_ambiguous = shown is None and parts["mark"] != "." and first != second
        shown = None if parts["mark"] == "." else shown
    else:
        name = parts.get("name")
        month = MONTHS[unicodedata.normalize("NFC", name.lower())] if name else int(parts["month"])
        day = int(parts["day"])
    found = _valid(year, month, day)
    if found is None:
        return None
    return Found(match.start(), match.end(), found, is_ambiguous, shown)  # type: ignore[arg-type]


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_plain_digits(text: str) -> str:
    """Write ٣ and ३ as 3, character for character."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(char))
        if char.isdigit() and not char.isascii() and unicodedata.category(char) == "Nd"
        else char
        for char in text
    )
