"""Characters, counted on the runs between span borders and never one by one.

On a run every hand has one value: the set of labels covering it. A hand's **segment** is what
lies between two of its own borders, a unit with a value or a gap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.algorithms.agreement.arrays import (
    Bools,
    Ints,
    Prints,
    added_up,
    coded,
    distinct,
    fingerprints,
    grouped,
    openings,
    ranked,
)
from annotations.algorithms.agreement.batch import Batch
from annotations.algorithms.agreement.tables import GOLD, Segments, Values

Labels = tuple[str, ...]
"""A set of labels, in order."""


@dataclass(frozen=True)
class Runs:
    """The runs of a batch, in order, with what each hand has there.

    ``width`` is 0 where nothing counts. ``value`` names each hand's set of labels by a number,
    the empty one by 0; ``borders`` says where a segment of the hand begins. Both have a row for
    each hand. ``begins`` is the first run of each article.
    """

    batch: Batch
    begins: Ints
    article: Ints
    position: Ints
    width: Ints
    value: Prints
    borders: Bools

    @classmethod
    def of(cls, batch: Batch) -> "Runs":
        """Cut a batch at every border of a mark or a zone."""
        hand, start, end, label = _merged(batch)
        _, low, high = batch.zones.T
        edges = [batch.base, batch.base + batch.lengths, start, end, low, high]
        position = distinct(np.concatenate(edges))
        begins, ends, opens, closes, low, high = (np.searchsorted(position, e) for e in edges)
        size = len(position)

        excluded = np.bincount(low, None, size) - np.bincount(high, None, size)
        width = np.diff(position, append=position[-1:])
        width[np.cumsum(excluded) > 0] = 0
        width[ends] = 0

        bits = fingerprints(batch.labels)[label]
        shape = batch.gold + 1, size
        value, borders = np.zeros(shape, np.uint64), np.zeros(shape, bool)
        np.add.at(value, (hand, opens), bits)
        np.subtract.at(value, (hand, closes), bits)
        np.cumsum(value, axis=1, out=value)
        borders[:, begins] = borders[hand, opens] = borders[hand, closes] = True
        number = np.repeat(np.arange(batch.count), np.diff(begins, append=size))
        return cls(batch, begins, number, position, width, value, borders)

    def units(self) -> Ints:
        """Return the characters of each article that count."""
        return self._per_article(self.width)

    def differ(self, one: int, other: int) -> Ints:
        """Return, for each article, the characters on which two hands differ."""
        return self._per_article(self.width * (self.value[one] != self.value[other]))

    def marked(self, hand: int) -> Ints:
        """Return, for each article, the characters on which a hand has any label."""
        return self._per_article(self.width * (self.value[hand] != 0))

    def values(self) -> tuple[Values, Segments, list[Labels]]:
        """Sum the segments of every hand, and of all coders together, by their value.

        Values are numbers of the label sets beside them, which are in order.
        """
        parts = [self._segments(hand) for hand in [*self.batch.coders, self.batch.gold]]
        article, hand, value, *sums = (np.concatenate(part) for part in zip(*parts, strict=True))
        example, number = ranked(value)
        sets, rank = self._spelt(value[example], article[example], hand[example])
        value = rank[number]

        hands, group = grouped(article, np.where(hand == self.batch.gold, GOLD, hand), value)
        values = Values._make((*hands, added_up(group, len(hands[0]), sums[0])))
        is_coder = hand != self.batch.gold
        keys, group = grouped(article[is_coder], value[is_coder])
        totals = (added_up(group, len(keys[0]), column[is_coder]) for column in sums)
        return values, Segments._make((*keys, *totals)), sets

    def _per_article(self, characters: Ints) -> Ints:
        return np.add.reduceat(characters, self.begins) if len(self.begins) else self.begins

    def _segments(self, hand: int) -> tuple[NDArray[np.generic], ...]:
        """Return the article, hand and value of a hand's segments, and the sums of each.

        They are the characters and their square, and for coders, over each other coder: the
        characters on which both have this value, those on which the other has nothing, and the
        square of those on which the other has something.
        """
        batch = self.batch
        first = np.flatnonzero(self.borders[hand])
        article = self.article[first]
        length = np.add.reduceat(self.width, first) if len(first) else first
        same, empty, met = np.zeros((3, len(first)), np.int64)
        for other in batch.coders if hand != batch.gold and len(first) else ():
            if other == hand:
                continue
            present = batch.has(other)[article]
            alike = self.width * (self.value[hand] == self.value[other])
            same += present * np.add.reduceat(alike, first)
            nothing = np.add.reduceat(self.width * (self.value[other] == 0), first)
            empty += present * nothing
            met += present * (length - nothing) ** 2
        whose, value = np.full(len(first), hand), self.value[hand][first]
        there = batch.has(hand)[article] & (length > 0)
        columns = (article, whose, value, length, length**2, same, empty, met)
        return tuple(column[there] for column in columns)

    def _spelt(self, names: Prints, article: Ints, hand: Ints) -> tuple[list[Labels], Ints]:
        """Return the label sets in order, and of each of ``names`` which one it is.

        Of each there is an article and a hand that have it.
        """
        labels = self.batch.labels
        single = {
            name: (label,)
            for name, label in zip(fingerprints(labels).tolist(), labels, strict=True)
        }
        spelt: list[Labels] = []
        for at, name in enumerate(names.tolist()):
            if name == 0 or name in single:
                spelt.append(single.get(name, ()))
            else:
                spelt.append(self._looked_up(names[at], int(article[at]), int(hand[at])))
        order = sorted(range(len(spelt)), key=spelt.__getitem__)
        rank = np.empty(len(spelt), np.int64)
        rank[order] = np.arange(len(spelt))
        return [spelt[at] for at in order], rank

    def _looked_up(self, value: np.uint64, article: int, hand: int) -> Labels:
        """Read a label set off a place where a hand has it."""
        low, high = np.searchsorted(self.article, [article, article + 1])
        run = low + int(np.argmax(self.value[hand, low:high] == value))
        position = self.position[run]
        batch = self.batch
        own = slice(*np.searchsorted(batch.article, [article, article + 1]))
        covering = (
            (batch.hand[own] == hand)
            & (batch.start[own] <= position)
            & (batch.end[own] > position)
        )
        return tuple(sorted({batch.labels[at] for at in batch.label[own][covering]}))


def _merged(batch: Batch) -> tuple[Ints, Ints, Ints, Ints]:
    """Merge what one hand marked with one label and overlaps; touching marks stay apart.

    Returns hand, start, end and label.
    """
    group = coded(batch.article, batch.hand, batch.label)
    order = np.argsort(coded(group, batch.start))
    group, start, end = group[order], batch.start[order], batch.end[order]
    # Each group gets a stretch of numbers of its own, so that one running maximum serves all.
    shift = (np.cumsum(openings(group)) - 1) * (int(end.max(initial=0)) + 1)
    reach = np.maximum.accumulate(end + shift)
    opens = np.ones(len(group), bool)
    opens[1:] = (start + shift)[1:] >= reach[:-1]
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(group))[: len(first)] - 1
    whole = order[first]
    return batch.hand[whole], start[first], (reach - shift)[last], batch.label[whole]
