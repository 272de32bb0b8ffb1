"""The agreement report, from the rows of articles alone."""

from collections.abc import Iterator, Sequence
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from annotations.algorithms.agreement import alpha, confusion, unitizing
from annotations.algorithms.agreement.arrays import Floats, Ints, added_up, grouped
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.bootstrap import Interval, intervals
from annotations.algorithms.agreement.figures import bare, figure
from annotations.algorithms.agreement.standing import OfGold, OfPairs
from annotations.algorithms.agreement.tables import GOLD, NO_LABEL, Tables, where

KINDS = ("strict", "extent", "overlap")


def report(
    tables: Tables, *, seed: int = 1, resamples: int = 2000, label: str | None = None
) -> dict[str, Any]:
    """Return every figure on the articles that two people or more have coded.

    All are named by the contract but ``label_given_extent``: how often a label is the same where
    two coders marked the same extent.

    With ``label``, everything is as if there were no other label; the members of the u-α family
    that compare labels are then n/a. The same articles in the same order and the same ``seed``
    give the same figures. An undefined figure is ``{"value": None, "na": code}``, with the codes
    of ``NA``.
    """
    known = tables.comparable()
    labels = [name for name in known.used_labels() if label in (None, name)]
    overall = alpha.Table.of(known, label)
    by_label = {name: alpha.Table.of(known, name) for name in labels}
    meetings = _Meetings(known.only(label))
    same_extent = _same_extent(known, label)

    alphas = {"alpha": overall, **{f"alpha of {name}": own for name, own in by_label.items()}}
    # One product for all, since reading the weights is what takes the time.
    sums = [same_extent, *(table.columns for table in alphas.values())]
    borders = np.cumsum([part.shape[1] for part in sums])[:-1]
    columns = np.concatenate(sums, axis=1)

    def statistics(weights: Floats) -> dict[str, Floats]:
        same, *drawn = np.split(weights @ columns, borders, axis=1)
        found = meetings.resampled(weights) | {"label": _share(same)}
        for (name, table), own in zip(alphas.items(), drawn, strict=True):
            found[name] = table.resampled(own)
        return found

    limits = intervals(statistics, articles=known.count, resamples=resamples, seed=seed)
    size = {"articles": known.count, "units": int(known.units.sum())}

    return {
        "articles": known.count,
        "coders": [known.coders[at] for at in np.unique(known.work.coder).tolist() if at != GOLD],
        "bootstrap": {"resamples": resamples, "seed": seed},
        "alpha": figure(_found(known, overall), limits.get("alpha")) | size,
        "alpha_by_label": {
            name: figure(_found(known, table), limits.get(f"alpha of {name}")) | size
            for name, table in by_label.items()
        },
        "u_alpha": _u_alpha(known, label),
        "pairs": meetings.listed(),
        "mean_pair": {kind + "_f1": _mean(meetings.f1s(kind), limits.get(kind)) for kind in KINDS},
        "gold": _against_gold(tables.only(label)),
        "confusion": confusion.table(known, label),
        "label_given_extent": _label_given_extent(same_extent, limits.get("label")),
    }


class _Meetings:
    """Every two coders that share an article."""

    def __init__(self, seen: Tables):
        self.coders = seen.coders
        (self.one, self.other), group = grouped(seen.pairs.one, seen.pairs.other)
        self.found = OfPairs.of(seen, seen.pairs, group, len(self.one))
        self.tables = list(_by_article(seen, group, len(self.one)))

    def f1s(self, kind: str) -> list[float]:
        """Return the F1 of each pair of coders that has one."""
        found = [self.found.f1(at, KINDS.index(kind)) for at in range(len(self.one))]
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
        names = zip(self.one.tolist(), self.other.tolist(), strict=True)
        return [
            {
                "a": self.coders[one],
                "b": self.coders[other],
                "articles": self.found.articles(at),
                "spans_a": self.found.spans[0][at],
                "spans_b": self.found.spans[1][at],
                **{f"{kind}_f1": bare(self.found.f1(at, k)) for k, kind in enumerate(KINDS)},
                "alpha": bare(self.found.alpha(at)),
            }
            for at, (one, other) in enumerate(names)
        ]


def _by_article(seen: Tables, group: Ints, size: int) -> Iterator[tuple[Ints, Floats]]:
    """Yield, for each group of pairs, the articles, and their matches and spans of both."""
    pairs = seen.pairs
    spans = seen.spans_of(pairs.article, pairs.one) + seen.spans_of(pairs.article, pairs.other)
    table = np.stack([pairs.strict, pairs.extent, pairs.overlap, spans], 1).astype(np.float64)
    order = np.argsort(group, kind="stable")
    for own in np.split(order, np.searchsorted(group[order], np.arange(1, size))):
        yield pairs.article[own], table[own]


def _same_extent(known: Tables, label: str | None) -> Floats:
    """Return a row an article: how often two coders gave one extent the same label, and any
    label both."""
    rows = where(known.confusion, known.confusion.second != NO_LABEL)
    if label is not None:
        number = known.labels.index(label) if label in known.labels else len(known.labels)
        rows = where(rows, (rows.first == number) | (rows.second == number))
    same = added_up(rows.article, known.count, rows.times * (rows.first == rows.second))
    both = added_up(rows.article, known.count, rows.times)
    return np.stack([same, both], 1).astype(np.float64)


def _share(counts: Floats) -> Floats:
    same, both = counts.T
    return np.divide(same, both, out=np.full_like(both, np.nan), where=both > 0)


def _label_given_extent(same_extent: Floats, limits: Interval | None) -> dict[str, Any]:
    same, both = same_extent.sum(axis=0).tolist()
    found = figure(same / both, limits) if both else figure(NA("no_spans"))
    return found | {"units": int(both)}


def _found(known: Tables, table: alpha.Table) -> float | NA:
    return table.alpha() if known.count else NA("no_articles")


def _mean(f1s: Sequence[float], limits: Interval | None) -> dict[str, Any]:
    """The mean over pairs of coders, with the standard deviation of the population of pairs."""
    if not f1s:
        return figure(NA("no_pairs"))
    return figure(fmean(f1s), limits) | {"sd": pstdev(f1s)}


def _u_alpha(known: Tables, label: str | None) -> dict[str, Any]:
    if not known.count:
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


def _against_gold(seen: Tables) -> list[dict[str, Any]]:
    """Every coder of an article that has gold, also one who coded it alone."""
    (coders,), group = grouped(seen.against.coder)
    found = OfGold.of(seen, seen.against, group, len(coders))
    return [
        {
            "coder": seen.coders[coder],
            "articles": found.articles(at),
            "cor": tally.both,
            "inc": tally.extent,
            "par": tally.alike + tally.overlap,
            "mis": tally.missed,
            "spu": tally.spurious,
            "strict_f1": bare(found.f1(at, "strict")),
            "partial_f1": bare(found.f1(at, "partial")),
        }
        for at, (coder, tally) in enumerate(zip(coders.tolist(), found.tallies, strict=True))
    ]
