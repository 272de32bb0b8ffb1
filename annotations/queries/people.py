"""Who takes part in a project: what each has to do, and when each was last seen at work."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from annotations.enums import AssignmentState
from annotations.models import (
    Assignment,
    AuditEvent,
    Batch,
    Member,
    Project,
    User,
    WorkTally,
)

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
    batches = _batches(project, user)
    work = _work(batches)
    found = [_person(member, work[member.pk]) for member in _members(project, user, batches)]
    return People(
        here=[p for p in found if not p.member.is_external and p.member.removed_at is None],
        external=[p for p in found if p.member.is_external],
        gone=[p for p in found if p.member.removed_at is not None],
        hidden=Batch.objects.filter(project=project).blind_to(user).count(),
    )


def open_work_of(member: Member, user: User) -> Person:
    """Return one member as ``people`` does."""
    batches = _batches(member.project, user)
    found = _members(member.project, user, batches).get(pk=member.pk)
    return _person(found, _work(batches, coder=member)[member.pk])


def _batches(project: Project, user: User) -> dict[int, Batch]:
    known = Batch.objects.published().filter(project=project).open_book_for(user)
    return {batch.pk: batch for batch in known}


def _members(project: Project, user: User, batches: Iterable[int]) -> Any:
    """Return the members with the times at which each did something last."""
    events = AuditEvent.objects.visible_to(user).filter(project=project, actor=OuterRef("user"))
    own = Assignment.objects.live().filter(coder=OuterRef("pk"), task__batch__in=list(batches))
    begun = own.filter(state__in=[AssignmentState.CODING, AssignmentState.RETURNED])
    members = Member.objects.visible_to(user).filter(project=project).select_related("user")
    return members.annotate(
        acted_at=Subquery(events.order_by("-at", "-pk").values("at")[:1]),
        # Each by an index, or of the few that are begun: the number of the others is no matter.
        began_at=_last(own, "started_at"),
        saved_at=_last(begun, "saved_at"),
        handed_in_at=_last(own.filter(state=AssignmentState.SUBMITTED), "submitted_at"),
    ).order_by("joined_at", "pk")


def _last(work: QuerySet[Assignment], field: str) -> Subquery:
    known = work.filter(**{f"{field}__isnull": False})
    return Subquery(known.order_by(f"-{field}").values(field)[:1])


def _work(batches: dict[int, Batch], **of: Any) -> dict[int, list[dict[str, Any]]]:
    """Return by member what was given to them in each of ``batches``, counted."""
    counted = (
        WorkTally.objects.filter(batch__in=batches, **of)
        .values("coder", "batch")
        .annotate(
            left=Sum("number", filter=Q(state__in=UNFINISHED), default=0),
            done=Sum("number", filter=Q(state=AssignmentState.SUBMITTED), default=0),
        )
    )
    work: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in counted:
        work[row["coder"]].append({**row, "batch": batches[row["batch"]]})
    return work


def _person(member: Any, work: list[dict[str, Any]]) -> Person:
    moments = member.acted_at, member.began_at, member.saved_at, member.handed_in_at
    open_work = [(row["batch"], row["left"]) for row in work if row["left"]]
    return Person(
        member,
        open_work=sorted(open_work, key=lambda piece: piece[0].created_at),
        done=sum(row["done"] for row in work),
        seen_at=max(filter(None, moments), default=None),
    )
