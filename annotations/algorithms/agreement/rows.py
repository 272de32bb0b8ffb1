"""What one article contributes to every figure, as JSON: kept, so that a new submission costs
one article and not the corpus.

A row is::

    {"units": characters that count,
     "spans": {coder: distinct marks},
     "values": {coder: {key: characters}},
     "pairs": [[coder, coder, strict, extent, overlap, characters that differ], …],
     "segments": {key: [characters, squares, same, empty, met]},
     "confusion": [[label, label, count], …],
     "gold": {coder: [both, extent, label, overlap, missed, spurious]},   if there is gold
     "by_label": {label: {"spans", "values", "pairs", "gold"}}}

``values`` and ``segments`` are explained in ``runs``, ``pairs`` in ``pairs``, ``gold`` in
``semeval``. A label nobody used in the article is not in ``by_label``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from annotations.algorithms.agreement.article import Article, Batch, Mark
from annotations.algorithms.agreement.confusion import confusions
from annotations.algorithms.agreement.pairs import shared
from annotations.algorithms.agreement.runs import Runs, Values
from annotations.algorithms.agreement.semeval import tally
from annotations.algorithms.agreement.views import without

Row = dict[str, Any]

_TOGETHER = 500
"""Articles laid on one axis: enough to vectorise, few enough to stay in the cache."""


def row_of(article: Article) -> Row:
    """Return the row of one article."""
    return next(rows_of([article]))


def rows_of(articles: Iterable[Article]) -> Iterator[Row]:
    """Yield the rows of many articles, in order; much faster than one by one."""
    waiting = iter(articles)
    while some := [article.cleaned() for article in islice(waiting, _TOGETHER)]:
        yield from _rows(some)


def _rows(articles: Sequence[Article]) -> list[Row]:
    batch = Batch.of(articles)
    runs = Runs.of(batch)
    names = [list(article.marks) for article in articles]
    values = runs.values(meetings=True)
    rows = _counted(runs, values, names)
    for row, units in zip(rows, runs.units().tolist(), strict=True):
        row["units"] = units
        row["by_label"] = {}
    _add_segments(rows, values)
    for row, counts in zip(rows, confusions(batch), strict=True):
        row["confusion"] = counts

    parts, owners = batch.by_label()
    runs = Runs.of(parts)
    counted = _counted(runs, runs.values(meetings=False), [names[at] for at, _ in owners])
    for (at, label), row in zip(owners, counted, strict=True):
        rows[at]["by_label"][label] = row
    for row, article in zip(rows, articles, strict=True):
        if article.gold is not None:
            _add_gold(row, article, article.gold)
    return rows


def _counted(runs: Runs, values: Values, names: Sequence[Sequence[str]]) -> list[Row]:
    """Return the spans, values and pairs of each article of a batch."""
    batch = runs.batch
    owner = batch.article * batch.most_coders + batch.coder
    spans = np.bincount(owner, minlength=batch.count * batch.most_coders).tolist()
    rows: list[Row] = []
    for at, coders in enumerate(names):
        first = at * batch.most_coders
        own = dict(zip(coders, spans[first : first + len(coders)], strict=True))
        rows.append({"spans": own, "values": {coder: {} for coder in coders}, "pairs": []})
    columns = (values.article, values.coder, values.characters)
    for at, coder, characters, key in zip(*(c.tolist() for c in columns), values.key, strict=True):
        rows[at]["values"][names[at][coder]][key] = characters
    for pair in shared(batch):
        differ = runs.differ(pair.one, pair.other)
        counts = np.stack([pair.strict, pair.extent, pair.overlap, differ], 1)
        both = np.flatnonzero(batch.sizes > pair.other)
        for at, own_counts in zip(both.tolist(), counts[both].tolist(), strict=True):
            rows[at]["pairs"].append([names[at][pair.one], names[at][pair.other], *own_counts])
    return rows


def _add_gold(row: Row, article: Article, gold: Sequence[Mark]) -> None:
    row["gold"] = {coder: list(tally(gold, marks)) for coder, marks in article.marks.items()}
    for label in sorted({label for _, _, label in gold} | set(row["by_label"])):
        if label not in row["by_label"]:
            row["by_label"][label] = dict(without(row))
        row["by_label"][label]["gold"] = {
            coder: list(tally(_only(label, gold), _only(label, marks)))
            for coder, marks in article.marks.items()
        }


def _only(label: str, marks: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark[2] == label]


def _add_segments(rows: list[Row], values: Values) -> None:
    columns = (values.characters, values.squares, values.same, values.empty, values.met)
    numbers = np.stack(columns, 1).tolist()
    for row in rows:
        row["segments"] = defaultdict(lambda: [0] * len(columns))
    for at, key, own in zip(values.article.tolist(), values.key, numbers, strict=True):
        total = rows[at]["segments"][key]
        for place, number in enumerate(own):
            total[place] += number
    for row in rows:
        row["segments"] = dict(row["segments"])
