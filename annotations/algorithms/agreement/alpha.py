"""Krippendorff's α, nominal: the headline figure (Krippendorff 2011, Computing Krippendorff's
Alpha-Reliability, sections A–C).

The unit is the character, the value the set of labels covering it. Coders who did not submit
are missing. With n pairable values, n_c of them c, and o_ck the coincidences,
α = 1 − (n − 1) · Σ_{c≠k} o_ck / Σ_{c≠k} n_c n_k.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from annotations.algorithms.agreement.arrays import Floats
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.tables import GOLD, Tables, where


@dataclass(frozen=True)
class Table:
    """An entry for each article: coincidences off the diagonal, and how often each value was
    used, a column a value. Articles with fewer than two coders are all zeros.
    """

    disagreement: Floats
    values: Floats

    @classmethod
    def of(cls, tables: Tables, label: str | None = None) -> "Table":
        """Make the table of all labels, or of one against none, which are then the only values."""
        seen = tables.only(label)
        others = np.maximum(seen.sizes - 1, 1)
        # Each two coders that differ on a character do so in both orders.
        differ = np.bincount(seen.pairs.article, 2 * seen.pairs.differ, seen.count)
        used = where(seen.used, (seen.used.coder != GOLD) & (seen.sizes > 1)[seen.used.article])
        columns = max(len(seen.values), 1)
        values = np.zeros((seen.count, columns))
        np.add.at(values, (used.article, used.value), used.characters)
        return cls(differ / others, values)

    def alpha(self) -> float | NA:
        """Return α over all articles."""
        return alpha(float(self.disagreement.sum()), self.values.sum(axis=0).tolist())

    def of_each(self) -> list[float | NA]:
        """Return α of every article."""
        both = zip(self.disagreement.tolist(), self.values.tolist(), strict=True)
        return [alpha(disagreement, used) for disagreement, used in both]

    @property
    def columns(self) -> Floats:
        """What ``resampled`` wants added up, a row an article."""
        return np.column_stack([self.disagreement, self.values])

    @staticmethod
    def resampled(drawn: Floats) -> Floats:
        """Return α for each row of sums of ``columns``; NaN where it is undefined."""
        disagreement, used = drawn[:, 0], drawn[:, 1:]
        total = used.sum(axis=1)
        chance = total**2 - (used**2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = 1 - (total - 1) * disagreement / chance
        return np.where(chance > 0, found, np.nan)


def alpha(disagreement: float, used: Iterable[float]) -> float | NA:
    """Return α from the coincidences off the diagonal and how often each value was used."""
    counts = list(used)
    total = sum(counts)
    if not total:
        return NA("no_characters")
    chance = total**2 - sum(count**2 for count in counts)
    return 1 - (total - 1) * disagreement / chance if chance else NA("one_category")
