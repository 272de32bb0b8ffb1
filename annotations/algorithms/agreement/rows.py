"""From what people marked to what each article contributes to every figure."""

from collections.abc import Iterable, Sequence

import numpy as np

from annotations.algorithms.agreement import attributes
from annotations.algorithms.agreement.arrays import Ints, coded
from annotations.algorithms.agreement.article import Article
from annotations.algorithms.agreement.batch import Batch
from annotations.algorithms.agreement.confusion import confusions
from annotations.algorithms.agreement.pairs import shared
from annotations.algorithms.agreement.runs import Runs
from annotations.algorithms.agreement.semeval import tallies
from annotations.algorithms.agreement.tables import (
    ALL,
    GOLD,
    KEYS,
    Against,
    Labelled,
    Pairs,
    Said,
    Table,
    Tables,
    Work,
    where,
)
from annotations.algorithms.agreement.words import words_of


def rows_of(articles: Iterable[Article]) -> Tables:
    """Measure articles, all in one step: some hundred at a time stay in a processor's cache."""
    every = list(articles)
    batch = Batch.of(every)
    runs = Runs.of(batch)
    used, segments, values = runs.values()
    # With each label by itself, an article is as many articles as it has labels.
    parts, *names = batch.by_label()
    runs_of_parts = Runs.of(parts)
    work = [_work(batch, runs), _of_label(_work(parts, runs_of_parts), *names)]
    pairs = [*shared(batch, runs)]
    pairs += [_of_label(table, *names) for table in shared(parts, runs_of_parts)]
    against = [*tallies(batch, runs)]
    against += [_of_label(table, *names) for table in tallies(parts, runs_of_parts)]

    coders = sorted({name for one in every for name in one.marks})
    person = _people(every, coders, batch.gold)
    return Tables(
        coders=coders,
        labels=batch.labels,
        values=values,
        units=runs.units(),
        work=_joined(Work, work, person),
        pairs=_joined(Pairs, pairs, person),
        against=_joined(Against, against, person),
        used=used._replace(coder=person[used.article, used.coder]),
        segments=segments,
        confusion=confusions(batch),
        agreed=attributes.agreed(batch),
        said=_said(every, batch),
    )


def _work(batch: Batch, runs: Runs) -> Work:
    hands = batch.gold + 1
    size = batch.count * hands
    spans = np.bincount(batch.article * hands + batch.hand, None, size).reshape(-1, hands)
    marked = np.stack([runs.marked(hand) for hand in range(hands)], 1)
    article, hand = np.nonzero(np.stack([batch.has(hand) for hand in range(hands)], 1))
    return Work(
        article,
        np.full(len(article), ALL),
        np.where(hand == batch.gold, GOLD, hand),
        spans[article, hand],
        marked[article, hand],
    )


def _of_label(table: Labelled, owner: Ints, label: Ints) -> Labelled:
    """Name what was counted by label, without those of whom nothing was."""
    part = table.article
    named = table._replace(article=owner[part], label=label[part])
    return where(named, np.any(np.stack(table[KEYS[type(table)] :]), axis=0))


def _joined(kind: type[Table], tables: Sequence[Table], person: Ints) -> Table:
    """Put tables together in order, with coders by their number among all."""
    columns = [np.concatenate(parts) for parts in zip(*tables, strict=True)]
    if not tables:
        columns = [np.empty(0, np.int64) for _ in kind._fields]
    article = columns[0]
    for at, name in enumerate(kind._fields):
        if name in {"coder", "one", "other"}:
            columns[at] = person[article, columns[at]]
    order = np.argsort(coded(*columns[: KEYS[kind]]))
    return kind(*(column[order] for column in columns))


def _people(articles: Sequence[Article], coders: Sequence[str], gold: int) -> Ints:
    """Return a row an article: the numbers of its coders in order, and ``GOLD`` at the end."""
    number = {name: at for at, name in enumerate(coders)}
    person = np.full((len(articles), gold + 1), GOLD)
    for at, article in enumerate(articles):
        person[at, : len(article.marks)] = [number[name] for name in sorted(article.marks)]
    return person


def _said(articles: Sequence[Article], batch: Batch) -> list[Said]:
    words = words_of(batch, [article.text for article in articles])
    return [
        Said(submitted=dict(one.submitted), words=groups, attributes=attributes.answers(one))
        for one, groups in zip(articles, words, strict=True)
    ]
