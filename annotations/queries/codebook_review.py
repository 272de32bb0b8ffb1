"""Spans that mean something else today than when they were coded: where they are, how far on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from annotations.algorithms.codebook_changes import Changes
from annotations.enums import AssignmentState, Change, TaskState
from annotations.models import Assignment, Batch, Gold, Project, Span, Task, User
from annotations.models.coding import SpanQuerySet
from annotations.queries import codebook_changes, codebook_draft

#: What a label can change without meaning anything else.
LOOKS = frozenset({"name", "colour", "hotkey", "examples"})


class Standing(TextChoices):
    """How far the work is that a span belongs to."""

    PROGRESS = "progress", _("Work in progress")
    SUBMITTED = "submitted", _("Handed in")
    GOLD = "gold", _("Adjudicated")


@dataclass(frozen=True)
class Scope:
    """Which spans: by the version they were coded by, the labels that changed since.

    Version 0 stands for gold of which nobody knows the version.
    """

    project: Project
    user: User
    labels: Mapping[int, frozenset[str]]

    @property
    def groups(self) -> list[tuple[list[str], list[int]]]:
        """The same by labels, each with its versions; without what nothing has changed for."""
        found: dict[frozenset[str], list[int]] = defaultdict(list)
        for number, labels in self.labels.items():
            if labels:
                found[labels].append(number)
        return [(sorted(labels), numbers) for labels, numbers in found.items()]

    @property
    def keys(self) -> frozenset[str]:
        """All labels that something is to be reviewed for."""
        return frozenset().union(*self.labels.values())

    def only(self, label: str) -> "Scope":
        """Return the same for one label."""
        labels = {number: known & {label} for number, known in self.labels.items()}
        return Scope(self.project, self.user, labels)


@dataclass
class Touched:
    """What is to be reviewed in one batch: spans by standing, and pieces of work or articles."""

    batch: Batch
    spans: dict[str, int]
    pieces: dict[str, int]


def labels_of(changes: Changes) -> frozenset[str]:
    """Return the keys of the labels that mean something else after ``changes``."""
    return frozenset(
        change.label["key"]
        for change in changes.labels
        if change.kind in {"retired", "restored"}
        or (change.kind == "changed" and any(one.name not in LOOKS for one in change.fields))
    )


def since(project: Project, user: User) -> Scope:
    """Return what has changed its meaning since each version, for what ``user`` may know of."""
    versions = list(project.codebooks.order_by("number"))
    labels: dict[int, frozenset[str]] = {}
    changed: frozenset[str] = frozenset()
    for before, version in reversed(list(pairwise(versions))):
        labels[version.number] = changed
        if version.change == Change.MEANING:
            changed |= labels_of(codebook_changes.between(before, version))
    labels |= {1: changed, 0: changed}
    return Scope(project, user, labels)


def of_draft(edition: codebook_draft.Edition, user: User) -> Scope:
    """Return what the draft would change for all that is coded, were it a change of meaning."""
    changes = codebook_changes.of_contents(edition.published, edition.content)
    labels = labels_of(changes)
    number = edition.version.number
    return Scope(edition.version.project, user, dict.fromkeys(range(number + 1), labels))


def counts(scope: Scope) -> list[Touched]:
    """Return what is to be reviewed in each batch, the newest first. At most four queries."""
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    if not scope.groups:
        return []
    for standing in (Standing.PROGRESS, Standing.SUBMITTED):
        spans = _touched(scope).filter(assignment__in=work(scope, standing))
        rows = spans.order_by().values_list("assignment__task__batch")
        n = rows.annotate(n=Count("pk"), of=Count("assignment", distinct=True))
        for batch, count, pieces in n:
            found[batch][standing] = (count, pieces)
    golds = gold(scope).order_by().values_list("batch")
    for batch, count, pieces in golds.annotate(n=Sum("touched_count"), of=Count("pk")):
        found[batch][Standing.GOLD] = (count, pieces)
    return [
        Touched(
            batch,
            {one: found[batch.pk].get(one, (0, 0))[0] for one in Standing.values},
            {one: found[batch.pk].get(one, (0, 0))[1] for one in Standing.values},
        )
        for batch in Batch.objects.filter(pk__in=list(found)).order_by("-created_at", "-pk")
    ]


def rows(scope: Scope, standing: str, batch: UUID | None = None) -> QuerySet[Any]:
    """Return the pieces of work, or the tasks with gold, that are to be reviewed, in one order.

    Each has its spans as ``touched``, in reading order; those of gold are as gold has them.
    """
    if standing == Standing.GOLD:
        tasks = gold(scope).select_related("article", "batch").defer("article__text")
        return (tasks.filter(batch__uuid=batch) if batch else tasks).order_by("pk")
    spans = _touched(scope).in_reading_order().select_related("label")
    found = (
        work(scope, standing)
        .select_related("task__article", "task__batch__project", "coder__user", "codebook")
        .defer("task__article__text")
        .prefetch_related(Prefetch("spans", spans, to_attr="touched"))
    )
    return (found.filter(task__batch__uuid=batch) if batch else found).order_by("pk")


def after(found: QuerySet[Any], last: UUID | None) -> QuerySet[Any]:
    """Keep what comes after the row with this UUID."""
    row = found.model.objects.filter(uuid=last).only("pk").first() if last else None
    return found.filter(pk__gt=row.pk) if row else found


def work(scope: Scope, standing: str) -> QuerySet[Assignment]:
    """Return the coders' work of this standing that has spans to review."""
    is_touched = Q(pk__in=[])
    for labels, numbers in scope.groups:
        spans = Span.objects.filter(assignment=OuterRef("pk"), label__key__in=labels)
        is_touched |= Q(Exists(spans), codebook__number__in=numbers)
    found = Assignment.objects.filter(is_touched, task__in=_tasks(scope))
    if standing == Standing.PROGRESS:
        return found.unfinished()
    done = found.filter(state=AssignmentState.SUBMITTED, task__known_gold=None)
    return done.exclude(task__state=TaskState.ADJUDICATED)


def gold(scope: Scope) -> QuerySet[Task]:
    """Return the adjudicated tasks whose gold has spans to review, as ``touched``."""
    last = Gold.objects.filter(task=OuterRef("pk")).order_by("-number")
    keys = Case(
        *(
            When(_of_version(numbers), then=Value({"keys": labels}, JSONField()))
            for labels, numbers in scope.groups
        ),
        default=Value({"keys": []}, JSONField()),
    )
    touched = Func(
        F("spans"),
        # The first argument is a path of its own type, not a text.
        Value("$[*] ? (@.label == $keys[*])"),
        keys,
        template="jsonb_path_query_array(%(expressions)s)",
        output_field=JSONField(),
    )
    found = last.annotate(found=touched)
    return (
        _tasks(scope)
        .filter(state=TaskState.ADJUDICATED)
        .annotate(
            gold_version=Subquery(last.values("codebook_version")[:1]),
            touched=Subquery(found.values("found")[:1]),
        )
        .annotate(
            touched_count=Func(
                F("touched"), function="jsonb_array_length", output_field=IntegerField()
            )
        )
        .filter(touched_count__gt=0)
    )


def _of_version(numbers: Iterable[int]) -> Q:
    of_these = Q(codebook_version__in=numbers)
    return of_these | Q(codebook_version=None) if 0 in numbers else of_these


def _touched(scope: Scope) -> SpanQuerySet:
    wanted = Q(pk__in=[])
    for labels, numbers in scope.groups:
        wanted |= Q(label__key__in=labels, assignment__codebook__number__in=numbers)
    return Span.objects.filter(wanted)


def _tasks(scope: Scope) -> QuerySet[Task]:
    """Return the tasks that the person may know of and that no review has reached since."""
    batches = Batch.objects.visible_to(scope.user).open_book_for(scope.user)
    tasks = Task.objects.kept().filter(batch__project=scope.project, batch__in=batches)
    numbers = [number for number, labels in scope.labels.items() if labels]
    return tasks.filter(Q(codebook=None) | Q(codebook__number__in=numbers))
