"""Invented articles and codings, for measuring: the same seed gives the same ones everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

SENTENCES = 55
LONGEST_SPAN = 4
_HEADS = ("Bra", "Vel", "Tor", "Mi", "Ash", "Kor", "Lu", "Nar", "Ze", "Or", "Pha", "Gi")
_TAILS = ("mora", "dan", "vik", "lle", "sten", "ra", "quin", "thos", "bel", "nia", "zé", "rün")


@dataclass(frozen=True, order=True)
class Extent:
    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Story:
    """A text, and the places of its words."""

    text: str
    words: tuple[tuple[int, int], ...]


def story(rng: Random, sentences: int = SENTENCES) -> Story:
    """Write sentences of eight words on average, a few characters of them outside the BMP.

    Without a number it is about three thousand characters.
    """
    pieces: list[str] = []
    words: list[tuple[int, int]] = []
    length = 0
    for number in range(sentences):
        for place in range(rng.randrange(6, 11)):
            word = rng.choice(_HEADS) + rng.choice(_TAILS)
            word = word if place == 0 or rng.random() < 0.2 else word.lower()
            words.append((length, length + len(word)))
            pieces.append(f"{word} ")
            length += len(word) + 1
        end = "🕊.\n\n" if number % 5 == 4 else ". "
        pieces.append(end)
        length += len(end)
    return Story("".join(pieces), tuple(words))


def marks(of: Story, rng: Random, *, number: int, labels: Sequence[str]) -> list[Extent]:
    """Choose ``number`` different places that could be coded, in reading order."""
    found: set[Extent] = set()
    while len(found) < number:
        first = rng.randrange(len(of.words))
        last = min(first + rng.randrange(LONGEST_SPAN), len(of.words) - 1)
        found.add(Extent(of.words[first][0], of.words[last][1], rng.choice(labels)))
    return sorted(found)


def coding(wanted: Sequence[Extent], rng: Random, *, labels: Sequence[str]) -> list[Extent]:
    """Code ``wanted`` as a person would: one place in ten with another label."""
    seen = {
        Extent(mark.start, mark.end, rng.choice(labels)) if rng.random() < 0.1 else mark
        for mark in wanted
    }
    return sorted(seen)
