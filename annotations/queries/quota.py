"""How many articles a day a batch gives each of its coders.

An article counts on the day on which its coder began it, whatever became of it since. The day
is that of the instance's ``TIME_ZONE``, and the database's clock says which one it is.
"""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db.models import (
    Count,
    DateTimeField,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, Batch, Member, Project, User


class StartOfDay(Func):
    """The midnight before a moment, where the instance is."""

    template = "date_trunc('day', %(expressions)s)"
    output_field = DateTimeField()

    def __init__(self, moment: Expression | Combinable):
        super().__init__(moment, Value(settings.TIME_ZONE))


def today() -> StartOfDay:
    """Return when the day began, by the database's clock."""
    return StartOfDay(Now())


def tomorrow() -> StartOfDay:
    """Return when the next one begins; days are 23 to 25 hours long."""
    return StartOfDay(today() + timedelta(hours=36))


def open_batches_of(member: Member) -> QuerySet[Batch]:
    """Return the batches in which ``member`` may have work, the member's id as ``of_coder``."""
    return Batch.objects.filter(
        project=member.project_id, project__archived_at=None, closed_at=None
    ).annotate(of_coder=Value(member.pk))


def open_batches_for(user: User, project: Project | None = None) -> QuerySet[Batch]:
    """Return the same for all projects of ``user``, or for the one given."""
    projects = Project.objects.where(user, Role.CODER).filter(archived_at=None)
    own = Member.objects.current().filter(user=user, project=OuterRef("project"))
    return Batch.objects.filter(
        project__in=projects if project is None else projects.filter(pk=project.pk),
        closed_at=None,
    ).annotate(of_coder=Subquery(own.values("pk")))


def begun_today() -> Coalesce:
    """Count the articles of a batch that its coder, ``of_coder``, has begun today."""
    begun = (
        Assignment.objects.filter(
            coder=OuterRef("of_coder"), task__batch=OuterRef("pk"), started_at__gte=today()
        )
        .order_by()
        .values("task__batch")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(begun, output_field=IntegerField()), 0)


def spent(batches: QuerySet[Batch]) -> QuerySet:
    """Return the ids of those of which their coder has begun as many today as the quota allows."""
    counted = batches.filter(daily_quota__isnull=False).annotate(begun=begun_today())
    return counted.filter(begun__gte=F("daily_quota")).values("pk")


def spent_by(member: Member) -> list[int]:
    """Return the ids of the batches that give ``member`` nothing more today."""
    return list(spent(open_batches_of(member)).values_list("pk", flat=True))


def due_today(
    work: QuerySet[Assignment], spent: QuerySet | Collection[int]
) -> QuerySet[Assignment]:
    """Leave out what is not begun in the batches that are ``spent``.

    What is begun can always be finished.
    """
    return work.exclude(state=AssignmentState.ASSIGNED, task__batch__in=spent)
