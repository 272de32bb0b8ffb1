"""Give each of some things to one of those who can take it, evenly."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)
Taker = TypeVar("Taker", bound=Hashable)


def spread(
    able: Mapping[Thing, Sequence[Taker]], kinds: Mapping[Thing, Hashable] | None = None
) -> dict[Thing, Taker]:
    """Return who takes what: things with few takers first, each to who has least so far.

    Nobody takes two things of one of ``kinds``. What nobody can take is not in
    the answer. The same arguments give the same answer.
    """
    kinds = kinds or {}
    rank = {thing: place for place, thing in enumerate(able)}
    loads: Counter[Taker] = Counter()
    held: set[tuple[Taker, Hashable]] = set()
    given: dict[Thing, Taker] = {}
    for thing in sorted(able, key=lambda thing: (len(able[thing]), rank[thing])):
        kind = kinds.get(thing)
        free = [taker for taker in able[thing] if kind is None or (taker, kind) not in held]
        if not free:
            continue
        taker = min(free, key=lambda taker: (loads[taker], able[thing].index(taker)))
        given[thing] = taker
        loads[taker] += 1
        held.add((taker, kind))
    return given
