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
from annotations.algorithms.agreement.views import View, comparable, labels_of, view

KINDS = ("strict", "extent", "overlap")


def report(
    rows: Iterable[View], *, seed: int = 1, resamples: int = 2000, label: str | None = None
) -> dict[str, Any]:
    """Return every figure on the articles that two people or more have coded.

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

    def statistics(weights: Floats) -> dict[str, Floats]:
        found = meetings.resampled(weights)
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
        "alpha": _figure(_found(known, overall), limits.get("alpha")) | size,
        "alpha_by_label": {
            name: _figure(_found(known, table), limits.get(f"alpha of {name}")) | size
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
            drawn = weights[:, articles] @ table
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
                **{f"{kind}_f1": _bare(_f1(pair, place)) for place, kind in enumerate(KINDS)},
                "alpha": _bare(alpha.alpha(2 * pair.differ, pair.used.values())),
            }
            for (one, other), pair in self.pairs.items()
        ]


def _f1(pair: _Pair, place: int) -> float | NA:
    matched = sum(counts[place] for counts in pair.counts)
    return pairs.f1(matched, sum(pair.spans))


def _found(known: Sequence[View], table: alpha.Table) -> float | NA:
    return table.alpha() if known else NA("no_articles")


def _figure(value: float | NA, limits: Interval | None = None) -> dict[str, Any]:
    if isinstance(value, NA):
        return {"value": None, "na": value.code}
    if limits is None:
        return {"value": value}
    return {"value": value, "low": limits[0], "high": limits[1]}


def _bare(value: float | NA) -> Any:
    return _figure(value) if isinstance(value, NA) else value


def _mean(f1s: Sequence[float], limits: Interval | None) -> dict[str, Any]:
    """The mean over pairs of coders, with the standard deviation of the population of pairs."""
    if not f1s:
        return _figure(NA("no_pairs"))
    return _figure(fmean(f1s), limits) | {"sd": pstdev(f1s)}


def _u_alpha(known: Sequence[View], label: str | None) -> dict[str, Any]:
    if not known:
        nothing = _figure(NA("no_articles"))
        return {"u": nothing, "gap": nothing, "cu": nothing, "by_label": {}}
    family = unitizing.family(known)
    by_label = {
        name: _figure(covered.value) | {"coverage": covered.coverage}
        for name, covered in family.by_label.items()
        if label in (None, name)
    }
    if label is not None:
        apart = _figure(NA("all_labels_only"))
        return {"u": apart, "gap": apart, "cu": apart, "by_label": by_label}
    return {
        "u": _figure(family.u),
        "gap": _figure(family.gap),
        "cu": _figure(family.cu.value) | {"coverage": family.cu.coverage},
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
            "strict_f1": _bare(semeval.f1(tally.scheme("strict"))),
            "partial_f1": _bare(semeval.f1(tally.scheme("partial"))),
        }
        for coder, tally in sorted(tallies.items())
    ]
