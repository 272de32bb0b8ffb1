"""How far batches have come, for those who may know."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from annotations.enums import AssignmentState, TaskState
from annotations.models import Assignment, Batch, Member, Task, User


def with_progress(batches: QuerySet[Batch], user: User) -> QuerySet[Batch]:
    """Add ``articles``, ``wanted``, ``submitted``, ``adjudicated`` and ``is_open_book``.

    Where ``is_open_book`` is false, ``user`` is blind to the batch, and only
    ``articles`` and ``wanted`` may be shown.
    """
    tasks = Task.objects.kept().filter(batch=OuterRef("pk")).order_by().values("batch")
    work = Assignment.objects.filter(task__batch=OuterRef("pk")).order_by().values("task__batch")
    return batches.annotate(
        articles=_number(tasks.annotate(n=Count("pk"))),
        wanted=_number(tasks.annotate(n=Sum("coders_wanted"))),
        submitted=_number(work.filter(state=AssignmentState.SUBMITTED).annotate(n=Count("pk"))),
        adjudicated=_number(tasks.filter(state=TaskState.ADJUDICATED).annotate(n=Count("pk"))),
        is_open_book=Exists(Batch.objects.open_book_for(user).filter(pk=OuterRef("pk"))),
    )


def _number(counted: QuerySet) -> Any:
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


@dataclass
class CoderRow:
    """One coder's line of the coverage table: a state an article, ``""`` where it is not hers."""

    name: str
    cells: list[str]
    submitted: int = 0
    total: int = 0


@dataclass
class Coverage:
    """Who has which of some articles of a batch, and how far."""

    tasks: list[Task]
    rows: list[CoderRow]

    @property
    def missing(self) -> list[int]:
        """How many submissions each article still wants."""
        return [
            max(0, task.coders_wanted - sum(row.cells[at] == "submitted" for row in self.rows))
            for at, task in enumerate(self.tasks)
        ]


@dataclass
class Counts:
    """How many tasks and assignments of a batch are in each state."""

    tasks: Counter[str]
    assignments: Counter[str]
    wanted: int

    @property
    def articles(self) -> int:
        return self.tasks.total()

    @property
    def submitted(self) -> int:
        return self.assignments[AssignmentState.SUBMITTED]

    @property
    def adjudicated(self) -> int:
        return self.tasks[TaskState.ADJUDICATED]


def counts(batch: Batch) -> Counts:
    """Count a batch's work by state. Only for who may know of the coders' work."""
    tasks = (
        batch.tasks.kept()
        .values_list("state")
        .annotate(n=Count("pk"), wanted=Sum("coders_wanted"))
    )
    live = Assignment.objects.live().filter(task__batch=batch)
    rows = list(tasks)
    return Counts(
        tasks=Counter({state: n for state, n, _wanted in rows}),
        assignments=Counter(dict(live.values_list("state").annotate(n=Count("pk")))),
        wanted=sum(wanted for _state, _n, wanted in rows),
    )


def coverage(batch: Batch, tasks: list[Task]) -> Coverage:
    """Return every coder's line on ``tasks`` of ``batch``. Only for who may know of it."""
    places = {task.pk: place for place, task in enumerate(tasks)}
    rows = {
        row["coder"]: CoderRow("", [""] * len(tasks), row["submitted"], row["total"])
        for row in Assignment.objects.live()
        .filter(task__batch=batch)
        .values("coder")
        .annotate(
            total=Count("pk"), submitted=Count("pk", filter=Q(state=AssignmentState.SUBMITTED))
        )
    }
    for member in Member.objects.filter(pk__in=rows).select_related("user"):
        rows[member.pk].name = member.name
    cells = Assignment.objects.live().filter(task__in=places)
    for task, coder, state in cells.values_list("task", "coder", "state"):
        rows[coder].cells[places[task]] = state
    return Coverage(tasks, sorted(rows.values(), key=lambda row: row.name.casefold()))
