"""How a coder's version differs from gold, place by place, and what adjudicators said of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from annotations.algorithms.cards import Extent
from annotations.algorithms.comparison import Place, Row, places
from annotations.models import Card, Decision, Gold, LabelDefinition, Project
from annotations.queries import codebook
from annotations.queries.gold import extent_of

#: How many characters of the text stand before and after a place, and how many of it are shown.
AROUND = 100
LONGEST = 1500


@dataclass(frozen=True)
class Compared:
    """One coder's spans of a text, beside the gold that they are held against."""

    text: str
    own: Sequence[Row]
    gold: Gold


@dataclass(frozen=True)
class Ruling:
    """What an adjudicator said: ``rule`` is the number of one of the codebook's, if it has any."""

    reason: str
    note: str
    rule: str
    rule_text: str
    #: Who ruled, where the project shows names.
    by: str


@dataclass(frozen=True)
class Side:
    """What one of the two has in a place: its spans, and the text around with them marked."""

    spans: Sequence[Row]
    labels: Sequence[LabelDefinition]
    pieces: Sequence[tuple[str, LabelDefinition | None]]

    @property
    def marks(self) -> list[tuple[Row, LabelDefinition]]:
        return list(zip(self.spans, self.labels, strict=True))


@dataclass(frozen=True)
class Difference:
    """A place in which the two differ, with the text around it, and why gold is as it is."""

    place: Place
    own: Side
    gold: Side
    rulings: Sequence[Ruling]

    @property
    def labels(self) -> list[LabelDefinition]:
        """The labels that either has here, in the codebook's order."""
        unique = {label.pk: label for label in (*self.own.labels, *self.gold.labels)}
        return sorted(unique.values(), key=lambda label: label.position)


def explained(project: Project, compared: Iterable[Compared]) -> list[list[Difference]]:
    """Return for each comparison where it differs; in few queries, however many there are."""
    compared = list(compared)
    rulings = _Rulings.of(project, [one.gold for one in compared])
    labels = {one.label.key: one for one in codebook.current_definitions(project)}
    return [
        [
            Difference(
                place,
                _side(one.text, place, place.own, labels),
                _side(one.text, place, place.gold, labels),
                rulings.on(one.gold, place),
            )
            for place in places(one.own, one.gold.spans)
        ]
        for one in compared
    ]


def _side(
    text: str, place: Place, rows: Sequence[Row], labels: Mapping[str, LabelDefinition]
) -> Side:
    start, end = _around(text, place)
    marks = [
        (max(row["start"], start), min(row["end"], end), labels[row["label"]]) for row in rows
    ]
    borders = sorted({start, end, *(at for low, high, _ in marks for at in (low, high))})
    pieces = []
    for left, right in pairwise(border for border in borders if start <= border <= end):
        held = [mark for mark in marks if mark[0] <= left and right <= mark[1]]
        innermost = min(held, key=lambda mark: mark[1] - mark[0], default=None)
        pieces.append((text[left:right], innermost[2] if innermost else None))
    if end < place.end:
        pieces.append(("…", None))
    return Side(rows, [labels[row["label"]] for row in rows], pieces)


def _around(text: str, place: Place) -> tuple[int, int]:
    """Return which part of the text to show: whole words, and never very much."""
    start, end = max(0, place.start - AROUND), min(place.end, place.start + LONGEST)
    if start and (cut := re.search(r"\s", text[start : place.start])):
        start += cut.end()
    if end < place.end:
        return start, end
    after = text[end : end + AROUND]
    if end + AROUND < len(text) and (words := after.rpartition(" ")[0]):
        after = words
    return start, end + len(after)


class _Rulings:
    """What people ruled on the tasks that some gold comes from, by what it is about."""

    def __init__(self, rules: Mapping[Any, Mapping[str, str]], *, shows_names: bool):
        self._rules = rules
        self._shows_names = shows_names
        self._on_extent: dict[int, dict[Extent, Decision]] = defaultdict(dict)
        self._by_uuid: dict[str, Decision] = {}

    @classmethod
    def of(cls, project: Project, golds: Sequence[Gold]) -> "_Rulings":
        tasks = {gold.task_id for gold in golds}
        cards = list(
            Card.objects.filter(task__in=tasks, decision__is_automatic=False)
            .select_related("decision__made_by")
            .defer("decision__candidates", "decision__spans")
            .order_by("pk")
        )
        cited = [card.decision for card in cards if card.decision]
        rules = codebook.rules_of(project, {one.codebook_version for one in cited})
        found = cls(rules, shows_names=bool(project.settings.get("show_names")))
        for card in cards:
            found._add(card)
        return found

    def _add(self, card: Card) -> None:
        if card.decision is None:
            return
        self._by_uuid[str(card.decision.uuid)] = card.decision
        for rows in card.candidates.values():
            for row in rows:
                self._on_extent[card.task_id][extent_of(row)] = card.decision

    def on(self, gold: Gold, place: Place) -> list[Ruling]:
        """Return what was said of the place: of what gold has there, and of what it lacks."""
        found = [self._by_uuid.get(str(row.get("decision"))) for row in place.gold]
        on_extent = self._on_extent[gold.task_id]
        found += [on_extent.get(extent_of(row)) for row in place.own]
        unique = {decision.pk: decision for decision in found if decision is not None}
        return [self._said(decision) for _pk, decision in sorted(unique.items())]

    def _said(self, decision: Decision) -> Ruling:
        rules = self._rules.get(decision.codebook_version, {})
        by = decision.made_by.username if self._shows_names and decision.made_by else ""
        return Ruling(
            decision.reason, decision.note, decision.rule, rules.get(decision.rule, ""), by
        )
