"""What coders can draw for themselves, from batches that were not given out beforehand."""

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotations.enums import Role, TaskState
from annotations.models import Assignment, Batch, Member, Project, Task, User


def drawable(member: Member) -> QuerySet[Task]:
    """Return the tasks that ``member`` could draw now, the next one first.

    Neither what the member had before, taken away or not, nor another version
    of such a story where the batch forbids that.
    """
    here = Assignment.objects.filter(task=OuterRef("pk"))
    live = here.live().order_by().values("task").annotate(n=Count("pk")).values("n")
    same_story = Assignment.objects.filter(
        coder=member,
        task__batch=OuterRef("batch"),
        task__article__cluster=OuterRef("article__cluster"),
    )
    return (
        Task.objects.filter(
            state=TaskState.OPEN,
            batch__drawers=member,
            batch__closed_at=None,
            batch__project__archived_at=None,
            article__withdrawn_at=None,
        )
        .exclude(Exists(here.filter(coder=member)))
        .exclude(Q(batch__is_one_per_cluster=True) & Exists(same_story))
        .annotate(live=Coalesce(Subquery(live, output_field=IntegerField()), 0))
        .filter(live__lt=F("coders_wanted"))
        .order_by("batch__created_at", "position", "pk")
    )


def with_something_for(user: User, project: Project | None = None) -> list[Project]:
    """Return the projects, or the one given, in which ``user`` has to draw an article to go on."""
    projects = Project.objects.where(user, Role.CODER).filter(archived_at=None)
    open_pools = Batch.objects.filter(drawers=OuterRef("pk"), closed_at=None)
    waiting = Assignment.objects.unfinished().filter(coder=OuterRef("pk"))
    members = Member.objects.current().filter(
        Exists(open_pools),
        ~Exists(waiting),
        user=user,
        project__in=projects if project is None else projects.filter(pk=project.pk),
    )
    found = members.select_related("project").order_by("project__name", "pk")
    return [member.project for member in found if drawable(member).exists()]
