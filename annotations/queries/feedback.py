"""Where gold differs from what a coder handed in, as that coder may read it.

Nothing here tells of another coder: it rests on the coder's own work, on gold, and on what
adjudicators said when they ruled.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from annotations.algorithms import agreement
from annotations.algorithms.agreement import semeval
from annotations.algorithms.agreement.figures import figure
from annotations.algorithms.agreement.standing import each_with_gold
from annotations.enums import AssignmentState, TaskState
from annotations.models import (
    AgreementRow,
    Assignment,
    Batch,
    Gold,
    Member,
    Project,
    Submission,
    User,
)
from annotations.models.batches import AssignmentQuerySet
from annotations.queries import differences
from annotations.queries.differences import Compared, Difference

PAGE = 10


class _Content(Func):
    """What spans say, in one form: extents, labels, attributes, and links by what they point to.

    Ids, notes, repeats and the order of things make no difference.
    """

    template = """(
        SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(
            span -> 'start', span -> 'end', span -> 'label',
            (SELECT jsonb_agg(DISTINCT said) FROM jsonb_path_query(span, '$.attributes[*]') said),
            (
                SELECT jsonb_agg(DISTINCT jsonb_build_array(
                    link -> 'name', target -> 'start', target -> 'end', target -> 'label'
                ))
                FROM jsonb_path_query(span, '$.links[*]') link
                JOIN jsonb_array_elements(work.spans) target
                    ON target ->> 'id' = link ->> 'target'
            )
        )), '[]')
        FROM (SELECT %(expressions)s AS spans) work, jsonb_array_elements(work.spans) span
    )"""
    output_field = JSONField()


@dataclass(frozen=True)
class Told:
    """One article in which gold differs from what its coder handed in."""

    assignment: Assignment
    is_new: bool
    differences: Sequence[Difference]


def is_given_in(project: Project) -> bool:
    """Say whether the project lets coders see how gold differs from their work."""
    return bool(project.settings.get("feedback", True))


def adjudicated(user: User, project: Project | None = None) -> AssignmentQuerySet:
    """Return ``user``'s own work whose gold the user may see, in all projects or in one.

    That is once all of the user's work in the batch is adjudicated, and where the project
    gives feedback at all.
    """
    own = Assignment.objects.of(user).filter(
        state=AssignmentState.SUBMITTED,
        task__state=TaskState.ADJUDICATED,
        task__batch__in=Batch.objects.published().open_book_for(user),
        task__batch__project__archived_at=None,
    )
    own = own.exclude(task__batch__project__settings__contains={"feedback": False})
    return own if project is None else own.filter(task__batch__project=project)


def ruled_otherwise(user: User, project: Project | None = None) -> AssignmentQuerySet:
    """Keep of that the work that differs from gold in any way."""
    handed_in = Submission.objects.filter(assignment=OuterRef("pk")).order_by("-pk")
    gold = Gold.objects.filter(task=OuterRef("task")).order_by("-number")
    said = _Content(F("spans"))
    return (
        adjudicated(user, project)
        .annotate(
            own=Subquery(handed_in.annotate(said=said).values("said")[:1]),
            gold=Subquery(gold.annotate(said=said).values("said")[:1]),
        )
        .exclude(own=F("gold"))
    )


def unseen() -> Q:
    """Keep what was adjudicated since its coder last said to have read everything."""
    return Q(coder__feedback_seen_at=None) | Q(
        task__adjudicated_at__gt=F("coder__feedback_seen_at")
    )


def in_order(work: QuerySet[Assignment], before: UUID | None = None) -> QuerySet[Assignment]:
    """Put ``work`` in order, adjudicated last first, and keep what comes after one of it."""
    work = work.order_by("-task__adjudicated_at", "-pk")
    last = work.filter(uuid=before).select_related("task").first() if before else None
    if last is None:
        return work
    at = last.task.adjudicated_at
    return work.filter(Q(task__adjudicated_at__lt=at) | Q(task__adjudicated_at=at, pk__lt=last.pk))


def told(project: Project, work: Iterable[Assignment]) -> list[Told]:
    """Return what of ``work``, with its ``task__article`` and ``coder``, differs, and why."""
    work = list(work)
    tasks = [assignment.task_id for assignment in work]
    handed_in = dict(
        Submission.objects.filter(assignment__in=work)
        .order_by("pk")
        .values_list("assignment", "spans")
    )
    golds = {gold.task_id: gold for gold in Gold.objects.filter(task__in=tasks).order_by("number")}
    explained = differences.explained(
        project,
        [Compared(one.task.article.text, handed_in[one.pk], golds[one.task_id]) for one in work],
    )
    return [
        Told(assignment, _is_new(assignment), found)
        for assignment, found in zip(work, explained, strict=True)
    ]


def _is_new(assignment: Assignment) -> bool:
    seen, at = assignment.coder.feedback_seen_at, assignment.task.adjudicated_at
    return seen is None or (at is not None and at > seen)


def news(user: User) -> list[tuple[Project, int]]:
    """Return the projects in which gold differs from ``user``'s work in what is not read yet,
    and in how many articles."""
    counted = (
        ruled_otherwise(user)
        .filter(unseen())
        .order_by()
        .values("task__batch__project")
        .annotate(n=Count("pk"))
        .values_list("task__batch__project", "n")
    )
    counts = dict(counted)
    projects = Project.objects.filter(pk__in=counts).order_by("name", "pk") if counts else ()
    return [(project, counts[project.pk]) for project in projects]


def weeks(member: Member, user: User) -> list[dict[str, Any]]:
    """Return for each week how far ``member``, who is ``user``, agreed with gold.

    A week begins on Monday where the reader is, and an article counts in the one in which it was
    handed in; of its versions the one that all figures of agreement rest on. Spans are compared
    by extent and label.
    """
    tasks = adjudicated(user, member.project).values("task")
    rows = AgreementRow.objects.measured().filter(task__in=tasks)
    tables = agreement.unpacked(rows.order_by("task").values_list("counts", flat=True))
    by_week: dict[date, list[tuple[datetime, semeval.Tally]]] = defaultdict(list)
    for at, tally in each_with_gold(tables, str(member.uuid)):
        moment = timezone.localtime(datetime.fromisoformat(at))
        monday = moment.date() - timedelta(days=moment.weekday())
        by_week[monday].append((moment, tally))
    return [_week(monday, done) for monday, done in sorted(by_week.items())]


def _week(monday: date, done: list[tuple[datetime, semeval.Tally]]) -> dict[str, Any]:
    total = semeval.Tally()
    for _moment, tally in done:
        total = total.plus(tally)
    return {
        "week": monday,
        "from": min(moment for moment, _tally in done).isoformat(),
        "to": max(moment for moment, _tally in done).isoformat(),
        "articles": len(done),
        "alike": total.both,
        "own": total.marked,
        "gold": total.in_gold,
        "strict_f1": figure(semeval.f1(total.scheme("strict"))),
    }
