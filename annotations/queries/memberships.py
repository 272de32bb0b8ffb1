"""The projects of one person, and what waits in each for an adjudicator."""

from typing import Any

from django.db.models import Count, QuerySet

from annotations.enums import Role
from annotations.models import Member, Project, Task, User


def of(user: User) -> QuerySet[Member]:
    """Return ``user``'s memberships, open projects first, each with ``awaiting`` rulings."""
    visible = Project.objects.visible_to(user)
    found = (
        Member.objects.current()
        .filter(user=user, project__in=visible)
        .select_related("project")
        .order_by("project__archived_at", "project__name", "pk")
    )
    waiting = _awaiting(user)
    for member in found:
        member.awaiting = waiting.get(member.project_id, 0)
    return found


def _awaiting(user: User) -> dict[Any, int]:
    tasks = Task.objects.visible_to(user).awaiting_ruling()
    ruling = Project.objects.where(user, Role.ADJUDICATOR).filter(archived_at=None)
    counted = tasks.filter(batch__project__in=ruling).values("batch__project")
    return {row["batch__project"]: row["count"] for row in counted.annotate(count=Count("pk"))}
