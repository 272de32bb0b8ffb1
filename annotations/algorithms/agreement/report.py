"""The agreement report, from the rows of articles alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from annotations.algorithms.agreement import alpha, confusion, pairs, semeval, unitizing
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.bootstrap import Floats, Interval, intervals
from annotations.algorithms.agreement.figures import bare, figure
from annotations.algorithms.agreement.views import View, comparable, labels_of, view

KINDS = ("strict", "extent", "overlap")


def report(
    rows: Iterable[View], *, seed: int = 1, resamples: int = 2000, label: str | None = None
) -> dict[str, Any]:
    """Return every figure on the articles that two people or more have coded.

    All are named by the contract but ``label_given_extent``: how often a label is the same where
    two coders marked the same extent.

    ``rows`` come from ``row_of``, one an article. With ``label``, everything is as if there were
    no other label; the members of the u-α family that compare labels are then n/a. The same rows
    in the same order and the same ``seed`` give the same figures. An undefined figure is
    ``{"value": None, "na": code}``, with the codes of ``NA``.
    """
    whole = list(rows)
    known = comparable(whole)
    views = [view(row, label) for row in known]
    labels = [name for name in labels_of(known) if label in (None, name)]

    overall = alpha.Table.of(views)
    by_label = {name: alpha.Table.of_label(known, name) for name in labels}
    meetings = _Meetings(views)
    same_extent = np.array([_same_extent(row, label) for row in known], float).reshape(-1, 2)

    def statistics(weights: Floats) -> dict[str, Floats]:
        found = meetings.resampled(weights)
        found["label"] = _share(weights @ same_extent)
        found["alpha"] = overall.resampled(weights)
        for name, table in by_label.items():
            found[f"alpha of {name}"] = table.resampled(weights)
        return found

    limits = intervals(statistics, articles=len(views), resamples=resamples, seed=seed)
    size = {"articles": len(known), "units": sum(row["units"] for row in known)}

    return {
        "articles": len(known),
        "coders": sorted({coder for row in known for coder in row["spans"]}),
        "bootstrap": {"resamples": resamples, "seed": seed},
        "alpha": figure(_found(known, overall), limits.get("alpha")) | size,
        "alpha_by_label": {
            name: figure(_found(known, table), limits.get(f"alpha of {name}")) | size
            for name, table in by_label.items()
        },
        "u_alpha": _u_alpha(known, label),
        "pairs": meetings.listed(),
        "mean_pair": {kind + "_f1": _mean(meetings.f1s(kind), limits.get(kind)) for kind in KINDS},
        "gold": _against_gold([view(row, label) for row in whole]),
        "confusion": confusion.table(
            [count for count in row["confusion"] if label is None or label in count]
            for row in known
        ),
        "label_given_extent": _label_given_extent(same_extent, limits.get("label")),
    }


@dataclass
class _Pair:
    """Two coders: what they share, summed over the articles that both coded.

    ``articles`` are positions; for each, ``counts`` has the pairs matched in each of ``KINDS``
    and the spans of both together.
    """

    articles: list[int] = field(default_factory=list)
    counts: list[list[int]] = field(default_factory=list)
    spans: list[int] = field(default_factory=lambda: [0, 0])
    differ: int = 0
    used: dict[str, int] = field(default_factory=dict)


class _Meetings:
    """Every two coders that share an article."""

    def __init__(self, views: Sequence[View]):
        found: dict[tuple[str, str], _Pair] = defaultdict(_Pair)
        for at, seen in enumerate(views):
            for one, other, *counts, differ in seen["pairs"]:
                pair = found[one, other]
                spans = seen["spans"][one], seen["spans"][other]
                pair.articles.append(at)
                pair.counts.append([*counts, sum(spans)])
                pair.spans = [pair.spans[0] + spans[0], pair.spans[1] + spans[1]]
                pair.differ += differ
                alpha.add_up(pair.used, seen["values"][one], seen["values"][other])
        self.pairs = {names: found[names] for names in sorted(found)}
        self.tables = [
            (np.array(pair.articles), np.array(pair.counts, np.float64))
            for pair in self.pairs.values()
        ]

    def f1s(self, kind: str) -> list[float]:
        """Return the F1 of each pair of coders that has one."""
        place = KINDS.index(kind)
        found = [_f1(pair, place) for pair in self.pairs.values()]
        return [value for value in found if not isinstance(value, NA)]

    def resampled(self, weights: Floats) -> dict[str, Floats]:
        """Return the mean F1 of pairs for each row of ``weights``; NaN where no pair has one."""
        total = np.zeros((len(weights), len(KINDS)))
        defined = np.zeros(len(weights))
        for articles, table in self.tables:
            # To pick columns is to copy them: not where everybody coded everything.
            own = weights if len(articles) == weights.shape[1] else weights[:, articles]
            drawn = own @ table
            matched, spans = drawn[:, :-1], drawn[:, -1:]
            total += np.divide(2 * matched, spans, out=np.zeros_like(matched), where=spans > 0)
            defined += spans[:, 0] > 0
        defined[defined == 0] = np.nan
        return dict(zip(KINDS, (total / defined[:, None]).T, strict=True))

    def listed(self) -> list[dict[str, Any]]:
        return [
            {
                "a": one,
                "b": other,
                "articles": len(pair.articles),
                "spans_a": pair.spans[0],
                "spans_b": pair.spans[1],
                **{f"{kind}_f1": bare(_f1(pair, place)) for place, kind in enumerate(KINDS)},
                "alpha": bare(alpha.alpha(2 * pair.differ, pair.used.values())),
            }
            for (one, other), pair in self.pairs.items()
        ]


def _f1(pair: _Pair, place: int) -> float | NA:
    matched = sum(counts[place] for counts in pair.counts)
    return pairs.f1(matched, sum(pair.spans))


def _same_extent(row: View, label: str | None) -> tuple[int, int]:
    """Return how often two coders gave one extent the same label, and any label both."""
    same = both = 0
    for one, other, count in row["confusion"]:
        if other is not None and label in (None, one, other):
            both += count
            same += count * (one == other)
    return same, both


def _share(counts: Floats) -> Floats:
    same, both = counts.T
    return np.divide(same, both, out=np.full_like(both, np.nan), where=both > 0)


def _label_given_extent(same_extent: Floats, limits: Interval | None) -> dict[str, Any]:
    same, both = same_extent.sum(axis=0).tolist()
    found = figure(same / both, limits) if both else figure(NA("no_spans"))
    return found | {"units": int(both)}


def _found(known: Sequence[View], table: alpha.Table) -> float | NA:
    return table.alpha() if known else NA("no_articles")


def _mean(f1s: Sequence[float], limits: Interval | None) -> dict[str, Any]:
    """The mean over pairs of coders, with the standard deviation of the population of pairs."""
    if not f1s:
        return figure(NA("no_pairs"))
    return figure(fmean(f1s), limits) | {"sd": pstdev(f1s)}


def _u_alpha(known: Sequence[View], label: str | None) -> dict[str, Any]:
    if not known:
        nothing = figure(NA("no_articles"))
        return {"u": nothing, "gap": nothing, "cu": nothing, "by_label": {}}
    family = unitizing.family(known)
    by_label = {
        name: figure(covered.value) | {"coverage": covered.coverage}
        for name, covered in family.by_label.items()
        if label in (None, name)
    }
    if label is not None:
        apart = figure(NA("all_labels_only"))
        return {"u": apart, "gap": apart, "cu": apart, "by_label": by_label}
    return {
        "u": figure(family.u),
        "gap": figure(family.gap),
        "cu": figure(family.cu.value) | {"coverage": family.cu.coverage},
        "by_label": by_label,
    }


def _against_gold(views: Iterable[View]) -> list[dict[str, Any]]:
    """Every coder of an article that has gold, also one who coded it alone."""
    tallies: dict[str, semeval.Tally] = {}
    articles: dict[str, int] = defaultdict(int)
    for seen in views:
        for coder, counts in seen.get("gold", {}).items():
            tallies[coder] = tallies.get(coder, semeval.Tally()).plus(semeval.Tally(*counts))
            articles[coder] += 1
    return [
        {
            "coder": coder,
            "articles": articles[coder],
            "cor": tally.both,
            "inc": tally.extent,
            "par": tally.label + tally.overlap,
            "mis": tally.missed,
            "spu": tally.spurious,
            "strict_f1": bare(semeval.f1(tally.scheme("strict"))),
            "partial_f1": bare(semeval.f1(tally.scheme("partial"))),
        }
        for coder, tally in sorted(tallies.items())
    ]
