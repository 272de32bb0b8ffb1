"""The projects of one person, and what is new in each."""

from typing import Any

from django.db.models import Count, F, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from annotations.enums import Role
from annotations.models import Assignment, CodebookVersion, Member, Project, Task, User
from annotations.models.prepared import prepared


def of(user: User) -> QuerySet[Any]:
    """Return ``user``'s memberships, open projects first, each with what is new in it.

    ``awaiting`` counts rulings that wait for the person; see ``with_news`` for the codebook.
    """
    return (
        with_news(Member.objects.current())
        .filter(user=user, project__in=Project.objects.visible_to(user))
        .annotate(awaiting=Coalesce(Subquery(_awaiting(user), output_field=IntegerField()), 0))
        .select_related("project")
        .order_by("project__archived_at", "project__name", "pk")
    )


def with_news(members: QuerySet[Member]) -> QuerySet[Any]:
    """Say of each member what is new in the codebook, until the member has said to know it.

    ``new_codebook`` is the number of the latest version that was published since the person
    first coded there, as a coder still does; ``known_codebook`` the last one before what is new;
    ``codebook_note`` says what changed.
    """
    began = (
        Assignment.objects.filter(coder=OuterRef("pk"), coder__roles__contains=[Role.CODER])
        .order_by()
        .values("coder")
        .annotate(at=Min(Least(F("started_at"), F("saved_at"), F("submitted_at"))))
    )
    newer = CodebookVersion.objects.filter(
        project=OuterRef("project"),
        published_at__gt=OuterRef("began_at"),
        number__gt=OuterRef("codebook_seen"),
    ).order_by("-number")
    return members.annotate(began_at=Subquery(began.values("at"))).annotate(
        new_codebook=Subquery(newer.values("number")[:1]),
        known_codebook=Subquery(newer.values("number").reverse()[:1]) - 1,
        codebook_note=Subquery(newer.values("note")[:1]),
    )


def news(assignment: Assignment) -> Any:
    """Return the membership that ``assignment`` is done in, with what is new in its codebook."""
    return _with_news(assignment.coder_id)[0]


@prepared
def _with_news(member: int) -> QuerySet[Any]:
    return with_news(Member.objects.filter(pk=member))


def _awaiting(user: User) -> QuerySet[Any]:
    tasks = Task.objects.visible_to(user).awaiting_ruling()
    ruling = Project.objects.where(user, Role.ADJUDICATOR).filter(archived_at=None)
    here = tasks.filter(batch__project__in=ruling, batch__project=OuterRef("project"))
    return here.order_by().values("batch__project").annotate(n=Count("pk")).values("n")
