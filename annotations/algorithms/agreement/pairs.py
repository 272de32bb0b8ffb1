"""What two people share: the same mark, the same extent, some overlap.

F1 between two sets of spans is twice the pairs matched over all spans (Hripcsak & Rothschild
2005, J Am Med Inform Assoc 12:296); matches are one to one.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from annotations.algorithms.agreement.arrays import Ints, openings
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.batch import Batch
from annotations.algorithms.agreement.matching import pair_overlapping
from annotations.algorithms.agreement.runs import Runs
from annotations.algorithms.agreement.tables import ALL, Pairs


def f1(matched: float, total: float) -> float | NA:
    """Return F1 from the pairs matched and the spans of both together."""
    return 2 * matched / total if total else NA("no_spans")


def shared(batch: Batch, runs: Runs) -> Iterator[Pairs]:
    """Yield, for every two coder numbers that meet somewhere, how their marks pair off.

    ``strict``: same extent and label. ``extent``: same extent. ``overlap``: a character in
    common, as many pairs as there can be.
    """
    held = batch.held
    extents = np.flatnonzero(openings(held.extent)) if len(held.extent) else held.extent
    on_extent = np.add.reduceat(held.by, extents, axis=1, dtype=np.int64) if len(extents) else None
    for one, other in combinations(batch.coders, 2):
        both = np.flatnonzero(batch.has(other))
        strict = np.bincount(held.article[held.by[one] & held.by[other]], None, batch.count)
        extent = strict
        if on_extent is not None:
            alike = np.minimum(on_extent[one], on_extent[other])
            extent = np.bincount(np.repeat(held.article[extents], alike), None, batch.count)
        counts = (strict, extent, _overlap(batch, one, other), runs.differ(one, other))
        names = (np.full(len(both), name) for name in (ALL, one, other))
        yield Pairs(both, *names, *(count[both] for count in counts))


def _overlap(batch: Batch, one: int, other: int) -> Ints:
    """Count maximum matchings, cluster by cluster of marks that touch."""
    order = np.flatnonzero((batch.hand == one) | (batch.hand == other))
    start, end, is_one = batch.start[order], batch.end[order], batch.hand[order] == one
    cluster = clusters(start, end)
    count = int(cluster[-1]) + 1 if len(cluster) else 0
    ones, others = np.flatnonzero(is_one), np.flatnonzero(~is_one)
    matched = np.minimum(
        np.bincount(cluster[ones], None, count), np.bincount(cluster[others], None, count)
    )
    # A single mark on a side touches some mark of the other. Else, pairing the first with the
    # first, the second with the second, … is enough where people largely agree.
    several = matched > 1
    ones, others = ones[several[cluster[ones]]], others[several[cluster[others]]]
    first, second = _same_rank(cluster, ones, others)
    meet = (start[first] < end[second]) & (start[second] < end[first])
    by_rank = np.bincount(cluster[first][meet], None, count)
    border = np.searchsorted(cluster, np.arange(count + 1))
    for hard in np.flatnonzero(several & (by_rank < matched)).tolist():
        inside = slice(int(border[hard]), int(border[hard + 1]))
        extents = np.stack([start[inside], end[inside]], 1)
        mine = is_one[inside]
        matched[hard] = len(pair_overlapping(extents[mine].tolist(), extents[~mine].tolist()))
    article = batch.article[order[border[:-1]]]
    return np.bincount(np.repeat(article, matched), None, batch.count)


def clusters(start: Ints, end: Ints) -> Ints:
    """Number the clusters of stretches that touch, of which each next begins no earlier."""
    opens = np.ones(len(start), bool)
    opens[1:] = start[1:] >= np.maximum.accumulate(end)[:-1]
    return np.cumsum(opens) - 1


def _same_rank(cluster: Ints, ones: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Pair the n-th of ``ones`` in each cluster with the n-th of ``others``, as far as they go."""

    def ranked(members: Ints) -> Ints:
        own = cluster[members]
        rank = np.arange(len(own)) - np.searchsorted(own, own)
        return own * (len(cluster) + 1) + rank

    mine, theirs = ranked(ones), ranked(others)
    # Both are in order.
    place = np.searchsorted(theirs, mine)
    meets = np.append(theirs, -1)[place] == mine
    return ones[meets], others[place[meets]]
