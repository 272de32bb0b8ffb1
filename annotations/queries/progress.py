"""How far batches have come, for those who may know."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.utils import timezone

from annotations.enums import AssignmentState, TaskState
from annotations.models import Batch, TaskTally, User, WorkTally
from annotations.queries import pace
from annotations.queries.pace import CoderPace
from annotations.queries.tallies import sum_of_batch


def with_open_book(batches: QuerySet[Batch], user: User) -> QuerySet[Batch]:
    """Add ``is_open_book``: whether ``user``, role permitting, may know of the coders' work."""
    known = Batch.objects.open_book_for(user).filter(pk=OuterRef("pk"))
    return batches.annotate(is_open_book=Exists(known))


def with_progress(batches: QuerySet[Batch], user: User) -> QuerySet[Batch]:
    """Add ``articles``, of which ``checks`` and ``real`` ones, ``wanted``, ``submitted``,
    ``adjudicated`` and ``is_open_book``.

    Where ``is_open_book`` is false, ``user`` is blind to the batch, and only
    ``articles`` and ``wanted`` may be shown.
    """
    tasks = TaskTally.objects.filter(batch=OuterRef("pk")).exclude(state=TaskState.DROPPED)
    work = WorkTally.objects.filter(batch=OuterRef("pk"), state=AssignmentState.SUBMITTED)
    return with_open_book(batches, user).annotate(
        articles=sum_of_batch(tasks, "tasks"),
        checks=sum_of_batch(tasks.filter(batch__is_training=False), "known"),
        real=F("articles") - F("checks"),
        wanted=sum_of_batch(tasks, "wanted"),
        submitted=sum_of_batch(work, "number"),
        adjudicated=sum_of_batch(tasks.filter(state=TaskState.ADJUDICATED), "tasks"),
    )


def in_order(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Put first what coders still work on, by when it is due; then what is done, newest first.

    ``batches`` come from ``with_progress``. Where the reader is blind to a batch, the order
    says nothing of what coders did.
    """
    is_done = Case(
        When(Q(closed_at__isnull=False), then=True),
        When(Q(is_open_book=True, submitted__gte=F("wanted")), then=True),
        default=False,
        output_field=BooleanField(),
    )
    return batches.annotate(is_done=is_done).order_by(
        "is_done", F("due").asc(nulls_last=True), "-created_at", "-pk"
    )


@dataclass
class Progress:
    """How far one batch is: its tasks by state, its coders, what is missing, when it ends."""

    batch: Batch
    at: datetime
    coders: list[CoderPace] = field(default_factory=list)
    tasks: Counter[str] = field(default_factory=Counter)
    wanted: int = 0
    #: Places that no coder has; in a pool they wait to be drawn.
    vacant: int = 0
    #: Open articles for which another coder was asked later.
    asked: int = 0
    #: How many of the articles are checks, which nobody adjudicates.
    checks: int = 0

    @property
    def articles(self) -> int:
        return self.tasks.total()

    @property
    def submitted(self) -> int:
        return sum(coder.submitted for coder in self.coders)

    @property
    def returned(self) -> int:
        return sum(coder.states[AssignmentState.RETURNED] for coder in self.coders)

    @property
    def adjudicated(self) -> int:
        return self.tasks[TaskState.ADJUDICATED]

    @property
    def to_rule(self) -> int:
        """How many articles wait for rulings."""
        return self.tasks[TaskState.CODED] + self.tasks[TaskState.ADJUDICATING]

    @property
    def is_over(self) -> bool:
        if self.batch.is_training:
            return self.submitted >= self.wanted
        return self.adjudicated == self.real

    @property
    def real(self) -> int:
        """How many articles are no checks."""
        return self.articles - self.checks

    @property
    def is_open(self) -> bool:
        """Whether some article still waits for a coder."""
        return self.tasks[TaskState.OPEN] > 0

    @cached_property
    def behind(self) -> list[tuple[CoderPace, str]]:
        """Who will not be done in time, and why."""
        found = ((coder, pace.behind(coder, self.batch, self.at)) for coder in self.coders)
        return [(coder, why) for coder, why in found if why]

    @property
    def reasons(self) -> list[tuple[str, list[str]]]:
        """Why coders are behind, each reason with their names; what most share comes last."""
        named: dict[str, list[str]] = {}
        for coder, why in self.behind:
            named.setdefault(why, []).append(coder.name)
        return sorted(named.items(), key=lambda item: len(item[1]))

    @cached_property
    def days(self) -> list[tuple[date, int]]:
        """How many articles were handed in on each of the last days, today last.

        What came coded was handed in nowhere: it says nothing of a pace.
        """
        own = (coder.days for coder in self.coders if not coder.is_external)
        counts: Counter[date] = sum(own, Counter())
        today = timezone.localdate(self.at)
        dates = (today - timedelta(days=past) for past in reversed(range(pace.DAYS)))
        return [(day, counts[day]) for day in dates]

    @cached_property
    def a_day(self) -> float:
        """How many articles are handed in a day, by the last week."""
        return pace.rate(Counter(dict(self.days)), self.batch.created_at, self.at)

    @property
    def expected(self) -> date | None:
        """The day on which the last article will be handed in, if it goes on like that."""
        if self.batch.closed_at is not None:
            return None
        return pace.expected(self.wanted - self.submitted, self.a_day, self.at)


def of(batch: Batch, at: datetime) -> Progress:
    """Return how far ``batch`` is, in four queries. Only for who may know of it."""
    found = Progress(batch, at, pace.of_batches([batch], at).get(batch.pk, []))
    for line in (
        TaskTally.objects.filter(batch=batch)
        .exclude(state=TaskState.DROPPED)
        .values("state")
        .annotate(
            n=Sum("tasks"),
            places=Sum("wanted"),
            free=Sum("vacant"),
            sought=Sum("asked"),
            checks=Sum("known"),
        )
        .filter(n__gt=0)
    ):
        found.tasks[line["state"]] = line["n"]
        found.wanted += line["places"]
        found.vacant += line["free"]
        found.asked += line["sought"]
        found.checks += 0 if batch.is_training else line["checks"]
    return found


def behind(batches: Iterable[Batch], at: datetime) -> dict[int, list[tuple[CoderPace, str]]]:
    """Return who is behind in each of ``batches``, and why. Only for who may know of them."""
    known = {batch.pk: batch for batch in batches}
    return {
        pk: [(coder, why) for coder in coders if (why := pace.behind(coder, known[pk], at))]
        for pk, coders in pace.of_batches(known.values(), at).items()
    }
