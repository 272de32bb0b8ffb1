"""Who has which article of a batch, and how far: a window of columns, in two queries."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from annotations.enums import AssignmentState, TaskState
from annotations.models import Assignment, Batch, Task
from annotations.models.batches import TaskQuerySet
from annotations.queries import flags
from annotations.queries.progress import Progress

#: Columns shown at a time; fewer where there are many coders.
COLUMNS = 40
CELLS = 4000

#: With more coders than this, only those are rows who have one of the articles shown.
ROWS = 100

FLAGGED = "flagged"
LACKING = "lacking"
KINDS = (LACKING, FLAGGED)


@dataclass(frozen=True)
class Filter:
    """Which articles are shown: ``kind`` is empty or one of ``KINDS``; ``coder`` a member."""

    kind: str = ""
    coder: int | None = None


@dataclass(frozen=True)
class Column:
    """One article of the batch. ``need`` is how many have not handed in yet."""

    task: UUID
    article: UUID
    number: int
    title: str
    state: str
    need: int


@dataclass(frozen=True)
class Cells:
    """What the coders have of some articles: by coder, a state and a link for each column.

    ``None`` is an article that is not the coder's.
    """

    columns: list[Column]
    rows: dict[int, list[tuple[str, UUID] | None]] = field(default_factory=dict)


def width(coders: int) -> int:
    """Return how many columns to show at a time beside so many rows."""
    return max(20, min(COLUMNS, CELLS // max(coders, 1)))


def tasks(batch: Batch, wanted: Filter) -> TaskQuerySet:
    """Return the tasks of ``batch`` in its order, as far as ``wanted`` shows them."""
    found = Task.objects.kept().filter(batch=batch)
    own = Assignment.objects.live().filter(task=OuterRef("pk"))
    if wanted.kind == LACKING:
        found = found.filter(state=TaskState.OPEN)
    elif wanted.kind == FLAGGED:
        found = found.filter(Exists(flags.unanswered(own)))
    if wanted.coder is not None:
        found = found.filter(Exists(own.filter(coder=wanted.coder)))
    return found.order_by("position", "pk")


def number(found: Progress, wanted: Filter) -> int | None:
    """Return how many tasks ``wanted`` shows, if what is known of the batch tells that."""
    if wanted.coder is None and not wanted.kind:
        return found.articles
    if wanted.coder is None and wanted.kind == LACKING:
        return found.tasks[TaskState.OPEN]
    return None


def window(found: TaskQuerySet, first: int, count: int) -> Cells:
    """Return ``count`` columns of ``found`` from the one at ``first`` on, with their cells."""
    # Found by an index alone: what is skipped would be looked up otherwise.
    shown = found.values("pk")[first : first + count]
    done = (
        Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.SUBMITTED)
        .order_by()
        .values("task")
        .annotate(n=Count("pk"))
        .values("n")
    )
    fields = ("pk", "uuid", "article__uuid", "position", "article__meta__title", "article__key")
    rows: list[tuple[Any, ...]] = list(
        Task.objects.filter(pk__in=shown)
        .annotate(done=Coalesce(Subquery(done, output_field=IntegerField()), 0))
        .order_by("position", "pk")
        .values_list(*fields, "state", "coders_wanted", "done")
    )
    cells = Cells(
        [
            Column(
                task=task,
                article=article,
                number=position + 1,
                title=str(title or key),
                state=state,
                need=max(0, wanted - handed_in),
            )
            for _pk, task, article, position, title, key, state, wanted, handed_in in rows
        ]
    )
    places = {row[0]: place for place, row in enumerate(rows)}
    same = Assignment.objects.filter(pk=OuterRef("pk"))
    live = Assignment.objects.live().filter(task__in=places)
    marked = live.annotate(is_flagged=Exists(flags.unanswered(same)))
    for task, coder, state, uuid, is_flagged in marked.values_list(
        "task", "coder", "state", "uuid", "is_flagged"
    ):
        line = cells.rows.setdefault(coder, [None] * len(rows))
        line[places[task]] = (FLAGGED if is_flagged else state, uuid)
    return cells
