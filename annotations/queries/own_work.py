"""A coder's own work. Nothing here depends on what another coder does."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    Func,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
    Window,
)
from django.db.models.functions import JSONObject, RowNumber

from annotations.enums import AssignmentState
from annotations.models import Assignment, Batch, Project, User
from annotations.models.batches import AssignmentQuerySet
from annotations.queries import coding, quota, time_at_work

ROWS_SHOWN = 8

#: What to go on with: what lies open, then what came back, then the next one.
URGENCY = Case(
    When(state=AssignmentState.CODING, then=0),
    When(state=AssignmentState.RETURNED, then=1),
    When(state=AssignmentState.ASSIGNED, then=2),
    default=3,
    output_field=IntegerField(),
)


class WordCount(Func):
    """About how many words a text has: its runs of anything but white space."""

    template = r"regexp_count(%(expressions)s, '\S+')"
    output_field = IntegerField()


@dataclass
class OwnBatch:
    """One batch as its coder sees it: own counts, and the rows to do first."""

    batch: Batch
    counts: dict[str, int]
    rows: list[Assignment] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def submitted(self) -> int:
        return self.counts[AssignmentState.SUBMITTED]

    @property
    def unfinished(self) -> int:
        return self.total - self.submitted

    @property
    def unseen(self) -> int:
        """How many unfinished ones there are beyond ``rows``."""
        return self.unfinished - len(self.rows)


def own_assignments(user: User, project: Project | None = None) -> AssignmentQuerySet:
    """Return ``user``'s live work in projects that are not archived, or in one project."""
    work = Assignment.objects.of(user).live().filter(task__batch__project__archived_at=None)
    return work if project is None else work.filter(task__batch__project=project)


def waiting(user: User, project: Project | None = None) -> QuerySet[Assignment]:
    """Return ``user``'s work that is there to be done today, in the order to do it."""
    own = own_assignments(user, project).unfinished()
    spent = quota.spent(quota.open_batches_for(user, project))
    return quota.due_today(own, spent).order_by(*coding.TO_DO)


def to_continue(user: User, project: Project | None = None) -> Assignment | None:
    """Return the work that ``user`` should go on with, if any waits."""
    return (
        waiting(user, project)
        .select_related("task__article", "task__batch__project")
        .defer("task__article__text")
        .first()
    )


def own_batches(user: User, project: Project | None = None) -> list[OwnBatch]:
    """Return the batches in which ``user`` has work, in the order to do it, finished ones last."""
    own = own_assignments(user, project)
    states = [str(state) for state in AssignmentState]
    counted = (
        own.filter(task__batch=OuterRef("pk"))
        .order_by()
        .values("task__batch")
        .annotate(**{f"n_{state}": Count("pk", filter=Q(state=state)) for state in states})
        .values(counts=JSONObject(**{state: f"n_{state}" for state in states}))
    )
    batches = (
        Batch.objects.filter(pk__in=own.values("task__batch"))
        .annotate(own_counts=Subquery(counted, output_field=JSONField()))
        .select_related("project")
        .order_by(*coding.in_turn())
    )
    found = {batch.pk: OwnBatch(batch, batch.own_counts) for batch in batches}
    for assignment in _first_rows(own):
        found[assignment.task.batch_id].rows.append(assignment)
    return sorted(found.values(), key=lambda own: own.unfinished == 0)


def returned(batches: list[OwnBatch], besides: Assignment | None) -> list[Assignment]:
    """Return what came back with a note among the rows of ``batches``, but for one of them."""
    rows = (row for own in batches for row in own.rows)
    return [row for row in rows if row.state == AssignmentState.RETURNED and row != besides]


def _first_rows(work: AssignmentQuerySet) -> QuerySet[Assignment]:
    """Return the first few unfinished assignments of each batch, with their word counts."""
    order = [URGENCY.asc(), F("position").asc(), F("pk").asc()]
    place = Window(RowNumber(), partition_by="task__batch", order_by=order)
    first = work.unfinished().annotate(place=place).filter(place__lte=ROWS_SHOWN)
    return (
        Assignment.objects.filter(pk__in=first.values("pk"))
        .annotate(words=WordCount("task__article__text"))
        .select_related("task__article")
        .defer("task__article__text")
        .order_by(*order)
    )


def last_week(user: User, at: datetime) -> dict[str, Any]:
    """Return what ``user`` handed in during the last seven days, and the time at work on it."""
    return time_at_work.sums(
        Assignment.objects.of(user).filter(
            state=AssignmentState.SUBMITTED, submitted_at__gt=at - timedelta(days=7)
        )
    )
