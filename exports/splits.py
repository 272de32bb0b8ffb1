"""Cut articles into splits so that versions of one story stay together. Plain Python."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

#: Positions within a stratum are compared as integers on this scale: floats would round.
_SCALE = 2**64


@dataclass(frozen=True)
class Entry:
    """An article as far as its split depends on it."""

    key: str
    cluster: str | None = None
    stratum: str = ""

    @property
    def group(self) -> tuple[bool, str]:
        """What must not be torn: the cluster, or the article itself."""
        return (True, self.cluster) if self.cluster is not None else (False, self.key)


Groups = dict[tuple[bool, str], str]


def assign(entries: Iterable[Entry], *, shares: Mapping[str, float], seed: int) -> Groups:
    """Say to which split each group goes.

    Groups stand in the order of SHA-256 of seed and name, and are cut at the
    shares. No group is torn, and each split's size differs from its share by
    no more than the largest group. Strata, where entries name some, are spread
    evenly over the order first, so that every split has its part of each.
    """
    sizes: Counter[tuple[bool, str]] = Counter()
    strata: dict[tuple[bool, str], Counter[str]] = {}
    for entry in entries:
        sizes[entry.group] += 1
        strata.setdefault(entry.group, Counter())[entry.stratum] += 1

    # A cluster that spans strata counts in the one that most of its articles are in.
    home = {
        group: min(counts, key=lambda name: (-counts[name], name))
        for group, counts in strata.items()
    }
    order = _spread(sorted(sizes, key=lambda group: _rank(seed, group)), sizes, home, seed)

    names = sorted(shares)
    total = sum(sizes.values())
    ends = []
    reached = Fraction(0)
    for name in names:
        reached += Fraction(str(shares[name]))
        ends.append(reached * total)

    splits: Groups = {}
    placed = 0
    current = 0
    for group in order:
        # A group that lies across a cut goes to the side that has more of it.
        while current < len(names) - 1 and 2 * placed + sizes[group] > 2 * ends[current]:
            current += 1
        splits[group] = names[current]
        placed += sizes[group]
    return splits


def _spread(
    ranked: list[tuple[bool, str]],
    sizes: Counter[tuple[bool, str]],
    home: dict[tuple[bool, str], str],
    seed: int,
) -> list[tuple[bool, str]]:
    """Mix the strata, keeping the order within each; one stratum alone stays as it is."""
    wholes: Counter[str] = Counter()
    for group in ranked:
        wholes[home[group]] += sizes[group]
    # Without a shift of its own, every small stratum would lie at the same place.
    shifts = {name: _number(f"{seed}\n{name}") % _SCALE for name in wholes}
    passed: Counter[str] = Counter()
    positions = {}
    for group in ranked:
        name = home[group]
        along = passed[name] * _SCALE + sizes[group] * shifts[name]
        positions[group] = along // wholes[name]
        passed[name] += sizes[group]
    return sorted(ranked, key=positions.__getitem__)


def _rank(seed: int, group: tuple[bool, str]) -> tuple[bytes, bool]:
    is_cluster, name = group
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest(), is_cluster


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest())
