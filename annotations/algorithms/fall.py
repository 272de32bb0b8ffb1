"""Whether somebody's last articles agree less with gold than those before, or just by chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from random import Random

#: Up to so many choices are all tried, of more so many are drawn.
TRIES = 2000

#: What sums of floats may be apart that are alike.
TINY = 1e-12


@dataclass(frozen=True)
class Fall:
    """By how much F1 fell; ``chance`` is how often it falls as far if order does not matter."""

    by: float
    chance: float


def fall(counts: Sequence[tuple[int, int]], latest: int) -> Fall:
    """Hold the ``latest`` articles against those before.

    ``counts`` are, for each article in order, how many spans are alike and how many there are on
    both sides together. The same counts give the same answer. Articles count as exchangeable,
    so that ``chance`` is the share of all choices of that many that fall at least as far.
    """
    places = range(len(counts))
    alike, spans = (sum(column) for column in zip(*counts, strict=True))

    def fall_of(chosen: Iterable[int]) -> float:
        own = [counts[place] for place in chosen]
        own_alike, own_spans = (sum(column) for column in zip(*own, strict=True))
        return _f1(alike - own_alike, spans - own_spans) - _f1(own_alike, own_spans)

    seen = fall_of(places[-latest:])
    if comb(len(counts), latest) <= TRIES:
        tried = [fall_of(chosen) for chosen in combinations(places, latest)]
    else:
        random = Random(0)  # noqa: S311 - a figure to repeat, not a secret
        drawn = [fall_of(random.sample(places, latest)) for _ in range(TRIES - 1)]
        # What was seen is one of the orders, so that nothing has a chance of none.
        tried = [seen, *drawn]
    return Fall(seen, sum(one >= seen - TINY for one in tried) / len(tried))


def _f1(alike: int, spans: int) -> float:
    """Strict F1 of all spans together; where there are none, nothing is wrong."""
    return 2 * alike / spans if spans else 1.0
