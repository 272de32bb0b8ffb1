"""What happened in a project, as its admins may read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.models import Assignment, AuditEvent, Member, Project, User

ROWS_AT_ONCE = 500


@dataclass
class Told:
    """One event in words: ``facts`` are names and values, with people by their names."""

    event: AuditEvent
    facts: list[tuple[str, str]]


def events(
    project: Project,
    user: User,
    *,
    kind: str = "",
    actor: str = "",
    since: date | None = None,
    until: date | None = None,
    about: UUID | None = None,
) -> QuerySet[AuditEvent]:
    """Return the events that ``user`` may know of.

    Of one kind, by one person, between two days of the reader's zone, both
    included, and about one thing (a member, a batch, somebody's work …), where
    asked for.
    """
    found = AuditEvent.objects.visible_to(user).filter(project=project)
    if kind:
        found = found.filter(kind=kind)
    if actor:
        found = found.filter(actor__username=actor)
    if since:
        found = found.filter(at__gte=_midnight(since))
    if about:
        looked_at = Q(detail__work__contains=[str(about)])
        found = found.filter(Q(target_uuid=about) | Q(batch__uuid=about) | looked_at)
    if until and until < date.max:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    return found.select_related("actor", "batch")


def before(found: QuerySet[AuditEvent], event: UUID | None) -> QuerySet[AuditEvent]:
    """Put ``found`` in order, newest first, and keep what comes after ``event`` in it."""
    found = found.order_by("-at", "-pk")
    last = found.filter(uuid=event).first() if event else None
    if last is None:
        return found
    return found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))


def actors(project: Project, user: User) -> list[str]:
    """Return the names of those who did something that ``user`` may know of."""
    known = AuditEvent.objects.visible_to(user).filter(project=project).exclude(actor=None)
    names = known.order_by().values_list("actor__username", flat=True).distinct()
    return sorted(names, key=str.casefold)


def table(project: Project, found: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    """Yield a heading and a row for each of ``found``, with times in UTC; memory stays flat."""
    yield ["at", "kind", "who", "batch", "target", "target_id", "details"]
    people = _names(project)
    rows = found.iterator(chunk_size=ROWS_AT_ONCE)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        names = people | _names_of_work(some)
        for event in some:
            told = _told(event, names)
            yield [
                event.at.astimezone(UTC).isoformat(),
                event.kind,
                event.actor.username if event.actor else "",
                event.batch.name if event.batch else "",
                event.target_type,
                str(event.target_uuid),
                "; ".join(f"{name}: {value}" for name, value in told.facts),
            ]


def in_words(project: Project, found: Sequence[AuditEvent]) -> list[Told]:
    """Return ``found`` with what their details say."""
    names = _names(project) | _names_of_work(found)
    return [_told(event, names) for event in found]


def _told(event: AuditEvent, people: dict[str, str]) -> Told:
    facts = [
        (name.replace("_", " "), _said(value, people))
        for name, value in event.detail.items()
        if value not in (None, "", [], {})
    ]
    return Told(event, facts)


def _names(project: Project) -> dict[str, str]:
    members = Member.objects.filter(project=project).select_related("user")
    return {str(member.uuid): member.name for member in members}


def _names_of_work(found: Sequence[AuditEvent]) -> dict[str, str]:
    """Name the work that ``found`` tell of by its coder and its article."""
    looks = [event for event in found if event.kind == AuditEvent.Kind.CODINGS_READ]
    uuids = [uuid for event in looks for uuid in event.detail["work"]]
    if not uuids:
        return {}
    rows = Assignment.objects.filter(uuid__in=uuids)
    related = rows.select_related("coder__user", "task__article").defer("task__article__text")
    return {str(one.uuid): f"{one.coder.name}: {one.task.article.title}" for one in related}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _said(value: Any, people: dict[str, str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_said(item, people) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(item, people)}" for name, item in value.items())
    return people.get(str(value), str(value))
