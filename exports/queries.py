"""What a release consists of, asked of the database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Collate, Left

from annotations.enums import AssignmentState, JobState, TaskState
from annotations.models import (
    Assignment,
    Batch,
    Gold,
    Member,
    Project,
    Submission,
    Task,
    User,
)
from exports.models import Release
from exports.recipe import Recipe

CHUNK = 500


class Choice(NamedTuple):
    """The task that speaks for an article, and those of other batches that don't."""

    task: dict[str, Any]
    others: list[dict[str, Any]]


def batches_of(project: Project, recipe: Recipe) -> QuerySet[Batch]:
    """Keep the batches that a recipe draws on: those it names, or all."""
    batches = Batch.objects.published().filter(project=project)
    return batches if recipe.batches is None else batches.filter(uuid__in=recipe.batches)


def batches_closed_to(user: User, project: Project, recipe: Recipe) -> QuerySet[Batch]:
    """Keep the chosen batches whose gold or codings ``user`` may not know of yet.

    Unadjudicated work is for people who have no part in the batch at all.
    """
    batches = batches_of(project, recipe)
    closed = Q(pk__in=Batch.objects.blind_to(user))
    if recipe.has_unadjudicated:
        own = Assignment.objects.live().filter(coder__user=user)
        closed |= Q(pk__in=own.values("task__batch"))
    return batches.filter(closed)


def candidates(project: Project, recipe: Recipe) -> QuerySet[Task]:
    """Return the tasks that could speak for an article: by article, the best first."""
    tasks = Task.objects.filter(
        batch__in=batches_of(project, recipe),
        article__withdrawn_at=None,
        article__import_job__state=JobState.READY,
    )
    tasks = filtered(tasks, recipe)
    best_first: list[Any] = [F("adjudicated_at").desc(nulls_last=True)]
    if recipe.has_unadjudicated:
        handed_in = Submission.objects.filter(
            assignment__task=OuterRef("pk"), assignment__state=AssignmentState.SUBMITTED
        )
        tasks = tasks.annotate(
            handed_in_at=Subquery(
                handed_in.values("assignment__task").annotate(at=Max("submitted_at")).values("at")
            )
        ).exclude(handed_in_at=None)
        best_first.append("-handed_in_at")
    else:
        tasks = tasks.filter(state=TaskState.ADJUDICATED)
    gold = Gold.objects.filter(task=OuterRef("pk")).order_by("-number")
    # A reopened task has gold too, but of a ruling that is being reconsidered.
    tasks = tasks.annotate(
        gold_id=Subquery(gold.values("pk")[:1]),
        gold_version=Subquery(gold.values("codebook_version")[:1]),
    )
    return tasks.order_by(Collate("article__key", "C"), *best_first, "-batch__created_at", "-pk")


def filtered(tasks: QuerySet[Task], recipe: Recipe) -> QuerySet[Task]:
    """Keep tasks on the articles that a recipe's filter wants."""
    wanted = recipe.filter
    for name in ("outlet", "language"):
        if name in wanted:
            tasks = tasks.filter(**{f"article__meta__{name}": wanted[name]})
    if "from" in wanted or "to" in wanted:
        # Dates are compared as text, so only those in the ISO form take part.
        tasks = tasks.annotate(
            day=Left(KeyTextTransform("published_at", "article__meta"), 10)
        ).filter(day__regex=r"^\d{4}-\d{2}-\d{2}$")
    if "from" in wanted:
        tasks = tasks.filter(day__gte=wanted["from"])
    if "to" in wanted:
        tasks = tasks.filter(day__lte=wanted["to"])
    return tasks


def choices(project: Project, recipe: Recipe) -> Iterator[Choice]:
    """Yield one choice per article in the order of the release, holding few at a time."""
    rows = candidates(project, recipe).values(
        "pk",
        "state",
        "article_id",
        "gold_id",
        "gold_version",
        key=F("article__key"),
        meta=F("article__meta"),
        zones=F("article__zones"),
        cluster=F("article__cluster__name"),
        imported_split=F("article__split"),
        batch_uuid=F("batch__uuid"),
        batch_name=F("batch__name"),
    )
    for _, group in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row["article_id"]):
        best, *others = group
        yield Choice(best, others)


def submissions_of(tasks: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Return each task's codings as they were handed in last, by coder."""
    latest = (
        Submission.objects.filter(
            assignment__task__in=tasks, assignment__state=AssignmentState.SUBMITTED
        )
        .order_by("assignment", "-submitted_at", "-pk")
        .distinct("assignment")
        .values(
            "uuid",
            "codebook_version",
            member=F("assignment__coder__uuid"),
            task=F("assignment__task"),
        )
    )
    found: dict[int, list[dict[str, Any]]] = {task: [] for task in tasks}
    for row in latest:
        found[row["task"]].append(row)
    return found


def preview(project: Project, recipe: Recipe) -> dict[str, int]:
    """Count what a release would hold if it were frozen now."""
    articles = spans = repeated = 0
    golds: list[int] = []
    for choice in choices(project, recipe):
        articles += 1
        repeated += len(choice.others)
        golds.append(choice.task["gold_id"])
    if recipe.has_gold:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(jsonb_array_length(spans)), 0)"
                " FROM annotations_gold WHERE id = ANY(%s)",
                [golds],
            )
            spans = int(cursor.fetchone()[0])
    return {"articles": articles, "spans": spans, "repeated": repeated}


def coders_in(release: Release, recipe: Recipe) -> list[Member]:
    """Return everybody whom the records of a frozen release name as a coder."""
    sources = []
    if recipe.has_gold:
        sources.append(
            "SELECT jsonb_path_query(g.spans, '$[*].coders[*]') #>> '{}'"
            " FROM exports_releaseitem i JOIN annotations_gold g ON g.id = i.gold_id"
            " WHERE i.release_id = %(release)s"
        )
    if recipe.has_codings:
        sources.append(
            "SELECT jsonb_path_query(i.submissions, '$[*].member') #>> '{}'"
            " FROM exports_releaseitem i WHERE i.release_id = %(release)s"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ".join(f"({source})" for source in sources), {"release": release.pk}
        )
        uuids = [uuid for (uuid,) in cursor.fetchall()]
    members = Member.objects.filter(project=release.project_id, uuid__in=uuids)
    return list(members.select_related("user").order_by("uuid"))
