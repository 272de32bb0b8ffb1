"""Which articles coders disagree on, and who could be asked to code them as well."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    F,
    Field,
    Func,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from annotations.algorithms.spreading import spread
from annotations.enums import AssignmentState, CardKind, TaskState
from annotations.models import Assignment, Batch, Card, Member, Task
from annotations.models.batches import TaskQuerySet
from annotations.queries import reassignment

#: The states in which a task's disputes wait for rulings.
DISPUTED_IN = (TaskState.CODED, TaskState.ADJUDICATING)


class _JsonPath(Field):
    """PostgreSQL's type for a path into JSON."""

    def db_type(self, connection: Any) -> str:
        return "jsonpath"


@dataclass
class Asking:
    """Who would be asked for which article, and which articles none of them can take.

    ``earlier`` is what the coder asked had of an article before, by task.
    """

    given: dict[int, Member] = field(default_factory=dict)
    earlier: dict[int, Assignment] = field(default_factory=dict)
    unplaced: list[Task] = field(default_factory=list)

    @property
    def loads(self) -> list[tuple[str, int]]:
        """How many articles each of them would get."""
        counted = Counter(member.name for member in self.given.values())
        return sorted(counted.items(), key=lambda item: item[0].casefold())


def disputed(batch: Batch, at_least: int = 1, labels: Sequence[str] = ()) -> TaskQuerySet:
    """Return the tasks of ``batch`` with so many disputes that wait for a ruling.

    With ``labels`` only disputes count in which somebody used one of them.
    """
    cards = Card.objects.filter(Q(decision=None) | Q(is_stale=True), task=OuterRef("pk"))
    cards = cards.exclude(kind__in=[CardKind.AGREED, CardKind.ADDED])
    if labels:
        cards = cards.filter(_uses_one_of(labels))
    counted = cards.order_by().values("task").annotate(n=Count("pk")).values("n")
    waiting = batch.tasks.filter(state__in=DISPUTED_IN)
    found = waiting.annotate(disputes=Subquery(counted)).filter(disputes__gte=at_least)
    return found.order_by("position", "pk")


def _uses_one_of(labels: Sequence[str]) -> Func:
    """The condition that a span among a card's candidates has one of ``labels``."""
    return Func(
        F("candidates"),
        Cast(Value("$.*[*].label ? (@ == $labels[*])"), _JsonPath()),
        Value({"labels": list(labels)}, JSONField()),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )


def coders(batch: Batch, names: Iterable[str]) -> list[Member]:
    """Return the project's coders of these usernames, by name."""
    wanted = set(names)
    return [member for member in reassignment.able_to_code(batch) if member.name in wanted]


def plan(batch: Batch, tasks: Sequence[Task], asked: Sequence[Member]) -> Asking:
    """Spread ``tasks``, whose articles are at hand, over ``asked``: each to one of them.

    Nobody gets an article twice, nor two versions of a story where the batch forbids that.
    """
    own = Assignment.objects.filter(coder__in=asked, task__batch=batch)
    before = {(row.coder_id, row.task_id): row for row in own.select_related("task__article")}
    told = {(coder, row.task.article.cluster_id) for (coder, _), row in before.items()}

    def can_take(member: Member, task: Task) -> bool:
        earlier = before.get((member.pk, task.pk))
        if earlier is not None:
            return earlier.state == AssignmentState.RELEASED
        cluster = task.article.cluster_id if batch.is_one_per_cluster else None
        return cluster is None or (member.pk, cluster) not in told

    able = {task.pk: [m.pk for m in asked if can_take(m, task)] for task in tasks}
    stories = {task.pk: task.article.cluster_id for task in tasks}
    given = spread(able, stories if batch.is_one_per_cluster else None)
    members = {member.pk: member for member in asked}
    return Asking(
        given={task: members[coder] for task, coder in given.items()},
        earlier={
            task: before[coder, task] for task, coder in given.items() if (coder, task) in before
        },
        unplaced=[task for task in tasks if task.pk not in given],
    )


def waiting_for_another(batch: Batch) -> TaskQuerySet:
    """Return the open tasks of ``batch`` for which only those who were asked later are missing."""
    done = Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.SUBMITTED)
    counted = done.order_by().values("task").annotate(n=Count("pk")).values("n")
    return (
        batch.tasks.filter(state=TaskState.OPEN, coders_added__gt=0)
        .annotate(done=Subquery(counted))
        .filter(done__gte=F("coders_wanted") - F("coders_added"))
    )
