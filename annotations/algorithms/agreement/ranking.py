"""Articles by how far people agree on them."""

from dataclasses import dataclass

import numpy as np

from annotations.algorithms.agreement import alpha, words
from annotations.algorithms.agreement.arrays import Ints, added_up
from annotations.algorithms.agreement.figures import Figure, figure
from annotations.algorithms.agreement.standing import OfGold, OfPairs
from annotations.algorithms.agreement.tables import GOLD, NO_LABEL, Tables, where


@dataclass(frozen=True)
class Question:
    """Which articles are meant, and whose agreement on them.

    ``pair``: of these two. ``coder``: of this one with the others, or with gold; between
    ``start`` and ``end``, ISO 8601, by that coder's submissions. ``labels``: articles in which
    one of two coders gave the first and the other the second, None being nothing, to an extent.
    ``word``: articles in which it is disputed.
    """

    label: str | None = None
    pair: tuple[str, str] | None = None
    coder: str | None = None
    is_gold: bool = False
    start: str | None = None
    end: str | None = None
    labels: tuple[str | None, str | None] | None = None
    word: str | None = None


@dataclass(frozen=True)
class Standing:
    """One article, by its place: the figures asked for, and how often what was looked for
    occurs."""

    article: int
    alpha: Figure
    strict_f1: Figure
    times: int | None
    units: int
    spans: int
    coders: tuple[str, ...]


def standings(tables: Tables, question: Question) -> list[Standing]:
    """Return where those articles stand that are meant, the worst first.

    They go by α, then by F1; what can't be said comes last, and else the first comes first.
    """
    seen = tables.only(question.label)
    times = _times(tables, question)
    found: OfGold | OfPairs
    if question.is_gold and question.coder is not None:
        rows = where(seen.against, seen.against.coder == _number(tables, question.coder))
        found = OfGold.of(seen, rows, rows.article, seen.count)
    else:
        is_asked = np.ones(len(seen.pairs.article), bool)
        for name in question.pair or (question.coder,):
            if name is not None:
                number = _number(tables, name)
                is_asked &= (seen.pairs.one == number) | (seen.pairs.other == number)
        pairs = where(seen.pairs, is_asked)
        found = OfPairs.of(seen, pairs, pairs.article, seen.count)
    if question.pair is None and question.coder is None:
        alphas = alpha.Table.of(tables, question.label).of_each()
    else:
        alphas = [found.alpha(at) for at in range(seen.count)]
    work = where(seen.work, seen.work.coder != GOLD)
    spans = added_up(work.article, seen.count, work.spans).tolist()
    border = np.searchsorted(work.article, np.arange(seen.count + 1)).tolist()
    people = [tables.coders[at] for at in work.coder.tolist()]
    chosen = [
        Standing(
            article=at,
            alpha=figure(alphas[at]),
            strict_f1=figure(found.f1(at)),
            times=None if times is None else times[at],
            units=int(seen.units[at]),
            spans=spans[at],
            coders=tuple(people[border[at] : border[at + 1]]),
        )
        for at in range(seen.count)
        if found.articles(at)
        and (times is None or times[at])
        and _is_in_time(tables.said[at]["submitted"], question)
    ]
    return sorted(chosen, key=_worst_first)


def _worst_first(one: Standing) -> tuple[bool, float, bool, float, int]:
    alpha, strict = one.alpha["value"], one.strict_f1["value"]
    return (alpha is None, alpha or 0.0, strict is None, strict or 0.0, one.article)


def _number(tables: Tables, coder: str) -> int:
    """Return the number of a coder; one whom nobody has, for a name that is not known."""
    return tables.coders.index(coder) if coder in tables.coders else len(tables.coders)


def _times(tables: Tables, question: Question) -> list[int] | None:
    """Return how often the labels or the word occur, None if neither is asked for."""
    counts = []
    if question.labels is not None:
        counts.append(_mixed_up(tables, question.labels).tolist())
    if question.word is not None:
        counts.append(
            [words.disputed_in(said, question.word, question.label) for said in tables.said]
        )
    return [min(both) for both in zip(*counts, strict=True)] if counts else None


def _mixed_up(tables: Tables, labels: tuple[str | None, str | None]) -> Ints:
    """Count in each article how often one extent got the one label and the other."""
    number = {name: at for at, name in enumerate(tables.labels)}
    known = sorted(number.get(label, len(number)) for label in labels if label is not None)
    first, second = [*known, NO_LABEL, NO_LABEL][:2]
    counts = tables.confusion
    own = where(counts, (counts.first == first) & (counts.second == second))
    return added_up(own.article, tables.count, own.times)


def _is_in_time(submitted: dict[str, str], question: Question) -> bool:
    """Compare as text: all are in one time zone, to the microsecond."""
    if question.start is None and question.end is None:
        return True
    moment = submitted.get(question.coder or "", "")
    return (question.start or "") <= moment and moment <= (question.end or moment)
