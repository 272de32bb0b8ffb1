"""Which labels people mix up on the same extent."""

from itertools import combinations, zip_longest
from typing import Any

import numpy as np

from annotations.algorithms.agreement.arrays import Bools, Ints, grouped
from annotations.algorithms.agreement.batch import Batch, Held
from annotations.algorithms.agreement.tables import NO_LABEL, Confusion, Tables


def confusions(batch: Batch) -> Confusion:
    """Count, for each article and over every two of its coders, the labels given to an extent.

    Equal labels on an extent are paired first, what remains by name; a mark without a partner
    is paired with none. A pair has no direction: the two labels come in order, none last.
    """
    found: list[Ints] = []
    held = batch.held
    for one, other in combinations(batch.coders, 2):
        both = held.by[one] & held.by[other]
        found.append(_triples(held.article[both], held.label[both], held.label[both]))
        here, there = held.by[one] & ~both, held.by[other] & ~both
        is_in_clash = _is_on(held, here) & _is_on(held, there)
        alone = (here | there) & batch.has(other)[held.article] & ~is_in_clash
        label = held.label[alone]
        found.append(_triples(held.article[alone], label, np.full(len(label), NO_LABEL)))
        found += _clashes(held, here & is_in_clash, there & is_in_clash)
    every = np.concatenate([np.empty((0, 3), np.int64), *found])
    names, group = grouped(*every.T)
    return Confusion._make((*names, np.bincount(group, None, len(names[0]))))


def table(of: Tables, label: str | None = None) -> dict[str, Any]:
    """Add up the counts into a symmetric table of labels and None; its diagonal is agreement.

    With ``label``, only what it was given to, or taken for.
    """
    counts = of.confusion
    size = len(of.labels)
    found = np.zeros((size + 1, size + 1), np.int64)
    np.add.at(found, (counts.first, counts.second), counts.times)
    if label is not None:
        kept = np.zeros_like(found)
        own = [at for at, name in enumerate(of.labels) if name == label]
        kept[own], kept[:, own] = found[own], found[:, own]
        found = kept
    found += np.triu(found, 1).T
    used = [at for at in range(size) if found[at].any()]
    shown = [*used, size]
    return {
        "labels": [*(of.labels[at] for at in used), None],
        "counts": found[np.ix_(shown, shown)].tolist(),
    }


def _triples(article: Ints, one: Ints, other: Ints) -> Ints:
    """Put two labels in order; none, which is a negative number, comes last."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    is_none = low == NO_LABEL
    return np.stack([article, np.where(is_none, high, low), np.where(is_none, low, high)], 1)


def _is_on(held: Held, some: Bools) -> Bools:
    """Say of each mark whether any of ``some`` has its extent."""
    found = np.zeros(len(held.extent), bool)
    found[held.extent[some]] = True
    return found[held.extent]


def _clashes(held: Held, here: Bools, there: Bools) -> list[Ints]:
    """Pair off the different labels that two coders gave to the same extents."""
    most = int(held.extent[-1]) + 1 if len(held.extent) else 0
    times = np.maximum(
        np.bincount(held.extent[here], None, most), np.bincount(held.extent[there], None, most)
    )
    # One label against one other is nearly all there is, and needs no order.
    simple = times[held.extent] == 1
    one, other = held.label[here & simple], held.label[there & simple]
    return [
        _triples(held.article[here & simple], one, other),
        *(_clash(held, here, there, at) for at in np.flatnonzero(times > 1).tolist()),
    ]


def _clash(held: Held, here: Bools, there: Bools, extent: int) -> Ints:
    """Pair off the different labels that two coders gave to one extent, which are in order."""
    own = slice(*np.searchsorted(held.extent, [extent, extent + 1]))
    sides = (held.label[own][side[own]].tolist() for side in (here, there))
    pairs = np.array(list(zip_longest(*sides, fillvalue=NO_LABEL)), np.int64)
    return _triples(np.full(len(pairs), held.article[own][0]), *pairs.T)
