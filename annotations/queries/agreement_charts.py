"""Agreement figures as they are drawn: the ladder, and the heat map of pairs."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

STEPS = (0.2, 0.4, 0.667, 0.8)

#: Coders that the heat map has at most: it grows with their square, and nobody reads more.
DRAWN = 30


def ladder(report: Mapping[str, Any], details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rungs from finding the same thing to coding it alike, and α beside them.

    Each has the articles and the units that it rests on: spans of both of a pair, pairs of one
    extent, characters.
    """
    mean, alpha = report["mean_pair"], report["alpha"]
    spans = sum(pair["spans_a"] + pair["spans_b"] for pair in report["pairs"])
    rungs = [
        ("found", mean["overlap_f1"], spans),
        ("boundary", mean["extent_f1"], spans),
        ("label", details["label_given_extent"], details["label_given_extent"]["units"]),
        ("strict", mean["strict_f1"], spans),
        ("alpha", alpha, alpha["units"]),
    ]
    return [
        {
            **figure,
            "name": name,
            "articles": report["articles"],
            "units": units,
            "places": _places(figure),
        }
        for name, figure, units in rungs
    ]


def _places(figure: Mapping[str, Any]) -> dict[str, float]:
    """Return where the figure and its interval lie on a scale from 0 to 100."""
    return {
        name: round(100 * min(1.0, max(0.0, figure[name])), 2)
        for name in ("value", "low", "high")
        if figure.get(name) is not None
    }


def heat_map(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row a coder, with the α of each pair and its step on the ramp from 1 to 5.

    Of more than ``DRAWN`` coders, whose number is ``of``, those are drawn who share the most
    articles with others.
    """
    pairs = {(pair["a"], pair["b"]): pair for pair in report["pairs"]}
    shared: Counter[str] = Counter()
    for names, pair in pairs.items():
        shared.update(dict.fromkeys(names, pair["articles"]))
    coders = sorted(sorted(shared, key=lambda name: (-shared[name], name))[:DRAWN])
    rows = [
        {"coder": one, "cells": [_cell(one, other, pairs) for other in coders]} for one in coders
    ]
    return {"rows": rows, "of": len(shared)}


def _cell(
    one: str, other: str, pairs: Mapping[tuple[str, str], Mapping[str, Any]]
) -> dict[str, Any]:
    cell = {"a": one, "b": other, "value": None, "na": None, "articles": 0, "strict_f1": None}
    if one == other:
        return cell | {"step": "self"}
    pair = pairs.get((one, other)) or pairs.get((other, one))
    if pair is None:
        return cell | {"step": "na", "na": "no_articles"}
    known = {"articles": pair["articles"], "strict_f1": _number(pair["strict_f1"])}
    value = _number(pair["alpha"])
    if value is None:
        return cell | known | {"step": "na", "na": pair["alpha"]["na"]}
    return cell | known | {"step": 1 + sum(value >= limit for limit in STEPS), "value": value}


def _number(figure: Any) -> float | None:
    return None if isinstance(figure, Mapping) else figure
