"""What a release consists of, asked of the database."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Collate, Left, RowNumber

from annotations.enums import AssignmentState, JobState, TaskState
from annotations.models import Assignment, Batch, Gold, Member, Project, Submission, Task, User
from exports.models import Release
from exports.recipe import Recipe

COUNTS = """
    WITH chosen (gold) AS ({chosen})
    SELECT count(*), coalesce(sum(jsonb_array_length(gold.spans)), 0)
    FROM chosen LEFT JOIN annotations_gold gold ON gold.id = chosen.gold
"""

#: Items have gold, or codings, only if these are to be told of. Whole lists of coders are told
#: apart first, because there are few. Old gold has no counts.
NAMED = """
    SELECT true, array(SELECT jsonb_array_elements_text(coders)), codebook_version
    FROM (SELECT DISTINCT coalesce(
                     gold.counts -> 'coders',
                     jsonb_path_query_array(gold.spans, '$[*].coders[*] ? (@ != null)')
                 ) AS coders, gold.codebook_version
          FROM exports_releaseitem item
          JOIN annotations_gold gold ON gold.id = item.gold_id
          WHERE item.release_id = %(release)s) gold
    UNION ALL
    SELECT DISTINCT false, ARRAY[coding ->> 'member'], submission.codebook_version
    FROM exports_releaseitem item
    CROSS JOIN jsonb_array_elements(item.submissions) coding
    JOIN annotations_submission submission
         ON submission.uuid = (coding ->> 'submission')::uuid
    WHERE item.release_id = %(release)s
"""


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


def candidates(project: Project, recipe: Recipe) -> QuerySet[Any]:
    """Return the tasks that could speak for an article, each with its ``place`` among these.

    They come by article, in the order of the release, the best first.
    """
    tasks = Task.objects.filter(
        batch__in=batches_of(project, recipe),
        article__withdrawn_at=None,
        article__import_job__state=JobState.READY,
        known_gold=None,
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
        best_first.append(F("handed_in_at").desc())
    else:
        tasks = tasks.filter(state=TaskState.ADJUDICATED)
    best_first += [F("batch__created_at").desc(), F("pk").desc()]
    return tasks.annotate(
        place=Window(RowNumber(), partition_by=F("article"), order_by=best_first)
    ).order_by(Collate("article__key", "C"), "place")


def chosen(project: Project, recipe: Recipe) -> QuerySet[Any]:
    """Return the task that speaks for each article, with the ``gold`` that it says, if any."""
    gold = Gold.objects.filter(task=OuterRef("pk")).order_by("-number")
    # A reopened task has gold too, but of a ruling that is being reconsidered.
    tasks = candidates(project, recipe).annotate(gold=Subquery(gold.values("pk")[:1]))
    return tasks.filter(place=1)


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


def preview(project: Project, recipe: Recipe) -> dict[str, int]:
    """Count what a release would hold if it were frozen now."""
    golds, values = chosen(project, recipe).values_list("gold").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(chosen=golds), values)
        articles, spans = cursor.fetchone()
    repeated = candidates(project, recipe).filter(place__gt=1).count()
    return {
        "articles": articles,
        "spans": int(spans) if recipe.has_gold else 0,
        "repeated": repeated,
    }


class Named(NamedTuple):
    """What the items of a release name: coders by their UUIDs, and codebook versions.

    ``latest`` is the last version that gold was decided by.
    """

    coders: list[str]
    versions: list[int]
    latest: int | None


def named(release: Release) -> Named:
    """Go through the gold and the codings that a release has pinned."""
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"release": release.pk})
        rows = cursor.fetchall()
    return Named(
        coders=sorted({coder for _is_gold, coders, _version in rows for coder in coders}),
        versions=sorted({version for _is_gold, _coders, version in rows if version}),
        latest=max((version for is_gold, _, version in rows if is_gold and version), default=None),
    )


def coders_in(release: Release) -> list[Member]:
    """Return everybody whom the records of a frozen release name as a coder."""
    # Releases of before this was pinned have to be gone through.
    coders = named(release).coders if release.coders is None else release.coders
    members = Member.objects.filter(project=release.project_id, uuid__in=coders)
    return list(members.select_related("user").order_by("uuid"))
