"""What coders can draw for themselves, from batches that were not given out beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.expressions import Combinable

from annotations.enums import AssignmentState, Priority, TaskState
from annotations.models import Assignment, Batch, Member, Project, Task, User
from annotations.queries import coding, quota

#: Work that its coder lost to a lease and that nobody has taken over since.
IS_LOST = Q(
    has_expired=True,
    task__state=TaskState.OPEN,
    task__coders_live__lt=F("task__coders_wanted"),
    task__batch__closed_at=None,
    task__article__withdrawn_at=None,
)

#: How urgent begun work is: more so than any batch.
_BEGUN = max(Priority) + 1


def drawable(batch: Combinable, coder: Combinable) -> QuerySet[Task]:
    """Return the tasks of a pool that ``coder`` could draw now, in their order; both are ids.

    Neither what the coder had before, taken away or not, nor another version
    of such a story where the batch forbids that.
    """
    had = Assignment.objects.filter(task=OuterRef("pk"), coder=OuterRef("of_coder"))
    same_story = Assignment.objects.filter(
        coder=OuterRef("of_coder"),
        task__batch=OuterRef("batch"),
        task__article__cluster=OuterRef("article__cluster"),
    )
    return (
        # In the words of the index on the tasks that want coders.
        Task.objects.filter(state=TaskState.OPEN, coders_live__lt=F("coders_wanted"))
        .filter(batch=batch, article__withdrawn_at=None)
        .annotate(of_coder=coder)
        .exclude(Exists(had))
        .exclude(Q(batch__is_one_per_cluster=True) & Exists(same_story))
        .order_by("position", "pk")
    )


def pools_of(member: Member, *, above: int) -> QuerySet[Batch]:
    """Return the pools that have something for ``member`` today, in the order to draw from them.

    Only those whose priority is higher than ``above``.
    """
    batches = quota.open_batches_of(member)
    return (
        batches.filter(_has_something(), priority__gt=above)
        .exclude(pk__in=quota.spent(batches).values("pk"))
        .order_by(*coding.in_turn())
    )


@dataclass(frozen=True)
class Offers:
    """What a coder can draw, and what gives nothing more today.

    ``projects`` are those in which the coder has to draw to go on. The batches in ``spent``
    know how many of their articles were ``begun`` today, and when they go on (``goes_on_at``).
    """

    projects: list[Project]
    spent: Sequence[Batch]


def offers(user: User, project: Project | None = None) -> Offers:
    """Return what there is for ``user`` besides the work at hand, in all projects or in one."""
    own = Assignment.objects.filter(coder=OuterRef("of_coder"), task__batch=OuterRef("pk"))
    given = own.filter(state=AssignmentState.ASSIGNED)
    batches = list(
        quota.open_batches_for(user, project)
        .annotate(
            begun=quota.begun_today(),
            goes_on_at=quota.tomorrow(),
            has_lost=Exists(own.filter(IS_LOST)),
            is_pool=ExpressionWrapper(_has_something(), BooleanField()),
        )
        .filter(Q(is_pool=True) | Q(has_lost=True) | Q(daily_quota__isnull=False) & Exists(given))
        .select_related("project")
    )
    spent = [one for one in batches if one.daily_quota and one.begun >= one.daily_quota]
    offered: dict[Project, int] = {}
    for batch in batches:
        if batch.has_lost or (batch.is_pool and batch not in spent):
            rank = _BEGUN if batch.has_lost else batch.priority
            offered[batch.project] = max(rank, offered.get(batch.project, 0))
    if offered:
        at_hand = _at_hand(user, [one.pk for one in spent])
        offered = {one: rank for one, rank in offered.items() if rank > at_hand.get(one.pk, 0)}
    return Offers(sorted(offered, key=lambda project: (project.name, project.pk)), spent)


def _at_hand(user: User, spent: list[int]) -> dict[int, int]:
    """Return how urgent the work is that ``user`` has in each project."""
    urgency: dict[int, int] = {}
    work = Assignment.objects.of(user).unfinished()
    of_what = ("task__batch__project", "task__batch", "task__batch__priority", "state")
    for project_id, batch_id, priority, state in work.values_list(*of_what).distinct():
        if state != AssignmentState.ASSIGNED:
            urgency[project_id] = _BEGUN
        elif batch_id not in spent:
            urgency[project_id] = max(priority, urgency.get(project_id, 0))
    return urgency


def _has_something() -> Q:
    """The condition that a batch is a pool from which its coder can draw."""
    drawers = Batch.drawers.through.objects.filter(
        batch=OuterRef("pk"), member=OuterRef("of_coder")
    )
    something = drawable(OuterRef("pk"), OuterRef("of_coder")).order_by()
    return Q(Exists(drawers), Exists(something))
