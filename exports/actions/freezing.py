"""Pin what a release consists of, in one look at the database."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import SerializationFailure

from annotations.actions.jobs import LostClaim
from annotations.algorithms import tokens
from annotations.enums import ReleaseState
from annotations.models import Batch, CodebookVersion
from annotations.permissions import can_publish
from annotations.queries import agreement
from exports import provenance, queries, splits
from exports.actions.releases import CannotPublish, refuse_closed_batches
from exports.models import Release, ReleaseItem
from exports.queries import Choice
from exports.recipe import Recipe

CHUNK = 500
AGREEMENT = ("articles", "alpha", "alpha_by_label", "mean_pair")


def freeze(release: Release) -> None:
    """Write one item per article, as everything stood at one moment.

    Afterwards the release is ``rendering`` and no longer depends on anything
    that can change. Raises ``LostClaim`` if another worker has it by now.
    """
    recipe = Recipe.from_json(release.request)
    with one_moment(), _claimed(release):
        _check_right(release, recipe)
        groups = _splits(release, recipe)
        versions: set[int] = set()
        repeated: list[dict[str, str]] = []
        total = 0
        pending = queries.choices(release.project, recipe)
        # The items' own order is the order of the lines: the primary keys of a
        # bulk insert ascend, and rendering walks along them.
        while chunk := list(islice(pending, CHUNK)):
            items = _items(release, recipe, chunk, groups, versions)
            ReleaseItem.objects.bulk_create(items)
            total += len(items)
            repeated += [
                {"id": choice.task["key"], "batch": other["batch_name"]}
                for choice in chunk
                for other in choice.others
            ]
        Release.objects.filter(pk=release.pk).update(
            state=ReleaseState.RENDERING,
            total=total,
            manifest={
                "left_out": repeated,
                "codebooks": _codebooks(release, versions),
                "agreement": _agreement(release),
                "tokenizer": tokens.VERSION,
                **provenance.of(release, recipe),
            },
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
    if not by.is_active or not can_publish(by, release.project):
        raise CannotPublish(_("Whoever asked for this release is no longer an admin."))
    refuse_closed_batches(project=release.project, recipe=recipe, by=by)


def _splits(release: Release, recipe: Recipe) -> splits.Groups | None:
    if recipe.splits is None:
        return None
    entries = (_entry(choice, recipe) for choice in queries.choices(release.project, recipe))
    return splits.assign(entries, shares=recipe.splits, seed=recipe.seed)


def _entry(choice: Choice, recipe: Recipe) -> splits.Entry:
    stratum = choice.task["meta"].get(recipe.stratify) if recipe.stratify else None
    return splits.Entry(choice.task["key"], choice.task["cluster"], str(stratum or ""))


def _items(
    release: Release,
    recipe: Recipe,
    chunk: list[Choice],
    groups: splits.Groups | None,
    versions: set[int],
) -> list[ReleaseItem]:
    codings: dict[int, list[dict[str, Any]]] = {}
    if recipe.has_codings:
        codings = queries.submissions_of([choice.task["pk"] for choice in chunk])
    items = []
    for choice in chunk:
        task = choice.task
        submissions = codings.get(task["pk"], [])
        used = [task["gold_version"]] if recipe.has_gold else []
        used += [row["codebook_version"] for row in submissions]
        versions.update(version for version in used if version is not None)
        items.append(
            ReleaseItem(
                release=release,
                task_id=task["pk"],
                article_id=task["article_id"],
                gold_id=task["gold_id"] if recipe.has_gold else None,
                submissions=[
                    {"member": str(row["member"]), "submission": str(row["uuid"])}
                    for row in submissions
                ],
                meta=task["meta"],
                zones=task["zones"],
                cluster=task["cluster"],
                split=task["imported_split"]
                if groups is None
                else groups[_entry(choice, recipe).group],
            )
        )
    return items


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


def _codebooks(release: Release, versions: set[int]) -> list[dict[str, Any]]:
    """Name the codebook versions in use, with a hash of what each says.

    A version that came with an import may not exist here; it has no hash then.
    """
    known = {
        codebook.number: _hash(codebook)
        for codebook in CodebookVersion.objects.filter(
            project=release.project, number__in=versions
        ).prefetch_related("definitions__label")
    }
    return [{"version": number, "sha256": known.get(number)} for number in sorted(versions)]


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
