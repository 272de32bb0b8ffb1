"""From frozen rows to records: the same rows give the same records, today and in a year."""

from collections.abc import Iterator
from typing import Any

from annotations.models import Submission
from exports import queries
from exports.models import Release, ReleaseItem
from exports.recipe import Recipe
from exports.records import Frozen, Record, Roster, build

CHUNK = 200


class OutOfOrder(Exception):
    """The items of a release don't stand in the order of their articles' keys."""


def records(release: Release, recipe: Recipe) -> Iterator[Record]:
    """Yield the records of a frozen release in the order of their ids, holding few at a time."""
    roster = roster_of(release, recipe)
    last = ""
    for chunk in _chunks(release):
        handed_in = _submissions(chunk) if recipe.has_codings else {}
        for item in chunk:
            article = _frozen(item, recipe, handed_in)
            if article.key <= last:
                raise OutOfOrder(article.key)
            last = article.key
            yield build(article, recipe=recipe, roster=roster)


def roster_of(release: Release, recipe: Recipe) -> Roster:
    """Say what the coders of a frozen release are called in it."""
    members = queries.coders_in(release, recipe)
    if recipe.real_names:
        return Roster.named({str(m.uuid): (m.name, m.is_external) for m in members})
    return Roster.pseudonymous(
        [str(member.uuid) for member in members],
        secret=bytes(release.project.secret),
        seed=recipe.seed,
    )


def _chunks(release: Release) -> Iterator[list[ReleaseItem]]:
    # By primary key and not through a cursor: the worker writes its progress in between.
    items = release.items.select_related("article", "gold").order_by("pk")
    last = 0
    while chunk := list(items.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _submissions(items: list[ReleaseItem]) -> dict[str, dict[str, Any]]:
    uuids = [coding["submission"] for item in items for coding in item.submissions]
    rows = Submission.objects.filter(uuid__in=uuids).values("uuid", "spans", "codebook_version")
    return {str(row["uuid"]): row for row in rows}


def _frozen(item: ReleaseItem, recipe: Recipe, handed_in: dict[str, dict[str, Any]]) -> Frozen:
    codings = [
        (coding["member"], handed_in[coding["submission"]])
        for coding in (item.submissions if recipe.has_codings else ())
    ]
    if item.gold is not None:
        version = item.gold.codebook_version
    else:
        used = [row["codebook_version"] for _, row in codings if row["codebook_version"]]
        version = max(used, default=None)
    article = item.article
    return Frozen(
        key=article.key,
        text=article.text,
        text_sha256=article.text_sha256,
        meta=item.meta,
        zones=item.zones,
        cluster=item.cluster,
        split=item.split,
        codebook_version=version,
        gold=None if item.gold is None else item.gold.spans,
        codings=[(member, row["spans"]) for member, row in codings],
    )
