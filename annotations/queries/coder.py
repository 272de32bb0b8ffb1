"""One coder's work in a project, in figures. For the coder, and for admins who may know of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from annotations.enums import AssignmentState
from annotations.models import Assignment, Batch, FlagAnswer, Member, Reminder, User
from annotations.models.batches import AssignmentQuerySet
from annotations.queries import time_at_work

#: The days that a page shows, and over which pace is taken.
DAYS = 28
SHOWN = 12


@dataclass
class BatchPiece:
    """What one coder was given in one batch, by state."""

    uuid: Any
    name: str
    due: date | None
    closed_at: datetime | None
    states: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def submitted(self) -> int:
        return self.states[AssignmentState.SUBMITTED]

    @property
    def left(self) -> int:
        return self.total - self.submitted

    def is_overdue(self, today: date) -> bool:
        return bool(self.left and self.due and self.due < today and not self.closed_at)


@dataclass
class Figures:
    """What a coder handed in over the last ``DAYS``, day by day, and what is where by batch."""

    days: list[tuple[date, int]]
    spans: int
    time: timedelta
    batches: list[BatchPiece]

    @property
    def articles(self) -> int:
        return sum(count for _day, count in self.days)

    @property
    def working_days(self) -> int:
        return sum(1 for _day, count in self.days if count)

    @property
    def a_day(self) -> float | None:
        """Articles on a day on which there were any."""
        return self.articles / self.working_days if self.articles else None

    @property
    def time_each(self) -> timedelta | None:
        return self.time / self.articles if self.articles and self.time else None


def work_of(member: Member, reader: User) -> AssignmentQuerySet:
    """Return what ``member`` was given, as far as ``reader`` may know: all of one's own."""
    work = Assignment.objects.live().filter(coder=member)
    if member.user_id == reader.pk:
        return work
    return work.filter(task__batch__in=Batch.objects.published().open_book_for(reader))


def figures(work: AssignmentQuerySet, at: datetime) -> Figures:
    """Return pace, time and batches of ``work`` of one coder, in two queries."""
    today = timezone.localdate(at)
    first = today - timedelta(days=DAYS - 1)
    done = work.filter(state=AssignmentState.SUBMITTED, submitted_at__date__gte=first)
    day = Case(
        When(
            state=AssignmentState.SUBMITTED,
            submitted_at__date__gte=first,
            then=TruncDate("submitted_at"),
        ),
        output_field=DateField(),
    )
    batch = [f"task__batch__{name}" for name in ("uuid", "name", "due", "closed_at")]
    rows = (
        work.order_by("task__batch__created_at", "task__batch")
        .values_list(*batch, "state", day)
        .annotate(count=Count("pk"), spans=Sum("span_count"))
    )
    pieces: dict[Any, BatchPiece] = {}
    days: Counter[date] = Counter()
    spans = 0
    for uuid, name, due, closed_at, state, when, count, tagged in rows:
        piece = pieces.setdefault(uuid, BatchPiece(uuid, name, due, closed_at))
        piece.states[state] += count
        if when:
            days[when] += count
            spans += tagged
    return Figures(
        days=[(day, days[day]) for day in (first + timedelta(days=n) for n in range(DAYS))],
        spans=spans,
        time=time_at_work.on(done),
        batches=list(pieces.values()),
    )


def flagged(work: AssignmentQuerySet) -> AssignmentQuerySet:
    """Return the latest work with a flag on it, each with its last answer as ``answer``."""
    rows = work.exclude(flag="").select_related("task__article", "task__batch")
    answers = FlagAnswer.objects.filter(assignment=OuterRef("pk"), flag=OuterRef("flag"))
    return (
        rows.defer("task__article__text")
        .annotate(answer=Subquery(answers.order_by("-pk").values("note")[:1]))
        .order_by("-saved_at", "-pk")[:SHOWN]
    )


def recent(work: AssignmentQuerySet) -> AssignmentQuerySet:
    """Return what was worked on last, newest first."""
    rows = work.exclude(started_at=None).select_related("task__article", "task__batch")
    return (
        rows.defer("task__article__text")
        .annotate(worked_at=Greatest("started_at", "saved_at", "submitted_at"))
        .order_by("-worked_at", "-pk")[:SHOWN]
    )


def reminders(member: Member, work: AssignmentQuerySet) -> QuerySet[Reminder]:
    """Return what the coder was reminded of in the batches of ``work``, newest first."""
    sent = Reminder.objects.filter(member=member, batch__in=work.values("task__batch"))
    return sent.select_related("batch", "sent_by").order_by("-sent_at", "-pk")[:SHOWN]
