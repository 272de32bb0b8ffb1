"""Where one article, one coder or two coders stand: α and F1 of some comparisons, pooled.

To compare a coder with several others, each two are taken as a pair of their own: α is that of
all characters that any of these pairs has read, with the values of both (see ``alpha``).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotations.algorithms.agreement import alpha, pairs, semeval
from annotations.algorithms.agreement.arrays import Ints, added_up, grouped
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.tables import GOLD, Against, Pairs, Tables, where

_NOBODY = NA("no_articles")


def each_with_gold(tables: Tables, coder: str) -> list[tuple[str, semeval.Tally]]:
    """Return when a coder handed in each article that has gold, and how far both fit."""
    if coder not in tables.coders:
        return []
    rows = tables.only(None).against
    own = where(rows, rows.coder == tables.coders.index(coder))
    columns = (getattr(own, name).tolist() for name in semeval.Tally._fields)
    tallies = map(semeval.Tally._make, zip(*columns, strict=True))
    moments = (tables.said[at]["submitted"][coder] for at in own.article.tolist())
    return list(zip(moments, tallies, strict=True))


@dataclass(frozen=True)
class _Compared:
    """Comparisons of two, added up by group: the characters on which they differ, and how often
    each value was used.
    """

    times: list[int]
    differ: list[int]
    used: list[list[int]]

    @classmethod
    def of(
        cls, seen: Tables, rows: Pairs | Against, whose: tuple[Ints, Ints], group: Ints, size: int
    ) -> "_Compared":
        """Add up rows, of which each compares the values of two and is of a group."""
        article, coder = np.tile(rows.article, 2), np.concatenate(whose)
        row, value = seen.values_of(article, coder)
        keys, place = grouped(np.tile(group, 2)[row], seen.used.value[value])
        characters = added_up(place, len(keys[0]), seen.used.characters[value]).tolist()
        border = np.searchsorted(keys[0], np.arange(size + 1)).tolist()
        return cls(
            np.bincount(group, None, size).tolist(),
            added_up(group, size, rows.differ).tolist(),
            [characters[low:high] for low, high in pairwise(border)],
        )

    def alpha(self, group: int) -> float | NA:
        if not self.times[group]:
            return _NOBODY
        return alpha.alpha(2 * self.differ[group], self.used[group])


@dataclass(frozen=True)
class OfPairs:
    """Pairs of coders, added up by group. ``matched`` has the ``KINDS`` of matches in order."""

    compared: _Compared
    matched: list[list[int]]
    spans: list[list[int]]

    @classmethod
    def of(cls, seen: Tables, rows: Pairs, group: Ints, size: int) -> "OfPairs":
        """Add up rows of ``seen``, a view of one label or of all; each is of one group."""
        columns = (rows.strict, rows.extent, rows.overlap)
        spans = (seen.spans_of(rows.article, whose) for whose in (rows.one, rows.other))
        return cls(
            _Compared.of(seen, rows, (rows.one, rows.other), group, size),
            [added_up(group, size, column).tolist() for column in columns],
            [added_up(group, size, column).tolist() for column in spans],
        )

    def articles(self, group: int) -> int:
        return self.compared.times[group]

    def alpha(self, group: int) -> float | NA:
        return self.compared.alpha(group)

    def f1(self, group: int, kind: int = 0) -> float | NA:
        both = sum(own[group] for own in self.spans)
        return pairs.f1(self.matched[kind][group], both)


@dataclass(frozen=True)
class OfGold:
    """Coders' comparisons with gold, added up by group."""

    compared: _Compared
    tallies: list[semeval.Tally]

    @classmethod
    def of(cls, seen: Tables, rows: Against, group: Ints, size: int) -> "OfGold":
        """Add up rows of ``seen``, a view of one label or of all; each is of one group."""
        gold = np.full(len(rows.coder), GOLD)
        counts = [added_up(group, size, getattr(rows, name)) for name in semeval.Tally._fields]
        return cls(
            _Compared.of(seen, rows, (rows.coder, gold), group, size),
            [semeval.Tally(*own) for own in np.stack(counts, 1).tolist()],
        )

    def articles(self, group: int) -> int:
        return self.compared.times[group]

    def alpha(self, group: int) -> float | NA:
        return self.compared.alpha(group)

    def f1(self, group: int, scheme: str = "strict") -> float | NA:
        if not self.articles(group):
            return _NOBODY
        return semeval.f1(self.tallies[group].scheme(scheme))
