"""What the measures read: who marked what in one article."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

Mark = tuple[int, int, str]
"""``(start, end, label)``, code points, ``end`` exclusive."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class NA:
    """An undefined figure. ``code`` says why: it is never 0, never 1 and never NaN.

    ``no_articles``: nothing was coded by two people. ``no_characters``: they read no text that
    counts. ``one_category``: everybody did the same everywhere, so there is no chance to correct
    for. ``no_spans``: nobody marked anything. ``no_pairs``: no two people share an article.
    ``no_overlap``: no marked stretches of two people meet. ``too_few_units``: they meet, but in
    so few units that nothing could be expected by chance. ``all_labels_only``: the figure
    compares labels, and one was asked for. A caller may add ``pending``.
    """

    code: str


@dataclass(frozen=True)
class Article:
    """One article as its coders left it.

    ``length`` is in code points; ``excluded`` stretches (boilerplate) count nowhere. ``marks``
    has everybody who submitted, also those who found nothing; who is not in it, is missing.
    ``gold`` is None where nothing was adjudicated. ``text`` is what words are looked up in, none
    without it. ``attributes`` has for a coder's marks what they say of them; ``submitted`` when
    each coder handed in, as ``as_text`` spells it.
    """

    length: int
    marks: Mapping[str, Sequence[Mark]]
    excluded: Sequence[tuple[int, int]] = ()
    gold: Sequence[Mark] | None = None
    text: str = ""
    attributes: Mapping[str, Mapping[Mark, Mapping[str, str]]] = field(default_factory=dict)
    submitted: Mapping[str, str] = field(default_factory=dict)

    def cleaned(self) -> "Article":
        """Return it with repeats counted once and marks wholly inside excluded zones dropped."""
        zones = self._merged_zones()
        return replace(
            self,
            marks={coder: _kept(self.marks[coder], zones) for coder in sorted(self.marks)},
            excluded=zones,
            gold=None if self.gold is None else _kept(self.gold, zones),
        )

    def _merged_zones(self) -> list[tuple[int, int]]:
        merged: list[tuple[int, int]] = []
        for start, end in sorted(self.excluded):
            start, end = max(0, start), min(end, self.length)
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            elif start < end:
                merged.append((start, end))
        return merged


def _kept(marks: Sequence[Mark], zones: Sequence[tuple[int, int]]) -> list[Mark]:
    unique = sorted(set(marks))
    if not zones:
        return unique
    return [
        (start, end, label)
        for start, end, label in unique
        if not any(low <= start and end <= high for low, high in zones)
    ]


@dataclass(frozen=True)
class Batch:
    """Many cleaned articles on one axis, as arrays with an entry for each mark.

    Article ``a`` takes ``base[a]`` … ``base[a] + lengths[a]``, with a character between it and
    the next, and has ``sizes[a]`` coders, numbered from 0. Marks are in the order of articles.
    ``zones`` has the article, start and end of each excluded stretch.
    """

    base: Ints
    lengths: Ints
    sizes: Ints
    zones: Ints
    article: Ints
    coder: Ints
    start: Ints
    end: Ints
    label: Ints
    labels: Sequence[str]

    @property
    def count(self) -> int:
        return len(self.base)

    @property
    def most_coders(self) -> int:
        return int(self.sizes.max(initial=1))

    @classmethod
    def of(cls, articles: Sequence[Article]) -> "Batch":
        """Lay out cleaned articles; coders are numbered in the order of their names."""
        lengths = np.array([article.length for article in articles], np.int64)
        base = np.cumsum(lengths + 1) - lengths - 1
        every = [
            (at, coder, marks)
            for at, article in enumerate(articles)
            for coder, marks in enumerate(article.marks.values())
        ]
        counts = [len(marks) for _, _, marks in every]
        marks = [mark for _, _, own in every for mark in own]
        starts, ends, names = zip(*marks, strict=True) if marks else ((), (), ())
        number = {name: at for at, name in enumerate(dict.fromkeys(names))}
        start, end = np.array(starts, np.int64), np.array(ends, np.int64)
        label = np.array([number[name] for name in names], np.int64)
        article = np.repeat(np.array([at for at, _, _ in every], np.int64), counts)
        zones = [
            (at, base[at] + low, base[at] + high)
            for at, one in enumerate(articles)
            for low, high in one.excluded
        ]
        return cls(
            base=base,
            lengths=lengths,
            sizes=np.array([len(one.marks) for one in articles], np.int64),
            zones=np.array(zones, np.int64).reshape(-1, 3),
            article=article,
            coder=np.repeat(np.array([coder for _, coder, _ in every], np.int64), counts),
            start=start + base[article],
            end=end + base[article],
            label=label,
            labels=list(number),
        )

    def by_label(self) -> tuple["Batch", list[tuple[int, str]]]:
        """Return a batch with an article for each article and label used in it.

        Beside it, which article and label each of its articles is.
        """
        labels = max(len(self.labels), 1)
        parts, part = np.unique(self.article * labels + self.label, return_inverse=True)
        owner, label = np.divmod(parts, labels)
        lengths = self.lengths[owner]
        base = np.cumsum(lengths + 1) - lengths - 1
        order = np.argsort(part, kind="stable")
        shift = (base - self.base[owner])[part]
        # Each part has all zones of its article.
        whose, zone = np.nonzero(owner[:, None] == self.zones[None, :, 0])
        zones = self.zones[zone]
        zones[:, 0] = whose
        zones[:, 1:] += (base - self.base[owner])[whose, None]
        batch = Batch(
            base=base,
            lengths=lengths,
            sizes=self.sizes[owner],
            zones=zones,
            article=part[order],
            coder=self.coder[order],
            start=(self.start + shift)[order],
            end=(self.end + shift)[order],
            label=self.label[order],
            labels=self.labels,
        )
        names = [self.labels[at] for at in label.tolist()]
        return batch, list(zip(owner.tolist(), names, strict=True))


def as_text(at: datetime) -> str:
    """Spell a moment such that texts are in the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def distinct(values: Ints) -> Ints:
    """Return the different values in order; ``np.unique`` hashes, which takes longer."""
    ordered = np.sort(values)
    new = np.ones(len(ordered), bool)
    new[1:] = np.diff(ordered) != 0
    return ordered[new]


def fingerprint(label: str) -> int:
    """Name a label by 64 bits, such that the exclusive or of several names their set."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "big")
