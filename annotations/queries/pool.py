"""What coders can draw for themselves, from batches that were not given out beforehand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable

from annotations.enums import AssignmentState, Priority, TaskState
from annotations.models import Assignment, Batch, Decision, Member, Project, Task, User
from annotations.queries import qualification, quota
from annotations.queries.qualification import Missing

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
    of such a story where the batch forbids that; nor an article of known gold
    that the coder had in another batch, or ruled on.
    """
    had = Assignment.objects.filter(task=OuterRef("pk"), coder=OuterRef("of_coder"))
    same_story = Assignment.objects.filter(
        coder=OuterRef("of_coder"),
        task__batch=OuterRef("batch"),
        task__article__cluster=OuterRef("article__cluster"),
    )
    anywhere = Assignment.objects.filter(
        task__article=OuterRef("article"), coder=OuterRef("of_coder")
    )
    ruled = Decision.objects.filter(
        task__article=OuterRef("article"), made_by__memberships=OuterRef("of_coder")
    )
    return (
        # In the words of the index on the tasks that want coders.
        Task.objects.filter(state=TaskState.OPEN, coders_live__lt=F("coders_wanted"))
        .filter(batch=batch, article__withdrawn_at=None)
        .annotate(of_coder=coder)
        .exclude(Exists(had))
        .exclude(Q(batch__is_one_per_cluster=True) & Exists(same_story))
        .exclude(Q(known_gold__isnull=False) & (Exists(anywhere) | Exists(ruled)))
        .order_by("position", "pk")
    )


def lacking(member: Member) -> list[Missing]:
    """Return what ``member`` lacks for those pools of the own that require training."""
    return qualification.barred(member, Batch.objects.filter(drawers=member, closed_at=None))


def closed_to(member: Member) -> list[Missing]:
    """Keep of that the pools from which ``member`` could draw now, if they were open."""
    return [
        one for one in lacking(member) if drawable(Value(one.batch.pk), Value(member.pk)).exists()
    ]


@dataclass(frozen=True)
class Offers:
    """What a coder can draw, and what gives nothing more today.

    ``projects`` are those in which the coder has to draw to go on. The batches in ``spent``
    know how many of their articles were ``begun`` today, and when they go on (``goes_on_at``).
    Those in ``closed`` want better training first.
    """

    projects: list[Project]
    spent: Sequence[Batch]
    closed: Sequence[Missing]


def offers(user: User, project: Project | None = None) -> Offers:
    """Return what there is for ``user`` besides the work at hand, in all projects or in one."""
    own = Assignment.objects.filter(coder=OuterRef("of_coder"), task__batch=OuterRef("pk"))
    given = own.filter(state=AssignmentState.ASSIGNED)
    # The first one and not whether there is one: so it is looked for in order, and found at once.
    tasks = drawable(OuterRef("pk"), OuterRef("of_coder"))
    first = tasks.filter(batch__drawers=OuterRef("of_coder"))[:1]
    batches = list(
        quota.open_batches_for(user, project)
        .annotate(
            begun=quota.begun_today(),
            goes_on_at=quota.tomorrow(),
            has_lost=Exists(own.filter(IS_LOST)),
            first_task=Subquery(first.values("pk")),
        )
        .filter(
            Q(first_task__isnull=False)
            | Q(has_lost=True)
            | Q(daily_quota__isnull=False) & Exists(given)
        )
        .select_related("project")
    )
    spent = [one for one in batches if one.daily_quota and one.begun >= one.daily_quota]
    closed = _closed(batches)
    shut = {one.batch.pk for one in closed}
    offered: dict[Project, int] = {}
    for batch in batches:
        is_open = batch not in spent and batch.pk not in shut
        if batch.has_lost or (batch.first_task and is_open):
            rank = _BEGUN if batch.has_lost else batch.priority
            offered[batch.project] = max(rank, offered.get(batch.project, 0))
    if offered:
        at_hand = _at_hand(user, [one.pk for one in spent])
        offered = {one: rank for one, rank in offered.items() if rank > at_hand.get(one.pk, 0)}
    return Offers(sorted(offered, key=lambda project: (project.name, project.pk)), spent, closed)


def _closed(batches: Iterable[Any]) -> list[Missing]:
    """Return what the person lacks for those of ``batches`` that have something to draw."""
    asking = [one for one in batches if one.first_task and one.required_articles is not None]
    members = Member.objects.in_bulk({one.of_coder for one in asking}) if asking else {}
    lacks = ((members[one.of_coder], one) for one in asking)
    return [
        replace(lacking, training=qualification.training_of(member))
        for member, batch in lacks
        if (lacking := qualification.missing(member, batch)) is not None
    ]


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
