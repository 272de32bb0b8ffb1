"""The projects of one person, and what is new in each."""

from typing import Any

from django.db.models import Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from annotations.enums import Role
from annotations.models import Assignment, CodebookVersion, Member, Project, Task, User


def of(user: User) -> QuerySet[Any]:
    """Return ``user``'s memberships, open projects first, each with what is new in it.

    ``awaiting`` counts rulings that wait for the person; ``new_codebook`` is the number of a
    version that was published since the person last coded there, ``known_codebook`` the last
    one before, and ``codebook_note`` says what changed.
    """
    worked = (
        Assignment.objects.filter(coder=OuterRef("pk"))
        .order_by()
        .values("coder")
        .annotate(at=Max(Greatest(F("started_at"), F("saved_at"), F("submitted_at"))))
    )
    newer = CodebookVersion.objects.filter(
        project=OuterRef("project"), published_at__gt=OuterRef("worked_at")
    ).order_by("-number")
    return (
        Member.objects.current()
        .filter(user=user, project__in=Project.objects.visible_to(user))
        .annotate(
            worked_at=Subquery(worked.values("at")),
            awaiting=Coalesce(Subquery(_awaiting(user), output_field=IntegerField()), 0),
        )
        .annotate(
            new_codebook=Subquery(newer.values("number")[:1]),
            known_codebook=Subquery(newer.values("number").reverse()[:1]) - 1,
            codebook_note=Subquery(newer.values("note")[:1]),
        )
        .select_related("project")
        .order_by("project__archived_at", "project__name", "pk")
    )


def _awaiting(user: User) -> QuerySet[Any]:
    tasks = Task.objects.visible_to(user).awaiting_ruling()
    ruling = Project.objects.where(user, Role.ADJUDICATOR).filter(archived_at=None)
    here = tasks.filter(batch__project__in=ruling, batch__project=OuterRef("project"))
    return here.order_by().values("batch__project").annotate(n=Count("pk")).values("n")
