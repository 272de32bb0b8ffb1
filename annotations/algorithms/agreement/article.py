"""What the measures read: who marked what in one article."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

Mark = tuple[int, int, str]
"""``(start, end, label)``, code points, ``end`` exclusive."""


@dataclass(slots=True)
class Marks(Sequence[Mark]):
    """Marks in columns: to make an object of each takes as long as to measure them."""

    start: Sequence[int]
    end: Sequence[int]
    label: Sequence[str]

    @classmethod
    def of(cls, marks: Sequence[Mark]) -> "Marks":
        """Return ``marks`` in columns."""
        if isinstance(marks, cls):
            return marks
        return cls(*zip(*marks, strict=True)) if marks else cls((), (), ())

    def __iter__(self) -> Iterator[Mark]:
        return zip(self.start, self.end, self.label, strict=True)

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, at: Any) -> Any:
        return list(self)[at]


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

    ``length`` is in code points; ``excluded`` stretches (boilerplate) count nowhere, and neither
    do marks wholly inside one. ``marks`` has everybody who submitted, also those who found
    nothing; who is not in it, is missing. A mark that is repeated counts once. ``gold`` is None
    where nothing was adjudicated. ``text`` is what words are looked up in, none without it.
    ``attributes`` has for a coder's marks what they say of them; ``submitted`` when each coder
    handed in, as ``as_text`` spells it.
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
        zones = self.zones()
        return replace(
            self,
            marks={coder: _kept(self.marks[coder], zones) for coder in sorted(self.marks)},
            excluded=zones,
            gold=None if self.gold is None else _kept(self.gold, zones),
        )

    def zones(self) -> list[tuple[int, int]]:
        """Return the excluded stretches in order, without those that meet another."""
        merged: list[tuple[int, int]] = []
        for start, end in sorted(self.excluded):
            start, end = max(0, start), min(end, self.length)
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            elif start < end:
                merged.append((start, end))
        return merged


def _kept(marks: Sequence[Mark], zones: Sequence[tuple[int, int]]) -> list[Mark]:
    return [
        (start, end, label)
        for start, end, label in sorted(set(marks))
        if not any(low <= start and end <= high for low, high in zones)
    ]


def as_text(at: datetime) -> str:
    """Spell a moment such that texts are in the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
