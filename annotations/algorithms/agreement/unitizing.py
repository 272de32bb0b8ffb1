"""The u-α family: units on a continuum (Krippendorff, Mathet, Bouvry & Widlöcher 2016, On the
reliability of unitizing textual continua: further developments, Quality & Quantity 50).

The articles are one continuum. A unit is what lies between two borders of one coder and has
labels; its value is their set. Gaps have no units: every character of one stands for itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.runs import NOTHING
from annotations.algorithms.agreement.views import View, comparable, has_label, labels_of, of_label

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


@dataclass
class _Continuum:
    gap: _Sums = field(default_factory=_Sums)
    units: dict[str, _Sums] = field(default_factory=lambda: defaultdict(_Sums))


def family(rows: Iterable[View]) -> Family:
    """Return the four coefficients of the pooled articles."""
    known = comparable(rows)
    continuum = _added_up(known)
    gap, units = continuum.gap, continuum.units
    total = gap.length + sum(unit.length for unit in units.values())
    met = sum(unit.met for unit in units.values())
    met_squares = sum(unit.met_squares for unit in units.values())
    by_label = {}
    for label in labels_of(known):
        own = _of_label(known, units, label)
        share = own.met / own.length if own.length else 0.0
        by_label[label] = Covered(_ku(own, met, met_squares), share)
    return Family(
        u=_u([gap, *units.values()], total),
        gap=_gap(gap, units.values(), total),
        cu=Covered(_cu(list(units.values()), met, met_squares), met / total if total else 0.0),
        by_label=by_label,
    )


def _added_up(rows: Sequence[View]) -> _Continuum:
    continuum = _Continuum()
    for row in rows:
        others = len(row["spans"]) - 1
        for key, (length, squares, same, empty, met_squares) in row["segments"].items():
            value = continuum.gap if key == NOTHING else continuum.units[key]
            value.length += length
            value.squares += length if key == NOTHING else squares
            value.same += same / others
            value.met += length - empty / others
            value.met_squares += met_squares / others
    return continuum


def _of_label(rows: Sequence[View], units: dict[str, _Sums], label: str) -> _Sums:
    """Add up all values that have ``label`` among theirs."""
    own = _Sums()
    for key, unit in units.items():
        if has_label(key, label):
            own.length += unit.length
            own.met += unit.met
            own.met_squares += unit.met_squares
    for row in rows:
        seen = of_label(row, label)
        # Summed over pairs, every coder's characters come up once for each other coder.
        own.same += sum(seen["marked"]) - sum(seen["pairs"][2::3]) / (len(row["spans"]) - 1)
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
