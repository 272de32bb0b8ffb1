"""What in a project goes on only if its admin does something, as far as the admin may know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import DateTimeField as Moment
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from annotations.enums import AssignmentState, JobState, Role, Strategy, TaskState
from annotations.models import (
    Assignment,
    Batch,
    ImportJob,
    Member,
    Project,
    Task,
    User,
    WorkTally,
)
from annotations.queries.people import UNFINISHED
from annotations.queries.tallies import sum_of_batch

#: How many days work may lie where its batch says nothing of leases.
IDLE_DAYS = 7

#: How long coded articles may wait for a ruling, stories for being found, a failure for a look.
UNRULED_FOR = timedelta(days=5)
STORIES_FOR = timedelta(hours=1)
FAILURES_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Stuck:
    """One thing that is stuck: what kind, which row it is about, and how much of it."""

    kind: str
    about: Model
    count: int = 0


def stuck(project: Project, user: User, at: datetime) -> list[Stuck]:
    """Return what is stuck in ``project``, imports first, then batch by batch. Two queries."""
    found = [Stuck(_import_kind(job), job) for job in _imports(project, at)]
    today = timezone.localdate(at)
    for batch in _batches(project, user, at):
        is_late = bool(batch.due and batch.due < today)
        found += [
            Stuck(kind, batch, count)
            for kind, count in (
                ("uncodable", batch.places + batch.orphaned),
                ("late", batch.left if is_late else 0),
                ("idle", 0 if is_late else batch.idle),
                ("unruled", batch.unruled),
            )
            if count
        ]
    return found


def _imports(project: Project, at: datetime) -> QuerySet[ImportJob]:
    failed = Q(state=JobState.FAILED, created_at__gt=at - FAILURES_FOR)
    slow = Q(state=JobState.READY, finished_at__lt=at - STORIES_FOR) & ~Q(
        clusters_state=JobState.READY
    )
    later = ImportJob.objects.filter(
        project=project, state=JobState.READY, created_at__gt=OuterRef("created_at")
    )
    jobs = ImportJob.objects.filter(slow | failed & ~Exists(later), project=project)
    return jobs.order_by("-created_at", "-pk")[:5]


def _import_kind(job: ImportJob) -> str:
    return "import" if job.state == JobState.FAILED else "stories"


def _batches(project: Project, user: User, at: datetime) -> QuerySet[Any]:
    """Return the batches that ``user`` may know of, each with counts of what is stuck in it."""
    work = Assignment.objects.unfinished().filter(task__batch=OuterRef("pk"))
    told = WorkTally.objects.filter(batch=OuterRef("pk"), state__in=UNFINISHED)
    lease = Coalesce(F("task__batch__lease_days"), Value(IDLE_DAYS))
    idle_since = ExpressionWrapper(Now() - lease * Value(timedelta(days=1)), output_field=Moment())
    able = Member.objects.current().people().filter(roles__contains=[Role.CODER])
    open_places = Task.objects.filter(
        batch=OuterRef("pk"), state=TaskState.OPEN, coders_live__lt=F("coders_wanted")
    )
    # Who draws from a pool finds the open places; elsewhere nobody does.
    nobody_draws = ~Q(strategy=Strategy.POOL) | ~Exists(able.filter(pools=OuterRef("pk")))
    lately = Assignment.objects.filter(
        task=OuterRef("pk"),
        state=AssignmentState.SUBMITTED,
        submitted_at__gt=at - UNRULED_FOR,
    )
    waiting = Task.objects.awaiting_ruling().filter(batch=OuterRef("pk"))
    return (
        Batch.objects.published()
        .open_book_for(user)
        .filter(project=project)
        .annotate(
            left=sum_of_batch(told, "number"),
            # Rows are looked at only where there is something to find.
            idle=Case(
                When(
                    left__gt=0, then=_count(work.filter(active_at__lt=idle_since), "task__batch")
                ),
                default=0,
            ),
            orphaned=sum_of_batch(told.exclude(coder__in=able), "number"),
            places=Case(
                When(nobody_draws & Q(closed_at=None), then=_count(open_places, "batch")),
                default=0,
            ),
            unruled=_count(waiting.filter(~Exists(lately)), "batch"),
        )
        .order_by("created_at", "pk")
    )


def _count(rows: QuerySet[Any], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
