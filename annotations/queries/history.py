"""What happened in a project, as its admins may read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from annotations.models import AuditEvent, Member, Project, User


@dataclass
class Told:
    """One event in words: ``facts`` are names and values, with people by their names."""

    event: AuditEvent
    facts: list[tuple[str, str]]


def events(
    project: Project, user: User, *, kind: str = "", actor: str = ""
) -> QuerySet[AuditEvent]:
    """Return the events that ``user`` may know of, of one kind or by one person if asked for."""
    found = AuditEvent.objects.visible_to(user).filter(project=project)
    if kind:
        found = found.filter(kind=kind)
    if actor:
        found = found.filter(actor__username=actor)
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


def in_words(project: Project, found: Iterable[AuditEvent]) -> list[Told]:
    """Return ``found`` with what their details say."""
    people = {str(member.uuid): member.name for member in _members(project)}
    return [
        Told(
            event,
            [
                (name.replace("_", " "), _said(value, people))
                for name, value in event.detail.items()
                if value not in (None, "", [], {})
            ],
        )
        for event in found
    ]


def _members(project: Project) -> QuerySet[Member]:
    return Member.objects.filter(project=project).select_related("user")


def _said(value: Any, people: dict[str, str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_said(item, people) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(item, people)}" for name, item in value.items())
    return people.get(str(value), str(value))
