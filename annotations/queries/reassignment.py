"""What one coder could take over from another, and what not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Assignment, Batch, Member, Task
from annotations.models.batches import AssignmentQuerySet
from annotations.queries import training


@dataclass
class Handover:
    """The work that changes hands, and why the rest does not.

    ``earlier`` is what the taker had of it before, by task.
    """

    movable: list[Assignment] = field(default_factory=list)
    earlier: dict[int, Assignment] = field(default_factory=dict)
    refusals: list[dict[str, str]] = field(default_factory=list)


def giver(batch: Batch, name: str) -> Member | None:
    """Return the person of that name who was ever given work of ``batch``."""
    people = Member.objects.people().filter(project=batch.project, user__username=name)
    return people.filter(assignments__task__batch=batch).select_related("user").first()


def taker(batch: Batch, name: str) -> Member | None:
    """Return the coder of that name, who can be given work."""
    people = Member.objects.current().people().filter(roles__contains=[Role.CODER])
    found = people.filter(project=batch.project, user__username=name)
    return found.select_related("user").first()


def coders_with_work(batch: Batch) -> list[str]:
    """Return the names of those who have not handed everything in."""
    work = Assignment.objects.unfinished().filter(task__batch=batch)
    names = work.exclude(coder__user=None).values_list("coder__user__username", flat=True)
    return sorted(set(names), key=str.casefold)


def able_to_code(batch: Batch) -> list[Member]:
    """Return the project's coders, by name."""
    people = Member.objects.current().people().filter(roles__contains=[Role.CODER])
    found = people.filter(project=batch.project).select_related("user")
    return sorted(found, key=lambda member: member.name.casefold())


def coders_to_take_over(batch: Batch) -> list[str]:
    """Return the names of the project's coders."""
    return [member.name for member in able_to_code(batch)]


@dataclass(frozen=True)
class Closing:
    """What closing a batch would do now.

    So many articles would be adjudicated with the coders they have, so many
    dropped; so many pieces of work taken away, something saved on some of them.
    """

    goes_on: int
    dropped: int
    taken: int
    begun: int


def on_closing(batch: Batch) -> Closing:
    """Return what closing ``batch`` would do. Only for who may know of its coders' work."""
    done = Exists(Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.SUBMITTED))
    still_open = batch.tasks.filter(state=TaskState.OPEN)
    tasks = still_open.aggregate(
        goes_on=Count("pk", filter=Q(done, known_gold=None)), dropped=Count("pk", filter=~done)
    )
    work = Assignment.objects.unfinished().filter(task__in=still_open)
    counted = work.aggregate(taken=Count("pk"), begun=Count("pk", filter=Q(doc_rev__gt=0)))
    return Closing(**tasks, **counted)


def unfinished_of(batch: Batch, name: str) -> AssignmentQuerySet:
    """Return what the coder of that name has not handed in, in the order of the batch."""
    work = Assignment.objects.unfinished().filter(task__batch=batch, coder__user__username=name)
    related = work.select_related("task__article").defer("task__article__text")
    return related.order_by("position", "pk")


def handover(batch: Batch, work: Sequence[Assignment], taker: Member) -> Handover:
    """Sort ``work`` of one coder into what ``taker`` can have and what not."""
    own = {
        row.task_id: row
        for row in Assignment.objects.filter(coder=taker, task__batch=batch).select_related(
            "task__article"
        )
    }
    stories = {row.task.article.cluster_id for row in own.values()}
    of_known_gold = [row.task.article_id for row in work if row.task.known_gold_id is not None]
    known = training.known_to([taker], of_known_gold)
    found = Handover()
    for row in work:
        before = own.get(row.task_id)
        cluster = row.task.article.cluster_id
        if before is not None and before.state != AssignmentState.RELEASED:
            found.refusals.append(_refusal(row, "has_it", _("%(name)s has this article."), taker))
        elif before is None and (taker.pk, row.task.article_id) in known:
            detail = _("%(name)s knows the gold of this article.")
            found.refusals.append(_refusal(row, "knows_gold", detail, taker))
        elif before is None and batch.is_one_per_cluster and cluster and cluster in stories:
            detail = _("%(name)s has another version of this story.")
            found.refusals.append(_refusal(row, "same_story", detail, taker))
        else:
            found.movable.append(row)
            stories.add(cluster)
            if before is not None:
                found.earlier[row.task_id] = before
    return found


def handed_in(tasks: Sequence[Task]) -> Counter[int]:
    """Count the submitted assignments of each of ``tasks``, by primary key."""
    done = Assignment.objects.filter(task__in=tasks, state=AssignmentState.SUBMITTED)
    return Counter(dict(done.values_list("task").annotate(n=Count("pk"))))


def _refusal(row: Assignment, code: str, detail: str, taker: Member) -> dict[str, str]:
    return {
        "article": str(row.task.article.uuid),
        "code": code,
        "detail": detail % {"name": taker.name},
    }
