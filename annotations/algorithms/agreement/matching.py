"""How many marks of two people can be paired off one to one when pairs must overlap."""

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any


def pair_overlapping(left: Sequence[Any], right: Sequence[Any]) -> list[tuple[int, int]]:
    """Pair off as many of ``left`` and ``right`` as can be; return the pairs' positions.

    Each entry begins with its start and end; two that share a character may be paired. Greedy by
    end, and exact: of what is left, take the stretch that ends first. All it overlaps on the
    other side reach past its end, so the one of them that ends first has the fewest other
    partners to lose. Takes O(n log n).
    """
    if len(left) == len(right) == 1:  # by far the most frequent case
        one, other = left[0], right[0]
        return [(0, 0)] if one[0] < other[1] and other[0] < one[1] else []
    by_start = sorted(
        (entry[0], entry[1], side, at)
        for side, entries in enumerate((left, right))
        for at, entry in enumerate(entries)
    )
    by_end = sorted((end, side, at) for _, end, side, at in by_start)
    begun: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    done = (set[int](), set[int]())
    pairs = []
    place = 0
    for end, side, at in by_end:
        if at in done[side]:
            continue
        while place < len(by_start) and by_start[place][0] < end:
            _, until, whose, which = by_start[place]
            heappush(begun[whose], (until, which))
            place += 1
        done[side].add(at)
        waiting, taken = begun[1 - side], done[1 - side]
        while waiting and waiting[0][1] in taken:
            heappop(waiting)
        if waiting:
            partner = heappop(waiting)[1]
            taken.add(partner)
            pairs.append((at, partner) if side == 0 else (partner, at))
    return pairs
