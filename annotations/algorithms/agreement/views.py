"""Rows seen whole, or as if there were one label only."""

import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from annotations.algorithms.agreement.runs import NOTHING

View = Mapping[str, Any]
"""What ``rows`` keeps for all labels and for each: units, spans, values, pairs, gold."""


def comparable(rows: Iterable[View]) -> list[View]:
    """Keep the articles that two people or more have coded."""
    return [row for row in rows if len(row["spans"]) > 1]


def view(row: View, label: str | None) -> View:
    """Return the row as if there were no label but ``label``; None returns it whole."""
    if label is None:
        return row
    if label in row["by_label"]:
        return {"units": row["units"], **row["by_label"][label]}
    nothing = {"units": row["units"], **without(row)}
    if "gold" in row:
        nothing["gold"] = {coder: [0] * 6 for coder in row["spans"]}
    return nothing


def without(row: View) -> dict[str, Any]:
    """Return what ``row`` has for a label that none of its coders used."""
    coders = list(row["spans"])
    return {
        "spans": dict.fromkeys(coders, 0),
        "values": {coder: {NOTHING: row["units"]} for coder in coders},
        "pairs": [[*pair, 0, 0, 0, 0] for pair in combinations(coders, 2)],
    }


def labels_of(rows: Iterable[View]) -> list[str]:
    """Return the labels that anybody used, in order."""
    return sorted({label for row in rows for label in row["by_label"]})


def has_label(key: str, label: str) -> bool:
    """Whether the value with this key, a set of labels, has ``label`` in it."""
    return label in json.loads(key)
