"""What two people share: the same mark, the same extent, some overlap.

F1 between two sets of spans is twice the pairs matched over all spans (Hripcsak & Rothschild
2005, J Am Med Inform Assoc 12:296); matches are one to one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotations.algorithms.agreement.article import NA, Batch, Ints
from annotations.algorithms.agreement.matching import pair_overlapping


@dataclass(frozen=True)
class Shared:
    """For two coders, by their number, and each article: how many marks pair off.

    ``strict``: same extent and label. ``extent``: same extent. ``overlap``: a character in
    common, as many pairs as there can be.
    """

    one: int
    other: int
    strict: Ints
    extent: Ints
    overlap: Ints


def f1(matched: float, total: float) -> float | NA:
    """Return F1 from the pairs matched and the spans of both together."""
    return 2 * matched / total if total else NA("no_spans")


def shared(batch: Batch) -> Iterator[Shared]:
    """Yield the counts of every two coder numbers that meet in some article of the batch."""
    strict = _presence(batch, with_label=True)
    extent = _presence(batch, with_label=False)
    by_start = np.argsort(batch.start, kind="stable")
    for one, other in combinations(range(batch.most_coders), 2):
        yield Shared(
            one,
            other,
            strict=_held_by_both(batch, *strict, one, other),
            extent=_held_by_both(batch, *extent, one, other),
            overlap=_overlap(batch, by_start, one, other),
        )


def _held_by_both(batch: Batch, article: Ints, held: Ints, one: int, other: int) -> Ints:
    both = np.minimum(held[one], held[other])
    return np.bincount(article, both, batch.count).astype(np.int64)


def _presence(batch: Batch, *, with_label: bool) -> tuple[Ints, Ints]:
    """Return each distinct mark's article, and how often each coder has it: a row a coder."""
    columns = [batch.start, batch.end, batch.label][: 3 if with_label else 2]
    order = np.lexsort(columns[::-1])
    new = np.zeros(len(order), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= np.diff(column[order]) != 0
    mark = np.cumsum(new) - 1
    count = int(new.sum())
    held = np.zeros((batch.most_coders, count), np.int64)
    np.add.at(held, (batch.coder[order], mark), 1)
    return batch.article[order][new], held


def _overlap(batch: Batch, by_start: Ints, one: int, other: int) -> Ints:
    """Count maximum matchings, cluster by cluster of marks that touch."""
    coder = batch.coder[by_start]
    order = by_start[(coder == one) | (coder == other)]
    start, end, is_one = batch.start[order], batch.end[order], batch.coder[order] == one
    opens = np.ones(len(order), bool)
    opens[1:] = start[1:] >= np.maximum.accumulate(end)[:-1]
    cluster = np.cumsum(opens) - 1
    count = int(opens.sum())

    ones, others = (np.flatnonzero(side) for side in (is_one, ~is_one))
    most = np.minimum(
        np.bincount(cluster[ones], None, count), np.bincount(cluster[others], None, count)
    )
    # Pairing the first with the first, the second with the second, … is enough where people
    # largely agree, and with a single mark on a side: it touches some mark of the other.
    first, second = _same_rank(cluster, ones, others)
    meet = (start[first] < end[second]) & (start[second] < end[first])
    matched = np.bincount(cluster[first][meet], None, count)
    matched = np.where(most == 1, 1, matched)
    border = np.append(np.flatnonzero(opens), len(order))
    for hard in np.flatnonzero(matched < most).tolist():
        inside = slice(int(border[hard]), int(border[hard + 1]))
        extents = np.stack([start[inside], end[inside]], 1)
        mine = is_one[inside]
        matched[hard] = len(pair_overlapping(extents[mine].tolist(), extents[~mine].tolist()))
    return np.bincount(batch.article[order[opens]], matched, batch.count).astype(np.int64)


def _same_rank(cluster: Ints, ones: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Pair the n-th of ``ones`` in each cluster with the n-th of ``others``, as far as they go."""

    def ranked(members: Ints) -> Ints:
        own = cluster[members]
        rank = np.arange(len(own)) - np.searchsorted(own, own)
        return own * (len(cluster) + 1) + rank

    _, first, second = np.intersect1d(
        ranked(ones), ranked(others), assume_unique=True, return_indices=True
    )
    return ones[first], others[second]
