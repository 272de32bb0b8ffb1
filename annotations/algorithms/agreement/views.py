"""Rows seen whole, or as if there were one label only."""

import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from annotations.algorithms.agreement.runs import NOTHING

View = Mapping[str, Any]
"""What ``rows`` keeps for all labels and for each: units, spans, values, pairs, gold, times."""


def comparable(rows: Iterable[View]) -> list[View]:
    """Keep the articles that two people or more have coded."""
    return [row for row in rows if len(row["spans"]) > 1]


def view(row: View, label: str | None) -> View:
    """Return the row as if there were no label but ``label``; None returns it whole."""
    if label is None:
        return row
    own = of_label(row, label)
    coders = sorted(row["spans"])
    values = {
        coder: {NOTHING: row["units"] - marked, json.dumps([label]): marked}
        for coder, marked in zip(coders, own["marked"], strict=True)
    }
    counts = zip(*(own["pairs"][at::3] for at in range(3)), strict=True)
    seen = {
        "units": row["units"],
        "submitted": row["submitted"],
        "spans": dict(zip(coders, own["spans"], strict=True)),
        "values": values,
        "pairs": [
            [*pair, strict, strict, overlap, differ]
            for pair, (strict, overlap, differ) in zip(
                combinations(coders, 2), counts, strict=True
            )
        ],
    }
    if "gold" in row:
        # What is in neither gold nor anybody's work, all have left out alike.
        nothing = [[0] * 6 for _ in coders]
        marked = own.get("gold_marked", 0)
        seen["gold"] = dict(zip(coders, own.get("gold", nothing), strict=True))
        seen["gold_differ"] = dict(
            zip(coders, own.get("gold_differ", [0] * len(coders)), strict=True)
        )
        seen["gold_values"] = {NOTHING: row["units"] - marked, json.dumps([label]): marked}
    return seen


def of_label(row: View, label: str) -> View:
    """Return the row's entry for a label, also for one that nobody used."""
    return row["by_label"].get(label) or unused(row)


def unused(row: View) -> dict[str, Any]:
    """Return the entry for a label that none of the row's coders used."""
    coders = len(row["spans"])
    pairs = coders * (coders - 1) // 2
    return {"spans": [0] * coders, "marked": [0] * coders, "pairs": [0] * 3 * pairs}


def labels_of(rows: Iterable[View]) -> list[str]:
    """Return the labels that anybody used, in order."""
    return sorted({label for row in rows for label in row["by_label"]})


def has_label(key: str, label: str) -> bool:
    """Whether the value with this key, a set of labels, has ``label`` in it."""
    return label in json.loads(key)
