"""From rendered shards to a release that is ready: all of its files, or nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from annotations.actions.audit import record
from annotations.actions.jobs import LostClaim, check_in, held
from annotations.enums import ReleaseState
from annotations.models import AuditEvent
from exports import conversion, folders, manifest
from exports.actions.pace import steadily
from exports.conversion import Converted
from exports.formats import DERIVED, jsonl
from exports.manifest import Tally, Written
from exports.models import UNFINISHED, Release, ReleaseFile
from exports.recipe import Recipe


class ShardMissing(Exception):
    """What was handed in is not what lies there."""


def publish(release: Release, *, clock: Callable[[], datetime]) -> None:
    """Put the shards together, write what goes with them, and make it all known at once.

    The row that turns ``ready`` names the files: before that nobody sees any of
    them. Raises ``LostClaim`` if another worker has the release by now.
    """
    if release.state == ReleaseState.RENDERING:
        check_in(release, state=ReleaseState.FINALIZING)
    # A bucket does not say how far it is with a file.
    with held(_mine(release)):
        files, contents = _write(release)
    _make_known(release, files, contents, at=clock())
    clear_up(release)


@transaction.atomic
def clear_up(release: Release) -> None:
    """Remove what was written for a release on the way, or all if it came to nothing or is purged.

    Does nothing to one that is being built, or that somebody is changing.
    """
    ended = Release.objects.exclude(state__in=UNFINISHED).filter(pk=release.pk)
    # Locked, because one that failed could be tried again meanwhile.
    if ended.select_for_update(skip_locked=True).exists():
        release.shards.all().delete()
        kept = release.files.filter(release__purged_at=None)
        folders.tidy(release, keep=set(kept.values_list("path", flat=True)))


def _mine(release: Release) -> QuerySet[Release]:
    """Keep the release's row as long as this claim holds."""
    return Release.objects.unfinished().filter(pk=release.pk, epoch=release.epoch)


def _write(release: Release) -> tuple[list[Written], manifest.Manifest]:
    """Write all files, the manifest last; return them and what it says."""
    tally = Tally()
    articles = _put_together(release, tally)
    derived = [
        _derive(release, name, articles)
        for name in Recipe.from_json(release.request).formats
        if name in DERIVED
    ]
    data = [articles, *(file for converted in derived for file in converted.files)]
    losses = {converted.format: converted.report for converted in derived}
    contents = _contents(release, data, tally) | {"losses": losses}
    card = folders.write(release, manifest.CARD, [manifest.card(contents)])
    text = manifest.dump(contents)
    sums = manifest.checksums([*data, card, folders.measure(manifest.NAME, text)])
    checksums = folders.write(release, manifest.SUMS, [sums])
    check_in(release)
    told = folders.write(release, manifest.NAME, [text])
    return [*data, told, card, checksums], contents


def _put_together(release: Release, tally: Tally) -> Written:
    shards = list(release.shards.order_by("number"))
    check_in(release, step=f"publishing {jsonl.NAME}")
    pieces = (piece for shard in shards for piece in folders.pieces(shard.path))
    articles = folders.write(
        release, jsonl.NAME, steadily(pieces, lambda _piece: check_in(release))
    )
    if articles.bytes != sum(shard.bytes for shard in shards):
        raise ShardMissing(release.uuid)
    for shard in shards:
        tally.merge(shard.tally)
    return replace(articles, rows=tally.articles)


def _derive(release: Release, format: str, articles: Written) -> Converted:
    """Write another format from the canonical lines, and from nothing else."""
    check_in(release, step=f"writing {DERIVED[format].NAME}", done=0)
    lines = steadily(folders.read(release, articles), lambda done: check_in(release, done=done))
    return conversion.convert(format, map(json.loads, lines), partial(folders.write, release))


@transaction.atomic
def _make_known(
    release: Release, files: list[Written], contents: manifest.Manifest, *, at: datetime
) -> None:
    mine = _mine(release)
    if not mine.select_for_update().exists():
        raise LostClaim
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release,
            name=file.name,
            path=folders.path_of(release, file),
            bytes=file.bytes,
            rows=file.rows,
            sha256=file.sha256,
        )
        for file in files
    )
    mine.update(
        state=ReleaseState.READY,
        content_hash=contents["content_hash"],
        manifest=contents,
        done=contents["counts"]["articles"],
        step="",
        lease_until=None,
        finished_at=at,
    )
    record(
        AuditEvent.Kind.RELEASE_READY,
        target=release,
        by=None,
        at=at,
        number=release.number,
        content_hash=contents["content_hash"],
    )


def _contents(release: Release, data: list[Written], tally: Tally) -> manifest.Manifest:
    return {
        "schema": manifest.SCHEMA,
        "name": release.name,
        "number": release.number,
        "project": {"slug": release.project.slug, "name": release.project.name},
        "requested_at": release.created_at.isoformat(),
        "request": release.request,
        "counts": tally.as_json(),
        "content_hash": data[0].sha256,
        "files": [
            {"name": file.name, "bytes": file.bytes, "rows": file.rows, "sha256": file.sha256}
            for file in data
        ],
        "software": manifest.SOFTWARE,
        **release.manifest,
    }
