"""What the project's rules say of an article, and what applying them would do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotations.algorithms import zones
from annotations.algorithms.cleaning import Book, Rules, outlet_in
from annotations.algorithms.text import paragraphs
from annotations.enums import CleaningScope, ZonesBy
from annotations.models import (
    Article,
    Batch,
    CleaningRule,
    OutletHabits,
    Project,
    SpanOp,
    Submission,
    Task,
    User,
)

#: An article that loses more of its characters is one to look at.
MUCH = 0.3
#: The effect is measured on so many articles, evenly spread.
MOST_MEASURED = 150
#: So many articles are looked through for the next one that changes.
MOST_WALKED = 300
#: Lines that can be corrected one by one.
MOST_LINES = 400


class RuleBook:
    """All rules of a project, loaded once. ``rules`` stand in for those that are stored."""

    def __init__(self, project: Project, rules: Iterable[CleaningRule] | None = None):
        stored = project.cleaning_rules.order_by("pk") if rules is None else rules
        self._rules = list(stored)
        self._habits = {habits.name: habits for habits in project.outlets.all()}
        self._known: dict[str, Rules] = {}

    def of(self, outlet: str) -> Rules:
        """Return what holds for ``outlet``; empty for articles that name none."""
        if outlet not in self._known:
            self._known[outlet] = self._made_for(outlet)
        return self._known[outlet]

    def as_book(self) -> Book:
        """Return all of it as plain values, to be handed to another process."""
        names = {"", *(rule.outlet for rule in self._rules), *self._habits}
        return Book({name: self.of(name) for name in names}, self._made_for(None))

    def learn(self, habits: OutletHabits) -> None:
        """Take in what was learnt of an outlet meanwhile."""
        self._habits[habits.name] = habits
        self._known.pop(habits.name, None)

    def _made_for(self, outlet: str | None) -> Rules:
        switches: dict[str, bool] = {}
        own: dict[tuple[str, str], CleaningRule] = {}
        for rule in sorted(self._rules, key=lambda r: r.outlet != ""):
            if rule.outlet not in ("", outlet):
                continue
            if rule.builtin:
                switches[rule.builtin] = rule.is_on
            else:
                own[rule.pattern, rule.kind] = rule
        habits = None if outlet is None else self._habits.get(outlet)
        return Rules(
            off=frozenset(name for name, is_on in switches.items() if not is_on),
            own=tuple(
                zones.OwnRule(f"own:{rule.pattern}", rule.pattern, rule.kind)
                for rule in own.values()
                if rule.is_on
            ),
            lines=frozenset(line["text"] for line in habits.lines) if habits else frozenset(),
            order=(habits.date_order or None) if habits else None,  # type: ignore[arg-type]
        )


@dataclass
class Effect:
    """What the rules do to the articles that were measured."""

    total: int
    measured: int = 0
    changed: int = 0
    kept: int = 0
    characters: int = 0
    cut: int = 0
    losing_much: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)

    @property
    def percent(self) -> float:
        """How much of the characters becomes site furniture."""
        return round(100 * self.cut / self.characters, 1) if self.characters else 0.0


def outlet_of(article: Article) -> str:
    return outlet_in(article.meta)


def of_outlet(name: str) -> Q:
    """The condition that an article is of the outlet, or of none if ``name`` is empty."""
    if name:
        return Q(meta__outlet=name)
    return Q(meta__outlet__isnull=True) | Q(meta__outlet=None) | Q(meta__outlet="")


def in_scope(project: Project, scope: str, value: str) -> QuerySet[Article]:
    """Return the published articles that rules are to be applied to."""
    articles = Article.objects.published().filter(project=project)
    if scope == CleaningScope.IMPORT:
        return articles.filter(import_job__uuid=value)
    if scope == CleaningScope.OUTLET:
        return articles.filter(of_outlet(value))
    return articles


def open_to_rules(articles: QuerySet[Article], by: User | None) -> QuerySet[Article]:
    """Keep the articles whose zones a rule may change.

    Those that a record or a person zoned stay as they are, and so do those on which somebody
    has worked. Whoever is blind to a batch learns nothing about it: all of it stays.
    """
    worked_on = SpanOp.objects.filter(assignment__task__article=OuterRef("pk"))
    handed_in = Submission.objects.filter(assignment__task__article=OuterRef("pk"))
    articles = articles.filter(~Exists(worked_on), ~Exists(handed_in), zones_by=ZonesBy.RULES)
    if by is not None:
        hidden = Task.objects.filter(article=OuterRef("pk"), batch__in=Batch.objects.blind_to(by))
        articles = articles.filter(~Exists(hidden))
    return articles


def plan(article: Article, book: RuleBook) -> list[zones.Found]:
    """Return the zones that the rules give an article."""
    return book.of(outlet_of(article)).find(article.text)


def as_zones(found: Sequence[zones.Found]) -> list[dict[str, Any]]:
    return [zone.as_zone() for zone in found]


def measure(articles: QuerySet[Article], book: RuleBook, by: User) -> Effect:
    """Say what the rules of ``book`` do to ``articles``, measured on a sample of them."""
    pks = list(articles.order_by("pk").values_list("pk", flat=True))
    effect = Effect(total=len(pks))
    step = max(1, -(-len(pks) // MOST_MEASURED))
    sample = articles.filter(pk__in=pks[::step])
    free = set(open_to_rules(sample, by).values_list("pk", flat=True))
    for article in sample.only("text", "zones", "meta", "zones_by").iterator(chunk_size=100):
        effect.measured += 1
        effect.kept += article.pk not in free
        if article.pk not in free:
            continue
        found = plan(article, book)
        share = zones.share_of_story(article.text, found)
        effect.characters += len(article.text)
        effect.cut += round(len(article.text) * (1 - share))
        effect.losing_much += 1 - share > MUCH
        effect.changed += as_zones(found) != article.zones
        effect.by_rule.update({zone.rule for zone in found})
    return effect


@dataclass(frozen=True)
class Preview:
    """One article with the zones that it has or would get, and what that means for it."""

    article: Article
    found: list[zones.Found]
    is_open: bool

    @property
    def zones(self) -> list[dict[str, Any]]:
        return as_zones(self.found) if self.is_open else self.article.zones

    @property
    def lost(self) -> float:
        furniture = [
            zones.Found(zone["start"], zone["end"], zone["kind"], "") for zone in self.zones
        ]
        return 1 - zones.share_of_story(self.article.text, furniture)

    @property
    def story(self) -> list[str]:
        """The lines that are in no furniture, without it."""
        kept, at = [], 0
        for zone in self.zones:
            if zone["kind"] == "boilerplate":
                kept.append(self.article.text[at : zone["start"]])
                at = max(at, zone["end"])
        kept.append(self.article.text[at:])
        return [line.strip() for line in "".join(kept).split("\n") if line.strip()]

    @property
    def loses_much(self) -> bool:
        return self.lost > MUCH

    @property
    def is_changed(self) -> bool:
        return self.is_open and self.zones != self.article.zones

    def fits(self, only: str) -> bool:
        return {"changed": self.is_changed, "warnings": self.loses_much}.get(only, True)


def walk(
    articles: QuerySet[Article],
    book: RuleBook,
    by: User,
    *,
    start: Article | None,
    step: str,
    only: str,
) -> Preview | None:
    """Return the first article from ``start`` on that fits ``only``, or ``None`` if none is near.

    ``step`` is ``next``, ``previous``, or empty for ``start`` itself.
    """
    ordered = articles.order_by("-pk" if step == "previous" else "pk")
    if start is not None and step:
        beyond = {"pk__lt": start.pk} if step == "previous" else {"pk__gt": start.pk}
        ordered = ordered.filter(**beyond)
    elif start is not None:
        ordered = ordered.filter(pk=start.pk)
    near = list(ordered.values_list("pk", flat=True)[:MOST_WALKED])
    free = set(open_to_rules(Article.objects.filter(pk__in=near), by).values_list("pk", flat=True))
    for article in ordered.filter(pk__in=near).select_related("project").iterator(chunk_size=20):
        preview = Preview(article, plan(article, book), article.pk in free)
        if preview.fits(only if step or start is None else ""):
            return preview
    return None


@dataclass(frozen=True)
class Line:
    """A line that says something, and the kind of zone that it is in: empty for the story."""

    number: int
    text: str
    kind: str
    is_mixed: bool


def lines(text: str, found: Sequence[dict[str, Any]]) -> list[Line]:
    """Return the lines of a text that say something, the first ``MOST_LINES`` of them."""
    told = []
    for number, (start, end) in enumerate(paragraphs(text)):
        said = text[start:end].strip()
        if not said:
            continue
        start += text[start:end].index(said)
        inside = [z for z in found if z["start"] < start + len(said) and z["end"] > start]
        whole = [z for z in inside if z["start"] <= start and z["end"] >= start + len(said)]
        kind = whole[0]["kind"] if whole else ""
        told.append(Line(number, said, kind, bool(inside) and not whole))
        if len(told) == MOST_LINES:
            break
    return told


def with_lines(
    text: str, found: Sequence[dict[str, Any]], chosen: dict[int, str]
) -> list[dict[str, Any]]:
    """Return zones after the lines in ``chosen`` have become of the kinds given, whole.

    A line that is of its kind already changes nothing.
    """
    result = [dict(zone) for zone in found]
    known = {line.number: line.kind for line in lines(text, found) if not line.is_mixed}
    chosen = {number: kind for number, kind in chosen.items() if known.get(number) != kind}
    for number, (start, end) in enumerate(paragraphs(text)):
        said = text[start:end].strip()
        if number not in chosen or not said:
            continue
        start += text[start:end].index(said)
        end = start + len(said)
        result = [piece for zone in result for piece in _without(zone, start, end)]
        if chosen[number]:
            result.append({"start": start, "end": end, "kind": chosen[number]})
    return sorted(result, key=lambda zone: zone["start"])


def _without(zone: dict[str, Any], start: int, end: int) -> Iterator[dict[str, Any]]:
    if zone["start"] < min(start, zone["end"]):
        yield zone | {"end": min(start, zone["end"])}
    if max(end, zone["start"]) < zone["end"]:
        yield zone | {"start": max(end, zone["start"])}
