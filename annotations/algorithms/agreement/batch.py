"""Many articles laid on one axis, so that one step of arithmetic serves them all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from annotations.algorithms.agreement.arrays import Bools, Ints, coded, grouped, openings, spread
from annotations.algorithms.agreement.article import Article, Marks


@dataclass(frozen=True)
class Batch:
    """Articles on one axis, and the marks in them that count, each once.

    Article ``a`` takes ``base[a]`` … ``base[a] + lengths[a]``, with a character between it and
    the next. Whoever marked something is a *hand*: the ``sizes[a]`` coders of an article are
    numbered from 0 in the order of their names, and ``gold`` is the number of gold, which only
    articles with ``has_gold`` have. Marks are in the order of start, end, label and hand.
    ``zones`` has the article, start and end of each excluded stretch, in order.
    """

    base: Ints
    lengths: Ints
    sizes: Ints
    has_gold: Bools
    gold: int
    zones: Ints
    article: Ints
    hand: Ints
    start: Ints
    end: Ints
    label: Ints
    labels: Sequence[str]

    @property
    def count(self) -> int:
        return len(self.base)

    @property
    def coders(self) -> range:
        """The numbers that coders go by."""
        return range(self.gold)

    def has(self, hand: int) -> Bools:
        """Say of each article whether that hand is among those that worked on it."""
        return self.has_gold if hand == self.gold else self.sizes > hand

    @classmethod
    def of(cls, articles: Sequence[Article]) -> "Batch":
        """Lay out articles; labels are numbered in the order of their names."""
        lengths = np.array([article.length for article in articles], np.int64)
        base = np.cumsum(lengths + 1) - lengths - 1
        sizes = np.array([len(article.marks) for article in articles], np.int64)
        gold = int(sizes.max(initial=0))
        works = []
        for at, one in enumerate(articles):
            works += [(at, hand, one.marks[name]) for hand, name in enumerate(sorted(one.marks))]
            if one.gold is not None:
                works.append((at, gold, one.gold))
        owners, hands, every = zip(*works, strict=True) if works else ((), (), ())
        columns = [Marks.of(marks) for marks in every]
        counts = [len(marks.start) for marks in columns]
        names = list(chain.from_iterable(marks.label for marks in columns))
        labels = sorted(set(names))
        number = {name: at for at, name in enumerate(labels)}
        article = np.repeat(np.array(owners, np.int64), counts)
        zones = [
            (at, base[at] + low, base[at] + high)
            for at, one in enumerate(articles)
            if one.excluded
            for low, high in one.zones()
        ]
        return cls(
            base=base,
            lengths=lengths,
            sizes=sizes,
            has_gold=np.array([one.gold is not None for one in articles], bool),
            gold=gold,
            zones=np.array(zones, np.int64).reshape(-1, 3),
            article=article,
            hand=np.repeat(np.array(hands, np.int64), counts),
            start=_joined(marks.start for marks in columns) + base[article],
            end=_joined(marks.end for marks in columns) + base[article],
            label=_joined([map(number.__getitem__, names)]),
            labels=labels,
        )._in_order()

    def _in_order(self) -> "Batch":
        """Bring the marks in order, without repeats and those wholly inside a zone."""
        code = coded(self.start, self.end, self.label, self.hand)
        order = np.argsort(code)
        order = order[openings(code[order])]
        if len(self.zones):
            _, low, high = self.zones.T
            zone = np.searchsorted(low, self.start[order], "right") - 1
            order = order[(zone < 0) | (self.end[order] > high[zone])]
        columns = ("article", "hand", "start", "end", "label")
        return replace(self, **{name: getattr(self, name)[order] for name in columns})

    def by_label(self) -> tuple["Batch", Ints, Ints]:
        """Return a batch with an article for each article and label used in it.

        Beside it, which article and label each of its articles is.
        """
        (owner, label), part = grouped(self.article, self.label)
        lengths = self.lengths[owner]
        base = np.cumsum(lengths + 1) - lengths - 1
        shift = base - self.base[owner]
        order = np.argsort(part, kind="stable")
        part = part[order]
        # Each part has all zones of its article.
        first = np.searchsorted(self.zones[:, 0], owner)
        last = np.searchsorted(self.zones[:, 0], owner, "right")
        whose, zone = spread(first, last - first)
        low, high = self.zones[zone, 1:].T
        batch = Batch(
            base=base,
            lengths=lengths,
            sizes=self.sizes[owner],
            has_gold=self.has_gold[owner],
            gold=self.gold,
            zones=np.stack([whose, low + shift[whose], high + shift[whose]], 1),
            article=part,
            hand=self.hand[order],
            start=self.start[order] + shift[part],
            end=self.end[order] + shift[part],
            label=self.label[order],
            labels=self.labels,
        )
        return batch, owner, label

    @cached_property
    def held(self) -> "Held":
        """The different marks, and who has them."""
        return Held.of(self)


def _joined(columns: Iterable[Iterable[int]]) -> Ints:
    return np.fromiter(chain.from_iterable(columns), np.int64)


@dataclass(frozen=True)
class Held:
    """The different marks of a batch, in order, and a row for each hand: whether it has them.

    ``extent`` numbers the different extents.
    """

    article: Ints
    start: Ints
    end: Ints
    label: Ints
    extent: Ints
    by: Bools

    @classmethod
    def of(cls, batch: Batch) -> "Held":
        other_extent = openings(batch.start) | openings(batch.end)
        opens = other_extent | openings(batch.label)
        by = np.zeros((batch.gold + 1, int(opens.sum())), bool)
        by[batch.hand, np.cumsum(opens) - 1] = True
        extent = np.cumsum(other_extent) - 1
        return cls(
            article=batch.article[opens],
            start=batch.start[opens],
            end=batch.end[opens],
            label=batch.label[opens],
            extent=extent[opens],
            by=by,
        )
