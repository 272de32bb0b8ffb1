"""Where two texts differ, word by word."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

#: Of longer texts the beginnings are compared: the time taken grows faster than the text.
MOST_WORDS = 4000
_WORD = re.compile(r"\w+")


class Stretch(NamedTuple):
    start: int
    end: int


def differences(
    one: str, other: str, *, skip_one: Sequence[Stretch] = (), skip_other: Sequence[Stretch] = ()
) -> tuple[list[Stretch], list[Stretch]]:
    """Return the stretches of each text that have no counterpart in the other.

    What is skipped takes no part. Case and punctuation make no difference.
    """
    ours, theirs = _words(one, skip_one), _words(other, skip_other)
    matcher = SequenceMatcher(
        None,
        [one[word.start : word.end].casefold() for word in ours],
        [other[word.start : word.end].casefold() for word in theirs],
        # Words that are everywhere tell nothing, and make it slow where there are many of them.
        autojunk=max(len(ours), len(theirs)) > MOST_WORDS // 4,
    )
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        list(_stretches(ours, ((begin, end) for _, begin, end, *_ in codes))),
        list(_stretches(theirs, ((begin, end) for *_, begin, end in codes))),
    )


def _words(text: str, skipped: Sequence[Stretch]) -> list[Stretch]:
    found = []
    for match in _WORD.finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in skipped):
            found.append(Stretch(*match.span()))
        if len(found) == MOST_WORDS:
            break
    return found


def _stretches(words: Sequence[Stretch], places: Iterable[tuple[int, int]]) -> Iterable[Stretch]:
    for begin, end in places:
        if begin < end:
            yield Stretch(words[begin].start, words[end - 1].end)
