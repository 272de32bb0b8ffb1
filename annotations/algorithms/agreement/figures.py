"""A figure as it is answered: a number with what belongs to it, or none with the reason."""

from typing import Any

from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.bootstrap import Interval

Figure = dict[str, Any]


def figure(value: float | NA, limits: Interval | None = None) -> Figure:
    """Return ``{value, low, high}``, without an interval ``{value}``, or ``{value, na}``."""
    if isinstance(value, NA):
        return {"value": None, "na": value.code}
    if limits is None:
        return {"value": value}
    return {"value": value, "low": limits[0], "high": limits[1]}


def bare(value: float | NA) -> Any:
    """Return the number alone, but a missing one with its reason."""
    return figure(value) if isinstance(value, NA) else value
