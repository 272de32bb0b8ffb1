"""The u-α family: units on a continuum (Krippendorff, Mathet, Bouvry & Widlöcher 2016, On the
reliability of unitizing textual continua: further developments, Quality & Quantity 50).

The articles are one continuum. A unit is what lies between two borders of one coder and has
labels; its value is their set. Gaps have no units: every character of one stands for itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from annotations.algorithms.agreement.arrays import Floats, Ints
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.tables import GOLD, Tables, where

_ROUNDING = 1e-9
"""Sums over articles with different numbers of coders are this exact, relative to their size."""


class Covered(NamedTuple):
    """A coefficient, and the share of the continuum or of the label's units it rests on."""

    value: float | NA
    coverage: float


@dataclass(frozen=True)
class Family:
    """``u``: units, values and gaps; ``gap``: units against gaps (|u); ``cu``: values where
    units meet; ``by_label``: one label there, (k)u.
    """

    u: float | NA
    gap: float | NA
    cu: Covered
    by_label: dict[str, Covered]


@dataclass
class _Sums:
    """Sums for one value or label, over articles, in the paper's letters where it has them.

    ``length``: ℓ_c. ``squares``: Σ L². ``same``: ℓ_cc. ``met``: ℓ_c without the coincidences
    with gaps. ``met_squares``: the sum of squares of equation 10.
    """

    length: float = 0
    squares: float = 0
    same: float = 0
    met: float = 0
    met_squares: float = 0


Labels = tuple[str, ...]


def family(tables: Tables) -> Family:
    """Return the four coefficients of the pooled articles."""
    known = tables.comparable()
    gap, units = _added_up(known)
    total = gap.length + sum(unit.length for unit in units.values())
    met = sum(unit.met for unit in units.values())
    met_squares = sum(unit.met_squares for unit in units.values())
    by_label = {}
    for label in known.used_labels():
        own = _of_label(known, units, label)
        share = own.met / own.length if own.length else 0.0
        by_label[label] = Covered(_ku(own, met, met_squares), share)
    return Family(
        u=_u([gap, *units.values()], total),
        gap=_gap(gap, units.values(), total),
        cu=Covered(_cu(list(units.values()), met, met_squares), met / total if total else 0.0),
        by_label=by_label,
    )


def _added_up(known: Tables) -> tuple[_Sums, dict[Labels, _Sums]]:
    """Return the sums of gaps, and of units by their value."""
    rows = known.segments
    others = known.sizes[rows.article] - 1

    def total(numbers: Ints | Floats) -> list[float]:
        return np.bincount(rows.value, numbers, len(known.values)).tolist()

    columns = (
        total(rows.characters),
        # Every character of a gap stands for itself.
        total(np.where(rows.value == known.nothing, rows.characters, rows.squares)),
        total(rows.same / others),
        total(rows.characters - rows.empty / others),
        total(rows.met / others),
    )
    sums = {
        value: _Sums(*own)
        for value, own in zip(known.values, zip(*columns, strict=True), strict=True)
        if own[0]
    }
    return sums.pop((), _Sums()), sums


def _of_label(known: Tables, units: Mapping[Labels, _Sums], label: str) -> _Sums:
    """Add up all values that have ``label`` among theirs."""
    own = _Sums()
    for value, unit in units.items():
        if label in value:
            own.length += unit.length
            own.met += unit.met
            own.met_squares += unit.met_squares
    seen = known.only(label)
    # Summed over pairs, every coder's characters come up once for each other coder.
    marked = where(seen.work, seen.work.coder != GOLD).marked
    others = known.sizes[seen.pairs.article] - 1
    own.same = float(marked.sum() - (seen.pairs.differ / others).sum())
    return own


def _u(values: Sequence[_Sums], total: float) -> float | NA:
    """Equations 4 and 5."""
    if not total:
        return NA("no_characters")
    if sum(value.length > 0 for value in values) < 2:
        return NA("one_category")
    pairs = total**2 - sum(value.squares for value in values)
    expected = sum(total * (value.length**2 - value.squares) / pairs for value in values)
    return 1 - (total - sum(value.same for value in values)) / (total - expected)


def _gap(gap: _Sums, units: Iterable[_Sums], total: float) -> float | NA:
    """Equation 6."""
    if not total:
        return NA("no_characters")
    if gap.length in (0, total):
        return NA("one_category")
    pairs = total**2 - gap.squares - sum(unit.squares for unit in units)
    expected = total * gap.length * (total - gap.length) / pairs
    return 1 - (gap.length - gap.same) / expected


def _cu(units: Sequence[_Sums], met: float, met_squares: float) -> float | NA:
    """Equations 10 and 11."""
    if not met:
        return NA("no_overlap")
    if sum(unit.met > 0 for unit in units) < 2:
        return NA("one_category")
    pairs = met - met_squares / met
    if pairs < _ROUNDING * met:
        return NA("too_few_units")
    expected = sum((unit.met**2 - unit.met_squares) / pairs for unit in units)
    return 1 - (met - sum(unit.same for unit in units)) / (met - expected)


def _ku(own: _Sums, met: float, met_squares: float) -> float | NA:
    """Equation 13b."""
    if not own.met:
        return NA("no_overlap")
    if met - own.met < _ROUNDING * met:
        return NA("one_category")
    expected_by = own.met * met - own.met_squares
    if min(expected_by, met**2 - met_squares) < _ROUNDING * met**2:
        return NA("too_few_units")
    expected_otherwise = own.met * (met - own.met)
    return 1 - expected_by / own.met * (own.met - own.same) / expected_otherwise
