"""What a worker does: claim a release, freeze it, render it, publish it.

Every write names the epoch of the claim. A worker that was paused, and whose
release somebody else took over, finds that out at its next write and stops;
what it wrote lies in a folder of its own that no row points to.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.jobs import LostClaim, check_in, claim, unclaimed, wake
from annotations.enums import ReleaseState
from annotations.exceptions import Refused
from annotations.models import AuditEvent
from exports import conversion, folders, manifest, rendering
from exports.actions.freezing import freeze
from exports.conversion import Converted
from exports.formats import DERIVED, jsonl
from exports.manifest import Tally, Written
from exports.models import Release, ReleaseFile
from exports.recipe import Recipe

logger = logging.getLogger(__name__)

PROGRESS_EVERY = 1.0
POLL = 0.5
GIVEN_UP = (ReleaseState.FAILED, ReleaseState.CANCELLED)


def build(*, release_id: int, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Build what is not built yet; ``False`` if another worker is at it, or there is no need.

    May be called any number of times, at once or after a crash: one of the
    calls publishes, and what it publishes does not depend on which.
    """
    release = claim(Release.objects.unfinished(), release_id)
    if release is None:
        return False
    try:
        _run(release, clock)
    except LostClaim:
        logger.info("release %s was taken over or called off", release.uuid)
        folders.remove(release)
        return False
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease runs out, and the sweeper rings again
    except Refused as refusal:
        fail(release=release, why=str(refusal), at=clock())
    except OSError as error:
        logger.exception("release %s can't be written", release.uuid)
        why = _("The files could not be written: %(why)s.") % {"why": error.strerror or error}
        fail(release=release, why=why, at=clock())
    except Exception:
        logger.exception("release %s failed", release.uuid)
        fail(release=release, why=_("Building failed; the log says why."), at=clock())
    return True


def see_through(*, release: Release) -> Release:
    """Build a release before returning it, or wait for the worker that was quicker."""
    while Release.objects.unfinished().filter(pk=release.pk).exists():
        if not build(release_id=release.pk):
            time.sleep(POLL)
    return Release.objects.get(pk=release.pk)


def fail(*, release: Release, why: str, at: datetime) -> None:
    """Give a release up for good, and leave no file of it behind."""
    folders.remove(release)
    _mine(release).update(
        state=ReleaseState.FAILED, failure=why, lease_until=None, finished_at=at, step=""
    )


def abandoned() -> list[int]:
    """Return the releases that wait for a worker, or whose worker is gone."""
    waiting = Release.objects.unfinished().filter(unclaimed())
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def sweep() -> None:
    """Ring for every release that nobody is at, and remove files of those given up."""
    for pk in abandoned():
        wake("releases.build", release_id=pk)
    for release in Release.objects.filter(state__in=GIVEN_UP):
        folders.remove_all(release)


def _run(release: Release, clock: Callable[[], datetime]) -> None:
    if release.state == ReleaseState.QUEUED:
        check_in(release, step="freezing", state=ReleaseState.FREEZING)
    if release.state == ReleaseState.FREEZING:
        freeze(release)
    folders.remove_earlier(release)
    check_in(release, step=f"writing {jsonl.NAME}", done=0)

    tally = Tally()
    articles = folders.write(release, jsonl.NAME, _with_progress(release, _lines(release, tally)))
    derived = [
        _derive(release, name)
        for name in Recipe.from_json(release.request).formats
        if name in DERIVED
    ]
    if release.state == ReleaseState.RENDERING:
        check_in(release, step="publishing", state=ReleaseState.FINALIZING, done=tally.articles)
    _publish(release, articles=articles, derived=derived, tally=tally, at=clock())


def _lines(release: Release, tally: Tally) -> Iterator[bytes]:
    for article in rendering.records(release, Recipe.from_json(release.request)):
        tally.add(article)
        yield jsonl.line(article)


def _derive(release: Release, format: str) -> Converted:
    """Write another format from the canonical lines, and from nothing else."""
    check_in(release, step=f"writing {DERIVED[format].NAME}", done=0)
    lines = _with_progress(release, folders.read(release, jsonl.NAME))
    return conversion.convert(format, map(json.loads, lines), partial(folders.write, release))


def _with_progress(release: Release, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Pass lines on; once a second say how many, renew the claim, and notice if it is lost."""
    told = time.monotonic()
    for done, line in enumerate(lines, start=1):
        yield line
        if time.monotonic() - told >= PROGRESS_EVERY:
            check_in(release, done=done)
            told = time.monotonic()


def _publish(
    release: Release,
    *,
    articles: Written,
    derived: list[Converted],
    tally: Tally,
    at: datetime,
) -> None:
    """Write what goes with the records, the manifest last, then make it all known at once."""
    articles = replace(articles, rows=tally.articles)
    data = [articles, *(file for converted in derived for file in converted.files)]
    losses = {converted.format: converted.report for converted in derived}
    contents = _contents(release, data, tally) | {"losses": losses}
    card = folders.write(release, manifest.CARD, [manifest.card(contents)])
    text = manifest.dump(contents)
    sums = manifest.checksums([*data, card, folders.measure(manifest.NAME, text)])
    checksums = folders.write(release, manifest.SUMS, [sums])
    check_in(release)
    told = folders.write(release, manifest.NAME, [text])

    with transaction.atomic():
        if not _mine(release).select_for_update().exists():
            raise LostClaim
        ReleaseFile.objects.bulk_create(
            ReleaseFile(
                release=release,
                name=file.name,
                path=folders.path_of(release, file.name),
                bytes=file.bytes,
                rows=file.rows,
                sha256=file.sha256,
            )
            for file in (*data, told, card, checksums)
        )
        _mine(release).update(
            state=ReleaseState.READY,
            content_hash=articles.sha256,
            manifest=contents,
            done=tally.articles,
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
            content_hash=articles.sha256,
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


def _mine(release: Release):
    """Keep the release's row as long as no other worker has claimed it."""
    return Release.objects.unfinished().filter(pk=release.pk, epoch=release.epoch)
