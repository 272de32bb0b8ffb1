"""Krippendorff's α, nominal: the headline figure (Krippendorff 2011, Computing Krippendorff's
Alpha-Reliability, sections A–C).

The unit is the character, the value the set of labels covering it. Coders who did not submit
are missing. With n pairable values, n_c of them c, and o_ck the coincidences,
α = 1 − (n − 1) · Σ_{c≠k} o_ck / Σ_{c≠k} n_c n_k.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.views import View, of_label

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """An entry for each article: coincidences off the diagonal, and how often each value was
    used, a column a value. Articles with fewer than two coders are all zeros.
    """

    disagreement: Floats
    values: Floats

    @classmethod
    def of(cls, views: Sequence[View]) -> "Table":
        columns: dict[str, int] = {}
        cells: list[tuple[int, int, int]] = []
        disagreement = np.zeros(len(views))
        for at, view in enumerate(views):
            others = len(view["values"]) - 1
            if others < 1:
                continue
            # Each two coders that differ on a character do so in both orders.
            disagreement[at] = 2 * sum(pair[-1] for pair in view["pairs"]) / others
            for used in view["values"].values():
                for key, characters in used.items():
                    cells.append((at, columns.setdefault(key, len(columns)), characters))
        values = np.zeros((len(views), len(columns)))
        row, column, characters = np.array(cells, np.int64).reshape(-1, 3).T
        np.add.at(values, (row, column), characters)
        return cls(disagreement, values)

    @classmethod
    def of_label(cls, rows: Sequence[View], label: str) -> "Table":
        """Make the table of one label against none, which are the only two values."""
        disagreement = np.zeros(len(rows))
        values = np.zeros((len(rows), 2))
        for at, row in enumerate(rows):
            coders = len(row["spans"])
            if coders < 2:
                continue
            own = of_label(row, label)
            marked = sum(own["marked"])
            disagreement[at] = 2 * sum(own["pairs"][2::3]) / (coders - 1)
            values[at] = marked, coders * row["units"] - marked
        return cls(disagreement, values)

    def alpha(self) -> float | NA:
        """Return α over all articles."""
        return alpha(float(self.disagreement.sum()), self.values.sum(axis=0).tolist())

    def resampled(self, weights: Floats) -> Floats:
        """Return α for each row of ``weights`` on the articles; NaN where it is undefined."""
        # One product, since reading the weights is what takes the time.
        drawn = weights @ np.column_stack([self.disagreement, self.values])
        disagreement, used = drawn[:, 0], drawn[:, 1:]
        total = used.sum(axis=1)
        chance = total**2 - (used**2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = 1 - (total - 1) * disagreement / chance
        return np.where(chance > 0, found, np.nan)


def alpha_of(view: View) -> float | NA:
    """Return α of one article."""
    others = len(view["values"]) - 1
    if others < 1:
        return NA("no_articles")
    used: dict[str, int] = {}
    add_up(used, *view["values"].values())
    return alpha(2 * sum(pair[-1] for pair in view["pairs"]) / others, used.values())


def alpha(disagreement: float, used: Iterable[float]) -> float | NA:
    """Return α from the coincidences off the diagonal and how often each value was used."""
    counts = list(used)
    total = sum(counts)
    if not total:
        return NA("no_characters")
    chance = total**2 - sum(count**2 for count in counts)
    return 1 - (total - 1) * disagreement / chance if chance else NA("one_category")


def add_up(total: dict[str, int], *parts: Mapping[str, int]) -> None:
    """Add counts by key to ``total``."""
    for part in parts:
        for key, count in part.items():
            total[key] = total.get(key, 0) + count
