"""A coder against gold, as SemEval-2013 task 9.1 counts it (Segura-Bedmar et al. 2013).

Each gold span is paired with at most one span of the coder, best fits first: extent and label,
then extent, then overlap with the same label, then overlap. What a pair is worth depends on the
scheme: ``strict`` wants extent and label, ``exact`` the extent, ``type`` the label and an
overlap, ``partial`` gives half for an overlap.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from annotations.algorithms.agreement.arrays import Ints
from annotations.algorithms.agreement.article import NA, Mark
from annotations.algorithms.agreement.batch import Batch
from annotations.algorithms.agreement.matching import pair_overlapping
from annotations.algorithms.agreement.pairs import clusters
from annotations.algorithms.agreement.runs import Runs
from annotations.algorithms.agreement.tables import ALL, Against

_ROUNDS: tuple[Callable[[Mark], Hashable], ...] = (
    itemgetter(0, 1),
    itemgetter(2),
    lambda mark: None,
)


class Tally(NamedTuple):
    """How gold and a coder fit: pairs by how well, and what is left on each side."""

    both: int = 0
    """Extent and label alike."""
    extent: int = 0
    """Extent alike, label not."""
    alike: int = 0
    """Overlapping, label alike."""
    overlap: int = 0
    """Overlapping, no more."""
    missed: int = 0
    spurious: int = 0

    @property
    def marked(self) -> int:
        """How many spans the coder has."""
        return sum(self) - self.missed

    @property
    def in_gold(self) -> int:
        return sum(self) - self.spurious

    def plus(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def scheme(self, name: str) -> dict[str, int]:
        """Return COR, INC, PAR, MIS and SPU under ``strict``, ``exact``, ``partial``, ``type``."""
        paired = self.both + self.extent + self.alike + self.overlap
        correct = {
            "strict": self.both,
            "exact": self.both + self.extent,
            "partial": self.both + self.extent,
            "type": self.both + self.alike,
        }[name]
        partial = paired - correct if name == "partial" else 0
        return {
            "COR": correct,
            "INC": paired - correct - partial,
            "PAR": partial,
            "MIS": self.missed,
            "SPU": self.spurious,
        }


def f1(counts: dict[str, int]) -> float | NA:
    """Return F1 of a scheme's counts; a partial match is worth half."""
    paired = counts["COR"] + counts["INC"] + counts["PAR"]
    total = 2 * paired + counts["MIS"] + counts["SPU"]
    return 2 * (counts["COR"] + counts["PAR"] / 2) / total if total else NA("no_spans")


def tally(gold: Iterable[Mark], coder: Iterable[Mark]) -> Tally:
    """Compare one coder's marks in one article with the gold marks; repeats count once."""
    left, right = set(gold), set(coder)
    same = len(left & right)
    left, right = left - right, right - left
    found = [0] * len(_ROUNDS)
    for place, alike in enumerate(_ROUNDS):
        pairs = _paired(left, right, alike)
        left = left.difference(mark for mark, _ in pairs)
        right = right.difference(mark for _, mark in pairs)
        found[place] = len(pairs)
    return Tally._make((same, *found, len(left), len(right)))


def _paired(
    left: set[Mark], right: set[Mark], alike: Callable[[Mark], Hashable]
) -> list[tuple[Mark, Mark]]:
    """Pair off as many overlapping marks as can be among those that are ``alike``."""
    groups: dict[Hashable, tuple[list[Mark], list[Mark]]] = {}
    for mark in sorted(left):
        groups.setdefault(alike(mark), ([], []))[0].append(mark)
    for mark in sorted(right):
        if (key := alike(mark)) in groups:
            groups[key][1].append(mark)
    return [
        (here[one], there[other])
        for here, there in groups.values()
        if there
        for one, other in pair_overlapping(here, there)
    ]


def tallies(batch: Batch, runs: Runs) -> Iterator[Against]:
    """Yield, for every coder number, the tallies of the articles that have gold."""
    for coder in batch.coders:
        there = np.flatnonzero(batch.has_gold & batch.has(coder))
        counts = [*_tallied(batch, coder).T, runs.differ(batch.gold, coder)]
        names = np.full(len(there), ALL), np.full(len(there), coder)
        yield Against(there, *names, *(count[there] for count in counts))


def _tallied(batch: Batch, coder: int) -> Ints:
    """Return a tally for each article, a column for each of its fields."""
    held = batch.held
    gold, own = held.by[batch.gold], held.by[coder]
    total = np.zeros((batch.count, len(Tally._fields)), np.int64)
    total[:, 0] = np.bincount(held.article[gold & own], None, batch.count)
    # What is alike is done with. Nothing else is paired across clusters of marks that touch.
    there = (batch.has_gold & batch.has(coder))[held.article]
    rest = np.flatnonzero((gold ^ own) & there)
    article, start, end, label = (
        column[rest] for column in (held.article, held.start, held.end, held.label)
    )
    is_gold = gold[rest]
    cluster = clusters(start, end)
    border = np.flatnonzero(np.diff(cluster, prepend=-1))
    missed = np.add.reduceat(is_gold, border, dtype=np.int64) if len(border) else border
    spurious = np.diff(border, append=len(rest)) - missed
    found = np.zeros((len(border), len(Tally._fields)), np.int64)
    found[:, 4], found[:, 5] = missed, spurious

    # One mark against one other is nearly all there is.
    simple = np.flatnonzero((missed == 1) & (spurious == 1))
    first, second = border[simple], border[simple] + 1
    kind = np.where(
        (start[first] == start[second]) & (end[first] == end[second]),
        1,
        np.where(label[first] == label[second], 2, 3),
    )
    found[simple] = 0
    found[simple, kind] = 1
    for at in np.flatnonzero((missed > 0) & (spurious > 0) & (missed + spurious > 2)).tolist():
        inside = slice(border[at], border[at] + missed[at] + spurious[at])
        names = [batch.labels[name] for name in label[inside].tolist()]
        marks = list(zip(start[inside].tolist(), end[inside].tolist(), names, strict=True))
        sides = list(zip(marks, is_gold[inside].tolist(), strict=True))
        found[at] = tally(
            [mark for mark, is_left in sides if is_left],
            [mark for mark, is_left in sides if not is_left],
        )
    np.add.at(total, article[border], found)
    return total
