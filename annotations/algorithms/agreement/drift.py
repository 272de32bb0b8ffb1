"""How each coder's agreement moves over time: with the others, and with gold.

A coder's articles are taken in the order in which that coder handed them in, and cut in windows
of equal numbers of articles, because days and weeks hold too little to say anything or more
than can be told apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from annotations.algorithms.agreement.figures import figure
from annotations.algorithms.agreement.standing import AgainstGold, Pairs
from annotations.algorithms.agreement.views import View

MOST_WINDOWS = 12
SMALLEST_WINDOW = 10
"""Articles, unless there are no more than that."""


def drift(views: Iterable[View]) -> list[dict[str, Any]]:
    """Return for each coder the windows, earliest first; ``from`` and ``to`` are submissions.

    Articles count that somebody else has coded too, or that have gold.
    """
    work: dict[str, list[tuple[str, View]]] = defaultdict(list)
    for seen in views:
        if len(seen["spans"]) > 1 or "gold" in seen:
            for coder, moment in seen["submitted"].items():
                work[coder].append((moment, seen))
    return [
        {"coder": coder, "windows": [_window(coder, part) for part in _cut(own)]}
        for coder, own in sorted(work.items())
    ]


def _cut(work: list[tuple[str, View]]) -> Iterable[Sequence[tuple[str, View]]]:
    work.sort(key=lambda done: done[0])
    number = min(MOST_WINDOWS, max(1, len(work) // SMALLEST_WINDOW))
    borders = np.linspace(0, len(work), number + 1).astype(int).tolist()
    for low, high in pairwise(borders):
        yield work[low:high]


def _window(coder: str, work: Sequence[tuple[str, View]]) -> dict[str, Any]:
    others, gold = Pairs(), AgainstGold()
    articles = 0
    for _, seen in work:
        articles += others.add(seen, coder)
        gold.add(seen, coder)
    return {
        "from": work[0][0],
        "to": work[-1][0],
        "articles": articles,
        "alpha": figure(others.alpha()),
        "gold": {
            "articles": gold.articles,
            "alpha": figure(gold.alpha()),
            "strict_f1": figure(gold.f1("strict")),
            "partial_f1": figure(gold.f1("partial")),
        },
    }
