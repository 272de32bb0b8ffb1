"""Who takes part in a project: what each has to do, and when each was last seen at work."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Greatest

from annotations.enums import AssignmentState
from annotations.models import Assignment, AuditEvent, Batch, Member, Project, User

UNFINISHED = [AssignmentState.ASSIGNED, AssignmentState.CODING, AssignmentState.RETURNED]


@dataclass
class Person:
    """One member, with what is open in each batch that the reader may know of."""

    member: Member
    open_work: list[tuple[Batch, int]] = field(default_factory=list)
    done: int = 0
    seen_at: datetime | None = None

    @property
    def left_to_do(self) -> int:
        return sum(count for _batch, count in self.open_work)


@dataclass
class People:
    """The members by what they are; ``hidden`` counts batches that the reader is blind to."""

    here: list[Person]
    external: list[Person]
    gone: list[Person]
    hidden: int


def people(project: Project, user: User) -> People:
    """Return everybody who is or was in ``project``, for ``user`` who runs it."""
    work = _work(project, user)
    found = [_person(member, work[member.pk]) for member in _members(project, user)]
    return People(
        here=[p for p in found if not p.member.is_external and p.member.removed_at is None],
        external=[p for p in found if p.member.is_external],
        gone=[p for p in found if p.member.removed_at is not None],
        hidden=Batch.objects.filter(project=project).blind_to(user).count(),
    )


def open_work_of(member: Member, user: User) -> Person:
    """Return one member as ``people`` does."""
    work = _work(member.project, user, coder=member)
    return _person(_members(member.project, user).get(pk=member.pk), work[member.pk])


def _members(project: Project, user: User) -> Any:
    events = AuditEvent.objects.visible_to(user).filter(project=project, actor=OuterRef("user"))
    members = Member.objects.visible_to(user).filter(project=project).select_related("user")
    return members.annotate(
        acted_at=Subquery(events.order_by("-at", "-pk").values("at")[:1])
    ).order_by("joined_at", "pk")


def _work(project: Project, user: User, **of: Any) -> dict[int, list[dict[str, Any]]]:
    """Return by member what was given to them in each batch, counted."""
    batches = {
        batch.pk: batch
        for batch in Batch.objects.published().filter(project=project).open_book_for(user)
    }
    counted = (
        Assignment.objects.live()
        .filter(task__batch__in=batches, **of)
        .order_by()
        .values("coder", "task__batch")
        .annotate(
            left=Count("pk", filter=Q(state__in=UNFINISHED)),
            done=Count("pk", filter=Q(state=AssignmentState.SUBMITTED)),
            seen=Max(Greatest(F("started_at"), F("saved_at"), F("submitted_at"))),
        )
    )
    work: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in counted:
        work[row["coder"]].append({**row, "batch": batches[row["task__batch"]]})
    return work


def _person(member: Any, work: list[dict[str, Any]]) -> Person:
    moments = [row["seen"] for row in work] + [member.acted_at]
    open_work = [(row["batch"], row["left"]) for row in work if row["left"]]
    return Person(
        member,
        open_work=sorted(open_work, key=lambda piece: piece[0].created_at),
        done=sum(row["done"] for row in work),
        seen_at=max(filter(None, moments), default=None),
    )
