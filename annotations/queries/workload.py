"""How long a plan will keep its coders busy, by how fast they were before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotations.algorithms.workdays import finishing_day
from annotations.models import Assignment, Batch, Member, Project, User
from annotations.queries import time_at_work
from annotations.queries.batch_plan import Plan
from annotations.queries.time_at_work import Spent

#: What is expected of people of whom nothing is known: minutes for 1,000 characters.
DEFAULT_MINUTES = 2.0

#: A pace is not taken from fewer articles.
ENOUGH = 3


class PaceFrom(TextChoices):
    """Whose pace a coder is expected to keep."""

    OWN = "own", _("own pace")
    PROJECT = "project", _("the project’s pace")
    DEFAULT = "default", _("a guess")


@dataclass(frozen=True)
class Pace:
    """Minutes for 1,000 characters, and where that figure comes from."""

    minutes: float
    source: PaceFrom

    def hours(self, characters: float) -> float:
        return self.minutes * characters / 1000 / 60


@dataclass(frozen=True)
class Share:
    """What one coder is to do, and in how many hours."""

    coder: str
    articles: int
    hours: float
    pace: Pace

    @property
    def time(self) -> timedelta:
        return timedelta(hours=self.hours)


@dataclass(frozen=True)
class Workload:
    """What each coder is to do. From a pool everybody draws as long as the others do."""

    shares: list[Share]

    @property
    def hours(self) -> float:
        return sum(share.hours for share in self.shares)

    @property
    def decimals(self) -> int:
        """How many of them are worth telling."""
        return 0 if self.hours >= 10 else 1

    @property
    def guess(self) -> float:
        """The minutes for 1,000 characters that are assumed of somebody; 0 if nothing is."""
        guessed = (share.pace for share in self.shares if share.pace.source == PaceFrom.DEFAULT)
        return max((pace.minutes for pace in guessed), default=0)

    @property
    def longest(self) -> float:
        """The hours of whoever has most to do."""
        return max((share.hours for share in self.shares), default=0)

    def done_on(self, a_day: float, at: datetime) -> date | None:
        """Return when the last one is done, at so many hours a working day."""
        return finishing_day(self.longest, a_day, timezone.localdate(at))


def of(project: Project, planned: Plan, *, by: User) -> Workload:
    """Return what a plan means for its coders.

    Each is expected to keep the own pace, else the project's, else ``DEFAULT_MINUTES``. Paces
    come from batches whose coders' work ``by`` may know of, and from the own work of ``by``:
    the answer is the same whatever others do in a batch that ``by`` still codes in.
    """
    paces = _paces(project, planned.members, by)
    if planned.is_pool:
        characters = sum(row.length * planned.wanted(row) for row, _coders in planned.everything)
        together = sum(1 / pace.minutes for pace in paces.values())
        each = characters / 1000 / 60 / together
        return Workload([Share(name, 0, each, pace) for name, pace in paces.items()])
    given = dict.fromkeys(paces, 0)
    for article, coders in planned.everything:
        for coder in coders:
            given[coder] += article.length
    loads = planned.allocation.loads
    return Workload(
        [Share(name, loads[name], pace.hours(given[name]), pace) for name, pace in paces.items()]
    )


def _paces(project: Project, members: dict[str, Member], by: User) -> dict[str, Pace]:
    spent = _spent(project, by)
    everybody = Spent(
        sum(one.seconds for one in spent.values()),
        sum(one.characters for one in spent.values()),
        sum(one.articles for one in spent.values()),
    )
    usual = Pace(DEFAULT_MINUTES, PaceFrom.DEFAULT)
    if _is_enough(everybody):
        usual = Pace(_minutes(everybody), PaceFrom.PROJECT)
    own = {pk: Pace(_minutes(one), PaceFrom.OWN) for pk, one in spent.items() if _is_enough(one)}
    return {name: own.get(members[name].pk, usual) for name in sorted(members)}


def _is_enough(spent: Spent) -> bool:
    return spent.articles >= ENOUGH and spent.seconds > 0 and spent.characters > 0


def _minutes(spent: Spent) -> float:
    """Return how long 1,000 characters took."""
    return spent.seconds / 60 / spent.characters * 1000


def _spent(project: Project, by: User) -> dict[int, Spent]:
    """Return the time at work on each member's latest articles that ``by`` may know of."""
    open_book = Batch.objects.filter(project=project).open_book_for(by)
    known = Assignment.objects.filter(
        Q(task__batch__in=open_book) | Q(task__batch__project=project, coder__user_id=by.pk)
    )
    return time_at_work.of_coders(known, project.members.values("pk"))
