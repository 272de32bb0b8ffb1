"""How far batches have come, for those who may know."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from annotations.enums import AssignmentState, TaskState
from annotations.models import Assignment, Batch, Task, User


def with_progress(batches: QuerySet[Batch], user: User) -> QuerySet[Batch]:
    """Add ``articles``, ``wanted``, ``submitted``, ``adjudicated`` and ``is_open_book``.

    Where ``is_open_book`` is false, ``user`` is blind to the batch, and only
    ``articles`` and ``wanted`` may be shown.
    """
    tasks = Task.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
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
    """One coder's line of the coverage table."""

    name: str
    cells: list[str]
    submitted: int = 0
    total: int = 0


@dataclass
class Progress:
    """Counts of a batch by state, and who has which article: ``""`` where nobody does."""

    tasks: Counter[str]
    assignments: Counter[str]
    columns: list[Task]
    rows: list[CoderRow] = field(default_factory=list)

    @property
    def missing(self) -> list[int]:
        """How many submissions each article still wants."""
        return [
            max(0, task.coders_wanted - sum(row.cells[at] == "submitted" for row in self.rows))
            for at, task in enumerate(self.columns)
        ]


def of(batch: Batch) -> Progress:
    """Return how far ``batch`` has come. Only for who may know of the coders' work."""
    tasks = list(
        batch.tasks.select_related("article").defer("article__text").order_by("position", "pk")
    )
    places = {task.pk: place for place, task in enumerate(tasks)}
    live = Assignment.objects.live().filter(task__batch=batch).select_related("coder__user")
    rows: dict[int, CoderRow] = {}
    states: Counter[str] = Counter()
    for assignment in live:
        row = rows.setdefault(
            assignment.coder_id, CoderRow(assignment.coder.name, [""] * len(tasks))
        )
        row.cells[places[assignment.task_id]] = assignment.state
        row.total += 1
        row.submitted += assignment.state == AssignmentState.SUBMITTED
        states[assignment.state] += 1
    return Progress(
        tasks=Counter(task.state for task in tasks),
        assignments=states,
        columns=tasks,
        rows=sorted(rows.values(), key=lambda row: row.name.casefold()),
    )
