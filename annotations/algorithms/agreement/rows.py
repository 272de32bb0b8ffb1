"""What one article contributes to every figure, as JSON: kept, so that a new submission costs
one article and not the corpus.

A row is::

    {"units": characters that count,
     "spans": {coder: distinct marks},
     "values": {coder: {key: characters}},
     "pairs": [[coder, coder, strict, extent, overlap, characters that differ], …],
     "segments": {key: [characters, squares, same, empty, met]},
     "confusion": [[label, label, count], …],
     "words": [[labels marked, labels disputed, {word: times}], …],
     "attributes": {label: {"spans": n, "answers": n, "names": {name: [disagreement, values]}}},
     "submitted": {coder: when},
     "gold": {coder: [both, extent, label, overlap, missed, spurious]},   if there is gold
     "gold_values": {key: characters},
     "gold_differ": {coder: characters that differ},
     "by_label": {label: {"spans": [distinct marks, …],
                          "marked": [characters with the label, …],
                          "pairs": [strict, overlap, characters that differ, …],
                          "gold": [[both, …], …],
                          "gold_marked": characters with the label in gold,
                          "gold_differ": [characters that differ, …]}}}

``values`` and ``segments`` are explained in ``runs``, ``pairs`` in ``pairs``, ``gold`` in
``semeval``; ``words`` and ``attributes`` have a module each. The lists of a label follow the
names of the coders in order, and every two of them in the order of ``combinations``. A label
nobody used in the article is not in ``by_label``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from typing import Any

import numpy as np

from annotations.algorithms.agreement import attributes
from annotations.algorithms.agreement.article import Article, Batch, Ints, Mark
from annotations.algorithms.agreement.confusion import confusions
from annotations.algorithms.agreement.pairs import shared
from annotations.algorithms.agreement.runs import Runs, Values
from annotations.algorithms.agreement.semeval import tallies
from annotations.algorithms.agreement.views import unused
from annotations.algorithms.agreement.words import words_of

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
    values = runs.values()
    rows = _counted(runs, values, names)
    for row, units in zip(rows, runs.units().tolist(), strict=True):
        row["units"] = units
        row["by_label"] = {}
    _add_segments(rows, values)
    for row, counts in zip(rows, confusions(batch), strict=True):
        row["confusion"] = counts
    for row, groups in zip(rows, words_of(batch, [one.text for one in articles]), strict=True):
        row["words"] = groups

    parts, owners = batch.by_label()
    for (at, label), row in zip(owners, _of_labels(Runs.of(parts)), strict=True):
        rows[at]["by_label"][label] = row
    for row, article in zip(rows, articles, strict=True):
        row["attributes"] = attributes.of_article(article)
        row["submitted"] = dict(article.submitted)
        if article.gold is not None:
            _add_tallies(row, article, article.gold)
    _add_gold_characters(rows, articles)
    return rows


def _counted(runs: Runs, values: Values, names: Sequence[Sequence[str]]) -> list[Row]:
    """Return the spans, values and pairs of each article of a batch."""
    batch = runs.batch
    spans = _spans(batch).tolist()
    rows: list[Row] = []
    for at, coders in enumerate(names):
        own = dict(zip(coders, spans[at], strict=False))
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


def _of_labels(runs: Runs) -> list[Row]:
    """Return the entries of ``by_label``, one for each article of a batch by label."""
    batch = runs.batch
    marked = np.stack([runs.marked(coder) for coder in range(batch.most_coders)], 1)
    counts = [
        np.stack([pair.strict, pair.overlap, runs.differ(pair.one, pair.other)], 1)
        for pair in shared(batch)
    ]
    pairs = np.stack([np.zeros((batch.count, 3), np.int64), *counts], 1)
    later = np.array([0, *(other for _, other in combinations(range(batch.most_coders), 2))])
    rows: list[Row] = [{} for _ in range(batch.count)]
    for size in np.unique(batch.sizes).tolist():
        alike = np.flatnonzero(batch.sizes == size)
        there = np.flatnonzero(later < size)[1:]
        columns = (
            _spans(batch)[alike, :size],
            marked[alike, :size],
            pairs[alike][:, there].reshape(len(alike), -1),
        )
        for at, *lists in zip(alike.tolist(), *(c.tolist() for c in columns), strict=True):
            rows[at] = dict(zip(("spans", "marked", "pairs"), lists, strict=True))
    return rows


def _spans(batch: Batch) -> Ints:
    owner = batch.article * batch.most_coders + batch.coder
    counts = np.bincount(owner, minlength=batch.count * batch.most_coders)
    return counts.reshape(batch.count, batch.most_coders)


def _add_tallies(row: Row, article: Article, gold: Sequence[Mark]) -> None:
    labels = sorted({label for _, _, label in gold} | set(row["by_label"]))
    for label in labels:
        row["by_label"].setdefault(label, unused(row))["gold"] = []
    row["gold"] = {}
    for coder, marks in article.marks.items():
        found = tallies(gold, marks, labels)
        row["gold"][coder] = list(found[None])
        for label in labels:
            row["by_label"][label]["gold"].append(list(found[label]))


def _add_gold_characters(rows: Sequence[Row], articles: Sequence[Article]) -> None:
    """Compare the characters of gold with each coder's: gold is laid out as one coder more."""
    known = [row for row in rows if "gold" in row]
    # The empty name comes first, whatever people are called.
    laid_out = [
        replace(article, marks={"": article.gold, **article.marks})
        for article in articles
        if article.gold is not None
    ]
    batch = Batch.of(laid_out)
    runs = Runs.of(batch)
    for row, differ in zip(known, _differing(runs), strict=True):
        row["gold_values"] = {}
        row["gold_differ"] = dict(zip(row["spans"], differ, strict=False))
    values = runs.values([0])
    columns = values.article.tolist(), values.key, values.characters.tolist()
    for at, key, characters in zip(*columns, strict=True):
        known[at]["gold_values"][key] = characters

    parts, owners = batch.by_label()
    runs = Runs.of(parts)
    marked = runs.marked(0).tolist()
    for (at, label), characters, differ in zip(owners, marked, _differing(runs), strict=True):
        own = known[at]["by_label"][label]
        own["gold_marked"] = characters
        own["gold_differ"] = differ[: len(known[at]["spans"])]


def _differing(runs: Runs) -> list[list[int]]:
    """Return, for each article, the characters on which each coder differs from the first."""
    coders = range(1, runs.batch.most_coders)
    columns = [runs.differ(0, coder) for coder in coders]
    return np.stack([np.zeros(runs.batch.count, np.int64), *columns], 1)[:, 1:].tolist()


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
