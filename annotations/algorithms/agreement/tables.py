"""What articles contribute to every figure: tables of whole numbers, and what is said in words.

Every figure is a sum over rows of these tables. What stands in a column of an article, a coder,
a label or a value is the place in the list of them all.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypedDict, TypeVar

import numpy as np

from annotations.algorithms.agreement.arrays import Bools, Ints, coded, openings, spread

ALL = -1
"""In a column of labels: all of them together."""
NO_LABEL = -1
"""In a column of what was said of an extent: it was not marked."""
GOLD = -1
"""In a column of coders: gold, which is laid out as if it were somebody's work."""


class Work(NamedTuple):
    """What a coder, or gold, marked with a label: distinct marks, and characters under any."""

    article: Ints
    label: Ints
    coder: Ints
    spans: Ints
    marked: Ints


class Pairs(NamedTuple):
    """How two coders' marks pair off (see ``pairs``), and the characters on which they differ."""

    article: Ints
    label: Ints
    one: Ints
    other: Ints
    strict: Ints
    extent: Ints
    overlap: Ints
    differ: Ints


class Against(NamedTuple):
    """How a coder's marks fit gold (see ``semeval``), and the characters on which they differ."""

    article: Ints
    label: Ints
    coder: Ints
    both: Ints
    extent: Ints
    alike: Ints
    overlap: Ints
    missed: Ints
    spurious: Ints
    differ: Ints


class Values(NamedTuple):
    """The characters of an article to which a coder, or gold, gave one set of labels."""

    article: Ints
    coder: Ints
    value: Ints
    characters: Ints


class Segments(NamedTuple):
    """The segments of an article's coders that have one set of labels, added up (see ``runs``).

    ``squares`` sums the squared lengths. Over ordered pairs with each other coder: ``same`` has
    the characters on which both have this value, ``empty`` those on which the other has nothing,
    ``met`` the squares of the characters of a segment on which the other has something.
    """

    article: Ints
    value: Ints
    characters: Ints
    squares: Ints
    same: Ints
    empty: Ints
    met: Ints


class Confusion(NamedTuple):
    """How often two coders gave one extent these labels, of which the second is the later by
    name, or ``NO_LABEL``."""

    article: Ints
    first: Ints
    second: Ints
    times: Ints


class Agreed(NamedTuple):
    """The spans with a label that two coders or more marked alike, and the coders who did."""

    article: Ints
    label: Ints
    spans: Ints
    answers: Ints


Table = TypeVar("Table", Work, Pairs, Against, Values, Segments, Confusion, Agreed)

Labelled = TypeVar("Labelled", Work, Pairs, Against)

KEYS = {Work: 3, Pairs: 4, Against: 3, Values: 3, Segments: 2, Confusion: 3, Agreed: 2}
"""How many columns of each table name what the others count. Rows are in the order of these."""


class Said(TypedDict):
    """What of an article is not a number: see ``Article``, ``words`` and ``attributes``."""

    submitted: dict[str, str]
    words: str
    attributes: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Tables:
    """The tables of some articles.

    ``coders``, ``labels`` and ``values``, which are sets of labels, are in order. ``units`` has
    the characters of each article that count. Counts that are nowhere else 0 for a label are
    left out; for ``ALL``, everybody who submitted has a row.
    """

    coders: Sequence[str]
    labels: Sequence[str]
    values: Sequence[tuple[str, ...]]
    units: Ints
    work: Work
    pairs: Pairs
    against: Against
    used: Values
    segments: Segments
    confusion: Confusion
    agreed: Agreed
    said: Sequence[Said]

    @property
    def count(self) -> int:
        return len(self.units)

    @cached_property
    def sizes(self) -> Ints:
        """The number of coders of each article."""
        is_one = (self.work.label == ALL) & (self.work.coder != GOLD)
        return np.bincount(self.work.article[is_one], None, self.count)

    @property
    def nothing(self) -> int:
        """The number of the empty set of labels, -1 if it was never used."""
        return self.values.index(()) if () in self.values else -1

    def comparable(self) -> "Tables":
        """Keep the articles that two people or more have coded."""
        return self.of_articles(self.sizes > 1)

    def of_articles(self, is_kept: Bools) -> "Tables":
        """Keep some articles, and number them anew."""
        if is_kept.all():
            return self
        number = np.cumsum(is_kept) - 1
        kept: dict[str, Any] = {}
        for name, table in self.tables().items():
            rows = where(table, is_kept[table.article])
            kept[name] = rows._replace(article=number[rows.article])
        said = [one for one, is_in in zip(self.said, is_kept.tolist(), strict=True) if is_in]
        return replace(self, units=self.units[is_kept], said=said, **kept)

    def tables(self) -> dict[str, Any]:
        """Return the tables by name."""
        every = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: table for name, table in every if type(table) in KEYS}

    def used_labels(self) -> list[str]:
        """Return the labels that anybody, or gold, gave to something, in order."""
        return [self.labels[at] for at in np.unique(self.work.label).tolist() if at != ALL]

    def only(self, label: str | None) -> "Tables":
        """Return them as if there were no label but ``label``; with None, for ``ALL`` of them.

        Segments, confusion, and what is said keep all labels.
        """
        works, pairs, against = self._by_label
        if label is None:
            return replace(self, work=works[ALL], pairs=pairs[ALL], against=against[ALL])
        number = self.labels.index(label) if label in self.labels else len(self.labels)
        work = _counting(works, number)
        rest = self.units[work.article] - work.marked
        used = Values(
            article=np.repeat(work.article, 2),
            coder=np.repeat(work.coder, 2),
            value=np.tile(np.array([0, 1]), len(rest)),
            characters=np.stack([rest, work.marked], 1).ravel(),
        )
        return replace(
            self,
            work=work,
            pairs=_counting(pairs, number),
            against=_counting(against, number),
            values=[(), (label,)],
            used=used,
        )

    @cached_property
    def _by_label(self) -> tuple["_Parts[Work]", "_Parts[Pairs]", "_Parts[Against]"]:
        """The tables that count by label, apart for each."""
        return _parted(self.work), _parted(self.pairs), _parted(self.against)

    def values_of(self, article: Ints, coder: Ints) -> tuple[Ints, Ints]:
        """Return the rows of ``used`` that coders have in articles, and whose each is."""
        own = self.used.article * (len(self.coders) + 1) + self.used.coder
        asked = article * (len(self.coders) + 1) + coder
        first, last = (np.searchsorted(own, asked, side) for side in ("left", "right"))
        return spread(first, last - first)

    def spans_of(self, article: Ints, coder: Ints) -> Ints:
        """Return how many spans coders have in articles that they coded, ``only`` some label's."""
        own = self.work.article * (len(self.coders) + 1) + self.work.coder
        return self.work.spans[np.searchsorted(own, article * (len(self.coders) + 1) + coder)]


def where(table: Table, is_kept: Bools | Ints) -> Table:
    """Keep some rows of a table, said of each or by their places."""
    return type(table)(*(column[is_kept] for column in table))


_Parts = defaultdict[int, Labelled]


def _parted(table: Labelled) -> _Parts[Labelled]:
    """Return the rows of each label; of one that has none, no rows."""
    order = np.argsort(table.label, kind="stable")
    ordered: Ints = table.label[order]
    borders = [*np.flatnonzero(openings(ordered)).tolist(), len(order)]
    none = where(table, order[:0])
    return defaultdict(
        lambda: none,
        {int(ordered[low]): where(table, order[low:high]) for low, high in pairwise(borders)},
    )


def _counting(parts: _Parts[Labelled], label: int) -> Labelled:
    """Put what a table counts for one label in the place of what it counts for all."""
    whole, own = parts[ALL], parts[label]
    number = KEYS[type(whole)]
    names = zip(whole[:number], own[:number], strict=True)
    both = [np.concatenate(pair) for at, pair in enumerate(names) if at != 1]
    code = coded(*both)
    place = np.searchsorted(code[: len(whole.article)], code[len(whole.article) :])
    counts = []
    for column in own[number:]:
        counts.append(np.zeros(len(whole.article), np.int64))
        counts[-1][place] = column
    return type(whole)(*whole[:number], *counts)
