"""Pin what a release consists of, in one look at the database."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from psycopg.errors import SerializationFailure

from annotations.actions.jobs import LostClaim
from annotations.algorithms import tokens
from annotations.enums import ReleaseState
from annotations.models import Batch, CodebookVersion
from annotations.permissions import can_publish
from annotations.queries import agreement
from exports import provenance, queries, splits
from exports.actions import sharding
from exports.actions.releases import CannotPublish, refuse_closed_batches
from exports.models import Release, ReleaseItem
from exports.recipe import Recipe

AGREEMENT = ("articles", "alpha", "alpha_by_label", "mean_pair")

#: The items' own order is the order of the lines: keys are given in the order of the rows, and
#: rendering walks along them.
ITEMS = """
    WITH chosen (task, article, gold, key, meta, zones, cluster, split) AS ({chosen})
    INSERT INTO exports_releaseitem
        (release_id, task_id, article_id, gold_id, submissions, meta, zones, cluster, split)
    SELECT %s, chosen.task, chosen.article, {gold}, {submissions}, chosen.meta, chosen.zones,
           chosen.cluster, {split}
    FROM chosen {cuts}
    ORDER BY chosen.key COLLATE "C"
"""
CUTS = """
    LEFT JOIN unnest(%s::boolean[], %s::text[], %s::text[]) AS cut (is_cluster, name, split)
    ON cut.is_cluster = (chosen.cluster IS NOT NULL)
       AND cut.name = coalesce(chosen.cluster, chosen.key)
"""
#: Codings as they were handed in last.
SUBMISSIONS = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
                         'member', latest.member, 'submission', latest.submission)
                     ORDER BY latest.assignment), '[]')
     FROM (SELECT DISTINCT ON (assignment.id) assignment.id AS assignment,
                  member.uuid AS member, submission.uuid AS submission
           FROM annotations_assignment assignment
           JOIN annotations_member member ON member.id = assignment.coder_id
           JOIN annotations_submission submission ON submission.assignment_id = assignment.id
           WHERE assignment.task_id = chosen.task AND assignment.state = 'submitted'
           ORDER BY assignment.id, submission.submitted_at DESC, submission.id DESC) latest)
"""


def freeze(release: Release) -> None:
    """Write one item per article, as everything stood at one moment, and cut them into shards.

    Afterwards the release is ``rendering`` and no longer depends on anything
    that can change. One that was frozen before and failed later stays as it
    was pinned. Raises ``LostClaim`` if another worker has it by now.
    """
    recipe = Recipe.from_json(release.request)
    with one_moment(), _claimed(release):
        if release.frozen_at is None:
            _check_right(release, recipe)
            total = _pin(release, recipe)
            named = queries.named(release)
            Release.objects.filter(pk=release.pk).update(
                frozen_at=Now(),
                total=total,
                coders=named.coders,
                manifest={
                    "left_out": _left_out(release, recipe),
                    "codebooks": _codebooks(release, named.versions),
                    "agreement": _agreement(release),
                    "tokenizer": tokens.VERSION,
                    **provenance.of(release, recipe, named.latest),
                },
            )
        sharding.cut(release)
        # Nobody leads from here on: whoever comes takes a shard.
        Release.objects.filter(pk=release.pk).update(
            state=ReleaseState.RENDERING, lease_until=None, done=0
        )
    release.refresh_from_db()


@contextmanager
def one_moment() -> Iterator[None]:
    """Open a transaction that sees the database as it is now, whatever others write meanwhile."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # A worker that is paused in here must not hold the row's lock for ever.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '30s'")
        yield


@contextmanager
def _claimed(release: Release) -> Iterator[None]:
    """Hold the release's row, so that no other worker takes it over before we are done."""
    try:
        mine = Release.objects.filter(pk=release.pk, epoch=release.epoch)
        if not mine.select_for_update().filter(state=ReleaseState.FREEZING).exists():
            raise LostClaim
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, SerializationFailure):
            raise LostClaim from error
        raise


def _check_right(release: Release, recipe: Recipe) -> None:
    """The asker may have been removed, or been given work, since the request."""
    by = release.requested_by
    if by is None:
        return
    if not can_publish(by, release.project):
        raise CannotPublish(_("Whoever asked for this release is no longer an admin."))
    refuse_closed_batches(project=release.project, recipe=recipe, by=by)


def _pin(release: Release, recipe: Recipe) -> int:
    chosen, values = (
        queries.chosen(release.project, recipe)
        .order_by()
        .values_list(
            *("pk", "article", "gold", "article__key", "article__meta", "article__zones"),
            *("article__cluster__name", "article__split"),
        )
        .query.sql_with_params()
    )
    cuts = _cuts(release, recipe)
    query = ITEMS.format(
        chosen=chosen,
        gold="chosen.gold" if recipe.has_gold else "NULL",
        submissions=SUBMISSIONS if recipe.has_codings else "'[]'",
        split="chosen.split" if cuts is None else "cut.split",
        cuts="" if cuts is None else CUTS,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, release.pk, *(cuts or [])])
        return cursor.rowcount


def _cuts(release: Release, recipe: Recipe) -> list[list[Any]] | None:
    """Return what goes to which split, as columns; ``None`` if no splits are asked for."""
    if recipe.splits is None:
        return None
    stratum = F(f"article__meta__{recipe.stratify}") if recipe.stratify else Value("")
    rows = queries.chosen(release.project, recipe).values_list(
        "article__key", "article__cluster__name", stratum
    )
    entries = (
        splits.Entry(key, cluster, str(stratum or "")) for key, cluster, stratum in rows.iterator()
    )
    groups = splits.assign(entries, shares=recipe.splits, seed=recipe.seed)
    return [
        [is_cluster for is_cluster, _name in groups],
        [name for _is_cluster, name in groups],
        list(groups.values()),
    ]


def _left_out(release: Release, recipe: Recipe) -> list[dict[str, str]]:
    """Name the other batches of articles that stand in several."""
    others = queries.candidates(release.project, recipe).filter(place__gt=1).order_by()
    rows = sorted(others.values_list("article__key", "place", "batch__name"))
    return [{"id": key, "batch": batch} for key, _place, batch in rows]


def _agreement(release: Release) -> dict[str, Any] | None:
    """Copy what is known of the coders' agreement in the batches that the articles come from.

    Only figures over all coders: those of a pair would tell who is who.
    """
    items = ReleaseItem.objects.filter(release=release)
    batches = list(Batch.objects.filter(pk__in=items.values("task__batch")))
    scope = agreement.Scope(release.project, batches)
    report = agreement.report_on(scope)
    if report is None or report.figures is None or report.computed_at is None:
        return None
    return {
        "computed_at": report.computed_at.isoformat(),
        "stale": agreement.is_stale(report, scope),
        **{name: report.figures[name] for name in AGREEMENT},
    }


def _codebooks(release: Release, versions: list[int]) -> list[dict[str, Any]]:
    """Give codebook versions a hash of what each says.

    A version that came with an import may not exist here; it has no hash then.
    """
    known = {
        codebook.number: _hash(codebook)
        for codebook in CodebookVersion.objects.filter(
            project=release.project, number__in=versions
        ).prefetch_related("definitions__label")
    }
    return [{"version": number, "sha256": known.get(number)} for number in versions]


def _hash(codebook: CodebookVersion) -> str:
    labels = [
        {
            "key": definition.label.key,
            "name": definition.name,
            "definition": definition.definition,
            "include": definition.include,
            "exclude": definition.exclude,
            "examples": definition.examples,
            "attributes": definition.attributes,
            "links": definition.links,
            "retired": definition.is_retired,
        }
        for definition in sorted(codebook.definitions.all(), key=lambda row: row.position)
    ]
    said = json.dumps([labels, codebook.rules], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
