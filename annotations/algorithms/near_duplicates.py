"""When two stories are versions of one: how many of their runs of four words they share.

Stories are compared in two steps. A signature (MinHash: of each of many random orders of all
runs, the story's first) says which pairs are worth a look, without looking at all pairs: those
that agree in a band, which is two slots of the signature. Whether such a pair is close is then
counted, not estimated. Everything here is a pure function of the stories.

The limit is low, because a rewritten agency report keeps little more than a third of its runs,
and well above what unrelated reports of one agency share. One text inside a much longer one does
not make the two versions of one story: a digest would chain together all that it reports.
"""

import sys
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

Hashes: TypeAlias = npt.NDArray[np.uint64]
Slots: TypeAlias = npt.NDArray[np.uint16]
Keys: TypeAlias = npt.NDArray[np.uint32]
Booleans: TypeAlias = npt.NDArray[np.bool_]

#: Raised when the same story would get another signature; those that are stored are then useless.
VERSION = 1
RUN = 4
SLOTS = 128
ROWS = 2
BANDS = SLOTS // ROWS
SIGNATURE_BYTES = 2 * SLOTS

#: The share of all runs of two stories that both must have (Jaccard), and how many at least: two
#: short notes with the same closing line are not one story.
CLOSE = 0.25
FEWEST_SHARED = 16
#: Signatures that agree in fewer slots are not worth counting: three standard errors below.
_WORTH_A_LOOK = 0.13

_SEED = 20230921
#: What a character is, if it is not part of a word; and what marks one that is a word by itself.
_BREAK, _NOTHING, _ALONE = 0, 1, 2**30
#: Scripts that put no space between words: each character counts as a word.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
_INVISIBLE = ("Cf", "Mn", "Me")
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 2**64)
_BATCH = 2**15
#: No letter comes behind, in Unicode as it is.
_LAST_LETTER = 0x323B0


def runs(stories: Sequence[str]) -> list[Hashes]:
    """Return the hash of each run of four words of each story, in reading order.

    Case, punctuation, accents written apart and invisible characters make no difference.
    """
    return [found for batch in _batches(stories) for found in _runs(batch)]


def distinct(found: Hashes) -> Hashes:
    """Return runs sorted and without repeats, as comparing needs them."""
    ordered = np.sort(found)  # which is ten times as fast as what numpy.unique does
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)]]


def signatures(found: Sequence[Hashes]) -> Slots:
    """Return a row of slots for each story's ``runs``, none of which may be empty."""
    if not found:
        return np.empty((0, SLOTS), np.uint16)
    offsets = np.cumsum([0, *map(len, found)])
    digests = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(found), offsets, SLOTS, _SEED
    )
    slots = np.array(digests.to_rows(), np.uint32)
    # Half of a slot tells stories apart as well; multiplied, so that all of its bits count.
    return (slots * np.uint32(0x9E3779B1) >> np.uint32(16)).astype(np.uint16)


def bands(slots: Slots) -> Keys:
    """Return the keys of each row: two stories that have one in common are worth a look."""
    pairs = slots.astype(np.uint32).reshape(-1, BANDS, ROWS)
    place = np.arange(BANDS, dtype=np.uint32) * np.uint32(0x85EBCA6B)
    keys: Keys = (pairs[:, :, 0] << np.uint32(16) | pairs[:, :, 1]) ^ place
    return keys


def look_alike(one: Slots, other: Slots) -> Booleans:
    """Say for each row of both whether the stories may be close enough to be compared."""
    alike: Booleans = (one == other).sum(axis=1) >= _WORTH_A_LOOK * SLOTS
    return alike


def are_close(one: Hashes, other: Hashes) -> bool:
    """Say whether two stories, given by their ``distinct`` runs, are versions of one."""
    shared = _shared(one, other)
    return shared >= FEWEST_SHARED and shared >= CLOSE * (len(one) + len(other) - shared)


def similarity(one: Hashes, other: Hashes) -> float:
    """Return which share of the ``distinct`` runs of two stories both have."""
    shared = _shared(one, other)
    either = len(one) + len(other) - shared
    return shared / either if either else 0.0


def _shared(one: Hashes, other: Hashes) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))


def _batches(stories: Sequence[str]) -> list[list[str]]:
    """Cut ``stories`` into batches that stay in a processor's cache."""
    batches: list[list[str]] = []
    length = 0
    for story in stories:
        plain = story if story.isascii() else unicodedata.normalize("NFKC", story)
        if not batches or length + len(plain) > _BATCH:
            batches.append([])
            length = 0
        batches[-1].append(plain)
        length += len(plain) + 1
    return batches


def _runs(stories: list[str]) -> list[Hashes]:
    characters = _alphabet()[np.frombuffer("\n".join(stories).encode("utf-32-le"), np.uint32)]
    ends = np.cumsum([len(story) + 1 for story in stories])
    is_seen = characters != _NOTHING
    if not is_seen.all():
        ends = ends - np.searchsorted(np.flatnonzero(~is_seen), ends)
        characters = characters[is_seen]

    is_start = characters != _BREAK
    is_start[1:] &= (characters[:-1] == _BREAK) | (
        (characters[1:] | characters[:-1]) & np.uint32(_ALONE) != 0
    )
    starts = np.flatnonzero(is_start)
    words = _words(characters, starts)
    count = max(0, len(words) - RUN + 1)
    found = np.zeros(count, np.uint64)
    for place in range(RUN):
        found = found * np.uint64(_BASE) + words[place : place + count]
    # A run ends in the story that it begins in: the last words of each begin none.
    last = np.searchsorted(starts, ends)
    first = np.concatenate([[0], last[:-1]])
    mixed = _mixed(found)
    return [
        mixed[begin : max(begin, end - RUN + 1)]
        for begin, end in zip(first.tolist(), last.tolist(), strict=True)
    ]


def _words(characters: npt.NDArray[np.uint32], starts: npt.NDArray[np.intp]) -> Hashes:
    """Hash each word: a polynomial of its characters, wherever it stands."""
    if not len(starts):
        return np.empty(0, np.uint64)
    powers, inverses = _powers(len(characters).bit_length())
    values = characters * powers[: len(characters)]
    return _mixed(np.add.reduceat(values, starts) * inverses[starts])


def _mixed(values: Hashes) -> Hashes:
    """Spread what differs in few bits over all of them (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@cache
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    """Return the first 2 ** ``bits`` powers of the polynomials' base, and of its inverse."""

    def powers(base: int) -> Hashes:
        factors = np.full(2**bits, base, np.uint64)
        factors[0] = 1
        return np.multiply.accumulate(factors)

    return powers(_BASE), powers(_INVERSE)


@cache
def _alphabet() -> npt.NDArray[np.uint32]:
    """Return for each code point the character that a word is hashed by, or what else it is."""
    alphabet = np.full(sys.maxunicode + 1, _BREAK, np.uint32)
    for code in range(_LAST_LETTER):
        character = chr(code)
        if character.isalnum() or character == "_" or unicodedata.category(character) == "Mc":
            alphabet[code] = ord(character.lower()[0])
        elif unicodedata.category(character) in _INVISIBLE:
            alphabet[code] = _NOTHING
    for first, last in _UNSPACED:
        characters = alphabet[first : last + 1]
        characters[(characters != _BREAK) & (characters != _NOTHING)] |= _ALONE
    return alphabet
