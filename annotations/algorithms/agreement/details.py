"""What is told beyond the report: by coder and time, by word, by attribute, and of later work."""

from collections.abc import Iterable, Sequence
from typing import Any

from annotations.algorithms.agreement import attributes, words
from annotations.algorithms.agreement.drift import drift
from annotations.algorithms.agreement.report import report
from annotations.algorithms.agreement.views import View, comparable, view

Versions = tuple[View, View]
"""An article's row, and the row of the later versions of it, which don't count."""


def details(
    rows: Iterable[View], *, later: Iterable[Versions] = (), label: str | None = None
) -> dict[str, Any]:
    """Return what of ``rows`` the report leaves out. ``later`` has the articles, with both rows,
    of which somebody handed in another version after the first ruling or return.
    """
    whole = list(rows)
    known = comparable(whole)
    return {
        "drift": drift(view(row, label) for row in whole),
        "words": words.table(known, label),
        "attributes": attributes.figures(known, label),
        "later": _later([pair for pair in later if len(pair[0]["spans"]) > 1], label),
    }


def _later(versions: Sequence[Versions], label: str | None) -> dict[str, Any]:
    return {
        "articles": len(versions),
        "submissions": sum(
            before["submitted"][coder] != moment
            for before, after in versions
            for coder, moment in after["submitted"].items()
        ),
        "before": _headline([before for before, _ in versions], label),
        "after": _headline([after for _, after in versions], label),
    }


def _headline(rows: Sequence[View], label: str | None) -> dict[str, Any]:
    found = report(rows, resamples=0, label=label)
    alpha, strict = found["alpha"], found["mean_pair"]["strict_f1"]
    return {
        name: {key: one[key] for key in ("value", "na") if key in one}
        for name, one in (("alpha", alpha), ("strict_f1", strict))
    }
