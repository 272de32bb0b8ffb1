"""What is told beyond the report: by coder and time, by word, by attribute, and of later work."""

from typing import Any

from annotations.algorithms.agreement import attributes, words
from annotations.algorithms.agreement.drift import drift
from annotations.algorithms.agreement.report import report
from annotations.algorithms.agreement.tables import Tables

Versions = tuple[Tables, Tables]
"""The articles of which there are later versions: as they count, and as they came to be."""


def details(
    tables: Tables, *, later: Versions | None = None, label: str | None = None
) -> dict[str, Any]:
    """Return what the report leaves out. ``later`` has the articles, in both versions, of which
    somebody handed in another one after the first ruling or return.
    """
    known = tables.comparable()
    none = tables.of_articles(tables.sizes < 0)
    return {
        "drift": drift(tables.only(label)),
        "words": words.table(known, label),
        "attributes": attributes.figures(known, label),
        "later": _later(*(later or (none, none)), label),
    }


def _later(before: Tables, after: Tables, label: str | None) -> dict[str, Any]:
    # A later version has the same coders.
    before, after = before.comparable(), after.comparable()
    return {
        "articles": before.count,
        "submissions": sum(
            first["submitted"][coder] != moment
            for first, last in zip(before.said, after.said, strict=True)
            for coder, moment in last["submitted"].items()
        ),
        "before": _headline(before, label),
        "after": _headline(after, label),
    }


def _headline(tables: Tables, label: str | None) -> dict[str, Any]:
    found = report(tables, resamples=0, label=label)
    alpha, strict = found["alpha"], found["mean_pair"]["strict_f1"]
    return {
        name: {key: one[key] for key in ("value", "na") if key in one}
        for name, one in (("alpha", alpha), ("strict_f1", strict))
    }
