"""Work on which nobody has done anything for as long as its batch allows.

The database's clock decides, against the last time at which the work was given, begun, saved
or handed in.
"""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Now

from annotations.enums import AssignmentState, Strategy
from annotations.models import Assignment, Batch, Reminder

_RUNS_OUT_BEFORE = ExpressionWrapper(
    Now() - F("task__batch__lease_days") * Value(timedelta(days=1)), output_field=DateTimeField()
)


def abandoned() -> QuerySet[Assignment]:
    """Return the work of open pools whose lease has run out."""
    return Assignment.objects.unfinished().filter(
        task__batch__strategy=Strategy.POOL,
        task__batch__lease_days__isnull=False,
        task__batch__closed_at=None,
        task__batch__project__archived_at=None,
        active_at__lt=_RUNS_OUT_BEFORE,
    )


def leased() -> QuerySet[Batch]:
    """Return the open batches whose work was given out, and who are reminded when it lies idle."""
    return Batch.objects.exclude(strategy=Strategy.POOL).filter(
        lease_days__isnull=False, closed_at=None, project__archived_at=None
    )


def idle(batches: list[Batch]) -> list[dict[str, Any]]:
    """Return ``{coder, batch}`` where a coder with work left has long done nothing in a batch.

    Not those who were reminded since they last did something.
    """
    reminded = (
        Reminder.objects.filter(member=OuterRef("coder"), batch=OuterRef("task__batch"))
        .order_by("-sent_at")
        .values("sent_at")[:1]
    )
    is_left = Q(
        state__in=[AssignmentState.ASSIGNED, AssignmentState.CODING, AssignmentState.RETURNED]
    )
    rows = (
        Assignment.objects.live()
        .filter(task__batch__in=batches, coder__removed_at=None, coder__user__isnull=False)
        .values("coder", "task__batch", "task__batch__lease_days")
        .annotate(last=Max("active_at"), left=Count("pk", filter=is_left))
        .filter(left__gt=0, last__lt=_RUNS_OUT_BEFORE)
        .annotate(reminded_at=Subquery(reminded))
        .filter(Q(reminded_at=None) | Q(reminded_at__lt=F("last")))
        .order_by("task__batch", "coder")
    )
    return [{"coder": row["coder"], "batch": row["task__batch"]} for row in rows]
