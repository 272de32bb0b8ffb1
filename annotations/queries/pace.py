"""How fast the coders of a batch work, who is behind, and when it will be done."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, DateField, Max, Sum, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.enums import AssignmentState
from annotations.models import Assignment, Batch, Member, WorkTally
from annotations.queries import time_at_work

#: The days that a page shows, and the last of them from which a pace is taken.
DAYS = 14
WEEK = 7

#: Who has work and does nothing for so many days is behind, whatever is due when.
QUIET = 5


@dataclass
class CoderPace:
    """How far one coder of a batch is, and how fast."""

    coder: int
    name: str = ""
    uuid: UUID | None = None
    is_external: bool = False
    states: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    #: When the coder's work was last given, begun, saved or handed in.
    active_at: datetime | None = None
    minutes: float | None = None

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def submitted(self) -> int:
        return self.states[AssignmentState.SUBMITTED]

    @property
    def unfinished(self) -> int:
        return self.total - self.submitted


def of_batches(batches: Iterable[Batch], at: datetime) -> dict[int, list[CoderPace]]:
    """Return how far each coder of each batch is, in three queries. For who may know of it."""
    since = at - timedelta(days=DAYS)
    day = Case(When(slot__gt=since, then=TruncDate("slot")), output_field=DateField())
    paces: dict[int, dict[int, CoderPace]] = defaultdict(dict)
    known = [batch.pk for batch in batches]
    for batch, coder, state, when, count, active_at in (
        WorkTally.objects.filter(batch__in=known)
        .values("batch", "coder", "state", day=day)
        .annotate(count=Sum("number"), active=Max("active_at"))
        .filter(count__gt=0)
        .values_list("batch", "coder", "state", "day", "count", "active")
    ):
        pace = paces[batch].setdefault(coder, CoderPace(coder))
        pace.states[state] += count
        if when:
            pace.days[when] += count
        pace.active_at = max(filter(None, (pace.active_at, active_at)), default=None)
    for batch, coder, saved_at in _at_work(known, paces):
        # Who began a moment ago is in the next answer.
        if begun := paces[batch].get(coder):
            begun.active_at = max(filter(None, (begun.active_at, saved_at)))
    _name(pace for coders in paces.values() for pace in coders.values())
    return {
        batch: sorted(coders.values(), key=lambda pace: pace.name.casefold())
        for batch, coders in paces.items()
    }


def _at_work(
    batches: list[int], paces: dict[int, dict[int, CoderPace]]
) -> Iterable[tuple[int, int, datetime]]:
    """Return when each coder saved last in each batch, on what is begun and not handed in."""
    begun = AssignmentState.CODING, AssignmentState.RETURNED
    coders = {
        pace.coder
        for found in paces.values()
        for pace in found.values()
        if any(pace.states[state] for state in begun)
    }
    if not coders:
        return []
    rows = Assignment.objects.filter(
        coder__in=coders, state__in=begun, task__batch__in=batches
    ).order_by()
    last = rows.values("task__batch", "coder").annotate(saved_at=Max("active_at"))
    return last.values_list("task__batch", "coder", "saved_at")


def _name(paces: Iterable[CoderPace]) -> None:
    unnamed = list(paces)
    members = Member.objects.filter(pk__in={pace.coder for pace in unnamed})
    known = {member.pk: member for member in members.select_related("user")}
    for pace in unnamed:
        pace.name = known[pace.coder].name
        pace.uuid = known[pace.coder].uuid
        pace.is_external = known[pace.coder].is_external


def rate(days: Counter[date], begun_at: datetime, at: datetime) -> float:
    """Return how many articles a day were handed in during the last week."""
    today = timezone.localdate(at)
    counted = min(WEEK, (today - timezone.localdate(begun_at)).days + 1)
    week = (today - timedelta(days=past) for past in range(counted))
    return sum(days[day] for day in week) / counted


def expected(left: int, a_day: float, at: datetime) -> date | None:
    """Return the day on which ``left`` articles will be done; ``None`` if nothing says so."""
    if not left or not a_day or left / a_day > 3650:
        return None
    return timezone.localdate(at) + timedelta(days=int(left / a_day))


def behind(pace: CoderPace, batch: Batch, at: datetime) -> str:
    """Say why a coder will not be done in time, or nothing."""
    if not pace.unfinished or pace.is_external or batch.closed_at is not None:
        return ""
    today = timezone.localdate(at)
    if batch.due and batch.due < today:
        return _("overdue")
    quiet = (today - timezone.localdate(pace.active_at or batch.created_at)).days
    if quiet >= QUIET:
        text = ngettext("nothing for %(count)s day", "nothing for %(count)s days", quiet)
        return text % {"count": quiet}
    done = expected(pace.unfinished, rate(pace.days, batch.created_at, at), at)
    return _("too slow for the due date") if batch.due and done and done > batch.due else ""


def minutes(batch: Batch) -> dict[int, float]:
    """Return the minutes that each coder spends on an article, by the latest ones handed in."""
    done = WorkTally.objects.filter(batch=batch, state=AssignmentState.SUBMITTED)
    # What came coded took its coders no time that anybody knows.
    coders = done.exclude(coder__user=None)
    work = Assignment.objects.filter(task__batch=batch)
    spent = time_at_work.of_coders(work, coders.values("coder").distinct())
    return {coder: one.seconds / 60 / one.articles for coder, one in spent.items()}
