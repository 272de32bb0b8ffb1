"""Which labels people mix up on the same extent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.algorithms.agreement.article import Batch, Ints

Count = tuple[str | None, str | None, int]


def confusions(batch: Batch) -> list[list[Count]]:
    """Count, for each article and over every two of its coders, the labels given to an extent.

    Equal labels on an extent are paired first, what remains by name; a mark without a partner
    is paired with None. A pair has no direction: the two labels come in order, None last.
    """
    names: list[str | None] = [*batch.labels, None]
    nothing = len(batch.labels)
    found: list[Ints] = []
    marks = _Marks.of(batch)
    for one, other in combinations(range(batch.most_coders), 2):
        both = marks.held[one] & marks.held[other]
        found.append(_triples(marks.article[both], marks.label[both], marks.label[both]))
        here, there = marks.held[one] & ~both, marks.held[other] & ~both
        present = batch.sizes[marks.article] > other
        clash = np.intersect1d(marks.extent[here], marks.extent[there])
        alone = (here | there) & present & ~np.isin(marks.extent, clash)
        label = marks.label[alone]
        found.append(_triples(marks.article[alone], label, np.full_like(label, nothing)))
        found += _clashes(marks, here, there, clash, names)

    counts: list[Counter[tuple[str | None, str | None]]] = [Counter() for _ in range(batch.count)]
    every = np.concatenate([np.empty((0, 3), np.int64), *found])
    # Counted as numbers first: most of a batch says the same few things.
    code = (every[:, 0] * len(names) + every[:, 1]) * len(names) + every[:, 2]
    distinct, times = np.unique(code, return_counts=True)
    for value, number in zip(distinct.tolist(), times.tolist(), strict=True):
        rest, second = divmod(value, len(names))
        at, first = divmod(rest, len(names))
        counts[at][_ordered(names[first], names[second])] += number
    return [
        [(*pair, number) for pair, number in sorted(of_article.items(), key=_by_name)]
        for of_article in counts
    ]


def table(rows: Iterable[Sequence[Count]]) -> dict[str, Any]:
    """Add up counts into a symmetric table of labels and None; its diagonal is agreement."""
    total: Counter[tuple[str | None, str | None]] = Counter()
    for row in rows:
        for one, other, count in row:
            total[one, other] += count
    names = {label for pair in total for label in pair if label is not None}
    labels: list[str | None] = [*sorted(names), None]
    return {
        "labels": labels,
        "counts": [[total[_ordered(row, column)] for column in labels] for row in labels],
    }


def _ordered(one: str | None, other: str | None) -> tuple[str | None, str | None]:
    return (one, other) if rank(one) <= rank(other) else (other, one)


def rank(label: str | None) -> tuple[bool, str]:
    """Sort labels by name, and None last."""
    return (label is None, label or "")


def _by_name(item: tuple[tuple[str | None, str | None], int]) -> list[tuple[bool, str]]:
    return [rank(label) for label in item[0]]


@dataclass(frozen=True)
class _Marks:
    """The distinct marks of a batch, and a row for each coder: who has them."""

    article: Ints
    extent: Ints
    label: Ints
    held: NDArray[np.bool_]

    @classmethod
    def of(cls, batch: Batch) -> "_Marks":
        order = np.lexsort((batch.label, batch.end, batch.start))
        start, end, label = batch.start[order], batch.end[order], batch.label[order]
        other_extent = np.ones(len(order), bool)
        other_extent[1:] = (np.diff(start) != 0) | (np.diff(end) != 0)
        new = other_extent.copy()
        new[1:] |= np.diff(label) != 0
        mark = np.cumsum(new) - 1
        held = np.zeros((batch.most_coders, int(new.sum())), bool)
        held[batch.coder[order], mark] = True
        extent = np.cumsum(other_extent)
        return cls(batch.article[order][new], extent[new], label[new], held)


def _triples(article: Ints, one: Ints, other: Ints) -> Ints:
    return np.stack([article, one, other], axis=1)


def _clashes(
    marks: _Marks, here: NDArray[np.bool_], there: NDArray[np.bool_], clash: Ints, names: Any
) -> list[Ints]:
    """Pair off the different labels that two coders gave to the same extents."""
    here, there = here & np.isin(marks.extent, clash), there & np.isin(marks.extent, clash)
    most = int(marks.extent[-1]) + 1 if len(marks.extent) else 0
    times = np.maximum(
        np.bincount(marks.extent[here], minlength=most),
        np.bincount(marks.extent[there], minlength=most),
    )
    # One label against one other is nearly all there is, and needs no order.
    simple = times[marks.extent] == 1
    one, other = marks.label[here & simple], marks.label[there & simple]
    return [
        _triples(marks.article[here & simple], one, other),
        *(_clash(marks, here, there, at, names) for at in np.flatnonzero(times > 1).tolist()),
    ]


def _clash(
    marks: _Marks, here: NDArray[np.bool_], there: NDArray[np.bool_], extent: int, names: Any
) -> Ints:
    """Pair off the different labels that two coders gave to one extent."""
    low, high = np.searchsorted(marks.extent, [extent, extent + 1]).tolist()
    sides = [
        sorted(marks.label[low:high][side[low:high]].tolist(), key=lambda at: names[at])
        for side in (here, there)
    ]
    pairs = list(zip_longest(*sides, fillvalue=len(names) - 1))
    return np.array([(int(marks.article[low]), *pair) for pair in pairs], np.int64)
