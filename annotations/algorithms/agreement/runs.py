"""Characters, counted on the runs between span borders and never one by one.

On a run every coder has one value: the set of labels covering it. A coder's **segment** is what
lies between two of their own borders, a unit with a value or a gap.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.algorithms.agreement.article import Batch, Ints, distinct, fingerprint

NOTHING = "[]"
"""The key of the empty set; other keys are JSON lists of labels in order."""


@dataclass(frozen=True)
class Values:
    """For each article, coder and value: ``[article, coder, key, characters, …]`` sums.

    ``squares`` sums the squared lengths of segments. Over ordered pairs with each other coder:
    ``same`` has the characters on which both have this value, ``empty`` those on which the other
    has nothing, ``met`` the squares of the characters of a segment on which the other has
    something.
    """

    article: Ints
    coder: Ints
    key: list[str]
    characters: Ints
    squares: Ints
    same: Ints
    empty: Ints
    met: Ints


@dataclass(frozen=True)
class Runs:
    """The runs of a batch, in order, with what each coder has there.

    ``width`` is 0 where nothing counts; ``value`` and ``segment`` have a row for each coder.
    """

    batch: Batch
    article: Ints
    position: Ints
    width: Ints
    value: NDArray[np.uint64]
    segment: Ints

    @classmethod
    def of(cls, batch: Batch) -> "Runs":
        """Cut a batch at every border of a mark or a zone."""
        group, start, end, label = _merged(batch)
        zones = batch.zones[:, 1:]
        edges = np.concatenate([batch.base, batch.base + batch.lengths])
        position = distinct(np.concatenate([edges, start, end, zones.ravel()]))
        size = len(position)

        article = np.searchsorted(batch.base, position, "right") - 1
        excluded = np.zeros(size, np.int64)
        np.add.at(excluded, np.searchsorted(position, zones[:, 0]), 1)
        np.add.at(excluded, np.searchsorted(position, zones[:, 1]), -1)
        width = np.diff(position, append=position[-1:])
        width[np.cumsum(excluded) > 0] = 0
        width[position == (batch.base + batch.lengths)[article]] = 0

        bits = np.array([fingerprint(name) for name in batch.labels], np.uint64)
        opens, closes = np.searchsorted(position, start), np.searchsorted(position, end)
        begins = np.searchsorted(position, batch.base)
        value = np.zeros((batch.most_coders, size), np.uint64)
        segment = np.zeros((batch.most_coders, size), np.int64)
        for coder in range(batch.most_coders):
            own = group % batch.most_coders == coder
            np.bitwise_xor.at(value[coder], opens[own], bits[label[own]])
            np.bitwise_xor.at(value[coder], closes[own], bits[label[own]])
            np.bitwise_xor.accumulate(value[coder], out=value[coder])
            border = segment[coder]
            for at in (begins, opens[own], closes[own]):
                border[at] = 1
            np.cumsum(border, out=border)
            border -= 1
        return cls(batch, article, position, width, value, segment)

    def units(self) -> Ints:
        """Return the characters of each article that count."""
        return self._per_article(self.width)

    def differ(self, one: int, other: int) -> Ints:
        """Return, for each article, the characters on which two of its coders differ."""
        return self._per_article(self.width * (self.value[one] != self.value[other]))

    def marked(self, coder: int) -> Ints:
        """Return, for each article, the characters on which a coder has any label."""
        return self._per_article(self.width * (self.value[coder] != 0))

    def values(self, coders: Iterable[int] | None = None) -> Values:
        """Sum the segments of every coder, or of some, by their value."""
        every = range(self.batch.most_coders) if coders is None else coders
        parts = [self._segments(coder) for coder in every]
        article, coder, value, *sums = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        distinct, dense = np.unique(value, return_inverse=True)
        most = self.batch.most_coders
        group = (article * most + coder) * len(distinct) + dense
        groups, inverse = np.unique(group, return_inverse=True)
        keys = self._keys(distinct, article, coder, dense)
        owner, at = np.divmod(groups, len(distinct))
        characters, squares, same, empty, met = (
            np.round(np.bincount(inverse, column, len(groups))).astype(np.int64) for column in sums
        )
        return Values(
            owner // most,
            owner % most,
            [keys[value] for value in at.tolist()],
            characters,
            squares,
            same,
            empty,
            met,
        )

    def _per_article(self, characters: Ints) -> Ints:
        return np.bincount(self.article, characters, self.batch.count).astype(np.int64)

    def _segments(self, coder: int) -> tuple[NDArray[np.generic], ...]:
        segment = self.segment[coder]
        count = int(segment[-1]) + 1 if len(segment) else 0
        first = np.searchsorted(segment, np.arange(count))
        article = self.article[first]
        length = np.bincount(segment, self.width, count)
        same, empty, met = np.zeros((3, count))
        for other in range(self.batch.most_coders):
            if other == coder:
                continue
            present = other < self.batch.sizes[article]
            alike = self.width * (self.value[coder] == self.value[other])
            same += present * np.bincount(segment, alike, count)
            nothing = np.bincount(segment, self.width * (self.value[other] == 0), count)
            empty += present * nothing
            met += present * (length - nothing) ** 2
        there = (coder < self.batch.sizes[article]) & (length > 0)
        columns = (
            article,
            np.full(count, coder),
            self.value[coder][first],
            length,
            length**2,
            same,
            empty,
            met,
        )
        return tuple(column[there] for column in columns)

    def _keys(
        self, distinct: NDArray[np.uint64], article: Ints, coder: Ints, dense: Ints
    ) -> list[str]:
        """Spell the distinct values as label sets, each by looking at one place that has it."""
        bits = np.array([fingerprint(label) for label in self.batch.labels], np.uint64)
        single = {int(bit): [label] for bit, label in zip(bits, self.batch.labels, strict=True)}
        keys = []
        for at, value in enumerate(distinct.tolist()):
            if value == 0:
                keys.append(NOTHING)
            elif value in single:
                keys.append(json.dumps(single[value]))
            else:
                example = int(np.argmax(dense == at))
                keys.append(self._spell(value, int(article[example]), int(coder[example])))
        return keys

    def _spell(self, value: int, article: int, coder: int) -> str:
        run = int(np.argmax((self.article == article) & (self.value[coder] == np.uint64(value))))
        position = self.position[run]
        batch = self.batch
        low, high = np.searchsorted(batch.article, [article, article + 1])
        covering = (
            (batch.coder[low:high] == coder)
            & (batch.start[low:high] <= position)
            & (batch.end[low:high] > position)
        )
        return json.dumps(sorted({batch.labels[at] for at in batch.label[low:high][covering]}))


def _merged(batch: Batch) -> tuple[Ints, Ints, Ints, Ints]:
    """Merge what one coder marked with one label and overlaps; touching marks stay apart.

    Returns article and coder as one number, start, end and label.
    """
    owner = batch.article * batch.most_coders + batch.coder
    group = owner * max(len(batch.labels), 1) + batch.label
    order = np.lexsort((batch.start, group))
    group, start, end = group[order], batch.start[order], batch.end[order]
    # Each group gets a stretch of numbers of its own, so that one running maximum serves all.
    rank = np.cumsum(np.diff(group, prepend=group[:1]) > 0)
    shift = rank * (int(end.max(initial=0)) + 1)
    reach = np.maximum.accumulate(end + shift)
    opens = np.ones(len(group), bool)
    opens[1:] = (start + shift)[1:] >= reach[:-1]
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(group))[: len(first)] - 1
    merged = group[first]
    labels = max(len(batch.labels), 1)
    return merged // labels, start[first], (reach - shift)[last], merged % labels
