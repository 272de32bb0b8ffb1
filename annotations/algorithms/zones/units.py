"""A text in units: lines, or paragraphs where a line was broken to fit a width."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import filterfalse
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: A line that was broken at a margin is at least this long.
BROKEN_FROM = 50
#: A text with more lines is looked at above and below only.
MOST_LINES = 4000
#: Words are counted, and ends looked at, in so much of a unit.
_COUNTED = 5000
_ENDING = 20
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+")
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
_END = re.compile(r"[.!?…։。！？؟।۔][\"'”’»›“)\]]*$|[\"”’»]$")
_FULL_STOP = re.compile(r"[.!?։。！？؟।۔][\"'”’»›“)\]]*$")
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\))[\"'”’»]*$")
_ADDRESS = re.compile(r"https?://|www\.|\S+@\S+\.\w")
_SPACE = " \t\xa0\u200b\u200c\u200d\u200e\u200f\ufeff\u2007\u202f\u3000"


class _Once(Generic[T]):
    """A property that is found out once. ``functools`` has one that takes a lock each time."""

    def __init__(self, find: Callable[[Any], T]):
        self._find = find
        self._name = find.__name__
        self.__doc__ = find.__doc__

    def __get__(self, holder: Any, _: type) -> T:
        found = holder.__dict__[self._name] = self._find(holder)
        return found


@dataclass
class Unit:
    """A line or paragraph without the white space around it."""

    text: str
    start: int
    end: int
    #: Whether an empty line, or the end of the text, comes after it.
    is_last_of_block: bool
    is_first_of_block: bool

    @_Once
    def words(self) -> int:
        """How many words it has; scripts without spaces count two characters as one."""
        return _count_words(self.text[:_COUNTED])

    def has_words(self, least: int) -> bool:
        """Whether ``words`` is so many or more, without counting on."""
        if "words" in self.__dict__:
            return self.words >= least
        text = self.text[:_COUNTED]
        if not _may_do_without_spaces(text):
            # What is all letters between spaces is a word, at least, and so is a part of it.
            first = text.split(None, least + least // 2)[: least + least // 2]
            if sum(map(str.isalpha, first)) >= least:
                return True
        return self.words >= least

    @property
    def ends_like_a_sentence(self) -> bool:
        return _END.search(self.text[-_ENDING:]) is not None

    @_Once
    def has_full_stop(self) -> bool:
        ending = self.text[-_ENDING:]
        return _FULL_STOP.search(ending) is not None and _ELLIPSIS.search(ending) is None

    @property
    def is_cut_off(self) -> bool:
        """It breaks off as teasers do: “have been charged…”."""
        return _ELLIPSIS.search(self.text[-_ENDING:]) is not None

    @_Once
    def is_prose(self) -> bool:
        """It reads as a part of a story: long, or a whole sentence."""
        return self.has_words(22) or (self.words >= 8 and self.ends_like_a_sentence)


def _count_words(text: str) -> int:
    if _may_do_without_spaces(text):
        dense = len(_WITHOUT_SPACES.findall(text))
        if dense * 2 > len(text):
            return (dense + 1) // 2
    # Between spaces there is mostly one word, and nothing else.
    parts = text.split()
    mixed = list(filterfalse(str.isalpha, parts))
    return len(parts) - len(mixed) + (len(_WORD.findall(" ".join(mixed))) if mixed else 0)


def _may_do_without_spaces(text: str) -> bool:
    """Say whether half of it may be of scripts without spaces: each letter takes three bytes."""
    return not text.isascii() and len(text.encode()) > 2 * len(text)


def split(text: str) -> list[Unit]:
    """Return the units of ``text`` that say anything, in order.

    Of a text with more than ``MOST_LINES`` lines, those at its beginning and at its end.
    """
    lines = text.split("\n")
    if len(lines) <= MOST_LINES + 1:
        return _split(text, lines, 0)
    tail = lines[-MOST_LINES // 2 :]
    at = len(text) - len("\n".join(tail))
    return _split(text, lines[: MOST_LINES // 2], 0) + _split(text, tail, at)


def _split(text: str, lines: list[str], at: int) -> list[Unit]:
    """Return the units of ``lines``, the first of which begins ``at`` that place of ``text``."""
    is_broken = _is_broken_at_a_margin(lines)
    units: list[Unit] = []
    group: list[str] = []
    start = end = 0
    is_first = True

    def close(is_last: bool) -> None:
        nonlocal is_first
        if group:
            said = group[0] if len(group) == 1 else text[start:end]
            units.append(Unit(said, start, end, is_last, is_first))
            group.clear()
            is_first = is_last

    for line in lines:
        stripped = line.strip(_SPACE)
        if not stripped:
            close(True)
            is_first = True
        else:
            if group and not _goes_on(group[-1], stripped, is_broken):
                close(False)
            begin = at + len(line) - len(line.lstrip(_SPACE))
            end = begin + len(stripped)
            start = start if group else begin
            group.append(stripped)
        at += len(line) + 1
    close(True)
    return units


def _goes_on(line: str, following: str, is_broken: bool) -> bool:
    """Say whether ``following`` is the rest of what the line above says."""
    if len(line) < BROKEN_FROM or _ADDRESS.match(following):
        return False
    return is_broken or (not _END.search(line[-_ENDING:]) and following[0].islower())


def _is_broken_at_a_margin(lines: list[str]) -> bool:
    """Say whether most lines end because a margin was reached, as in old mail."""
    lengths = [len(line) for line in lines if line]
    full = sum(BROKEN_FROM <= length <= 90 for length in lengths)
    longer = sum(length > 100 for length in lengths)
    if len(lengths) < 6 or full < 0.5 * len(lengths) or longer > 0.05 * len(lengths):
        return False
    ends = sum(
        not _END.search(line[-_ENDING:]) for line in lines if BROKEN_FROM <= len(line) <= 90
    )
    return ends > 0.5 * full
