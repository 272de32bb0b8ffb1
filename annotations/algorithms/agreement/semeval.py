"""A coder against gold, as SemEval-2013 task 9.1 counts it (Segura-Bedmar et al. 2013).

Each gold span is paired with at most one span of the coder, best fits first: extent and label,
then extent, then overlap with the same label, then overlap. What a pair is worth depends on the
scheme: ``strict`` wants extent and label, ``exact`` the extent, ``type`` the label and an
overlap, ``partial`` gives half for an overlap.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from operator import itemgetter
from typing import NamedTuple

from annotations.algorithms.agreement.article import NA, Mark
from annotations.algorithms.agreement.matching import pair_overlapping

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
    label: int = 0
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
        paired = self.both + self.extent + self.label + self.overlap
        correct = {
            "strict": self.both,
            "exact": self.both + self.extent,
            "partial": self.both + self.extent,
            "type": self.both + self.label,
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
    return tallies(gold, coder, ())[None]


def tallies(
    gold: Iterable[Mark], coder: Iterable[Mark], labels: Iterable[str]
) -> dict[str | None, Tally]:
    """Compare as ``tally``: all marks, by None, and for each of ``labels`` those that have it."""
    left, right = set(gold), set(coder)
    same = left & right
    left -= same
    right -= same
    # What is alike in all is alike in one label: most of the work is done.
    found: dict[str | None, Tally] = {None: _compared(len(same), left, right)}
    alike = Counter(label for _, _, label in same)
    others = {label for _, _, label in left | right}
    for label in labels:
        if label not in others:
            found[label] = Tally(alike[label])
            continue
        here = {mark for mark in left if mark[2] == label}
        there = {mark for mark in right if mark[2] == label}
        found[label] = _compared(alike[label], here, there)
    return found


def _compared(same: int, left: set[Mark], right: set[Mark]) -> Tally:
    """Count what is paired in each of three rounds of what is not the same."""
    found = [0] * len(_ROUNDS)
    for place, alike in enumerate(_ROUNDS):
        if not left or not right:
            break
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
