"""Tables of whole numbers: what the measures need beyond numpy."""

import hashlib
from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Prints = NDArray[np.uint64]

_MOST = 2**63


def coded(*columns: Ints) -> Ints:
    """Return one number for each row of ``columns``, in the order in which the rows are."""
    lows = [int(column.min(initial=0)) for column in columns]
    sizes = [
        int(column.max(initial=0)) - low + 1 for column, low in zip(columns, lows, strict=True)
    ]
    if prod(sizes) >= _MOST:
        return np.unique(np.stack(columns, 1), axis=0, return_inverse=True)[1].reshape(-1)
    code = columns[0] - lows[0]
    for column, low, size in zip(columns[1:], lows[1:], sizes[1:], strict=True):
        code = code * size + (column - low)
    return code


def openings(ordered: NDArray[Any]) -> Bools:
    """Say of each entry whether it differs from the one before it."""
    found = np.ones(len(ordered), bool)
    found[1:] = ordered[1:] != ordered[:-1]
    return found


def distinct(values: Ints) -> Ints:
    """Return the different values in order; ``np.unique`` hashes, which takes longer."""
    ordered = np.sort(values)
    return ordered[openings(ordered)]


def ranked(values: NDArray[Any]) -> tuple[Ints, Ints]:
    """Return where each different value occurs, in their order, and of each entry its rank."""
    order = np.argsort(values)
    opens = openings(values[order])
    rank = np.empty(len(values), np.int64)
    rank[order] = np.cumsum(opens) - 1
    return order[opens], rank


def grouped(*columns: Ints) -> tuple[list[Ints], Ints]:
    """Return the different rows of ``columns``, in order, and of each row which one it is."""
    example, group = ranked(coded(*columns))
    return [column[example] for column in columns], group


def spread(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the ``count`` numbers from ``first`` on, for all entries, and whose each is."""
    whose = np.repeat(np.arange(len(first), dtype=np.int64), count)
    return whose, np.arange(len(whose)) + np.repeat(first - np.cumsum(count) + count, count)


def added_up(group: Ints, count: int, numbers: Ints) -> Ints:
    """Return the sum of ``numbers`` in each of ``count`` groups."""
    total = np.zeros(count, np.int64)
    np.add.at(total, group, numbers)
    return total


def fingerprints(names: Iterable[str]) -> Prints:
    """Name each by 64 bits, such that the sum of several names their set."""
    digests = (hashlib.sha256(name.encode()).digest()[:8] for name in names)
    return np.frombuffer(b"".join(digests), np.uint64)
