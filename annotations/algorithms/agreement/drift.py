"""How each coder's agreement moves over time: with the others, and with gold.

A coder's articles are taken in the order in which that coder handed them in, and cut in windows
of equal numbers of articles, because days and weeks hold too little to say anything or more
than can be told apart.
"""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

from annotations.algorithms.agreement.arrays import Ints, grouped
from annotations.algorithms.agreement.figures import figure
from annotations.algorithms.agreement.standing import OfGold, OfPairs
from annotations.algorithms.agreement.tables import Tables, where

MOST_WINDOWS = 12
SMALLEST_WINDOW = 10
"""Articles, unless there are no more than that."""


def drift(seen: Tables) -> list[dict[str, Any]]:
    """Return for each coder the windows, earliest first; ``from`` and ``to`` are submissions.

    ``seen`` is a view of one label or of all. Articles count that somebody else has coded too,
    or that have gold.
    """
    windows, place = _windows(seen)
    size = len(windows)
    pairs = seen.pairs
    # A pair is in a window of each of the two.
    both = [place[pairs.article, whose] for whose in (pairs.one, pairs.other)]
    group = np.concatenate(both)
    twice = type(pairs)(*(np.tile(column, 2) for column in pairs))
    others = OfPairs.of(seen, where(twice, group >= 0), group[group >= 0], size)
    in_window = place[seen.against.article, seen.against.coder]
    gold = OfGold.of(seen, where(seen.against, in_window >= 0), in_window[in_window >= 0], size)
    met, _ = grouped(*(column[group >= 0] for column in (group, twice.article)))
    articles = np.bincount(met[0], None, size).tolist()
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for at, (coder, first, last) in enumerate(windows):
        found[coder].append(
            {
                "from": first,
                "to": last,
                "articles": articles[at],
                "alpha": figure(others.alpha(at)),
                "gold": {
                    "articles": gold.articles(at),
                    "alpha": figure(gold.alpha(at)),
                    "strict_f1": figure(gold.f1(at, "strict")),
                    "partial_f1": figure(gold.f1(at, "partial")),
                },
            }
        )
    return [{"coder": coder, "windows": own} for coder, own in sorted(found.items())]


def _windows(seen: Tables) -> tuple[list[tuple[str, str, str]], Ints]:
    """Return each window's coder, first and last submission, and whose article is in which.

    The latter has a row an article and a column a coder, and -1 where there is none.
    """
    has_gold = np.zeros(seen.count, bool)
    has_gold[seen.against.article] = True
    work: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for at in np.flatnonzero(has_gold | (seen.sizes > 1)).tolist():
        for coder, moment in seen.said[at]["submitted"].items():
            work[coder].append((moment, at))
    windows: list[tuple[str, str, str]] = []
    place = np.full((seen.count, len(seen.coders)), -1)
    for at, coder in enumerate(seen.coders):
        own = sorted(work[coder])
        number = min(MOST_WINDOWS, max(1, len(own) // SMALLEST_WINDOW)) if own else 0
        borders = np.linspace(0, len(own), number + 1).astype(int).tolist()
        for low, high in pairwise(borders):
            place[[article for _, article in own[low:high]], at] = len(windows)
            windows.append((coder, own[low][0], own[high - 1][0]))
    return windows, place
