"""What a worker does when it is rung: whatever a release needs next.

Every write names the epoch of a claim. A worker that was paused, and whose work
somebody else took over, finds that out at its next write and stops.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from annotations.actions.jobs import LostClaim, check_in, claim, unclaimed, wake, wake_on_commit
from annotations.enums import ReleaseState
from annotations.exceptions import Refused
from exports import rendering
from exports.actions import publishing, sharding
from exports.actions.freezing import freeze
from exports.models import UNFINISHED, Release, ReleaseItem, ReleaseShard
from exports.records import Roster

logger = logging.getLogger(__name__)

POLL = 0.5
#: More doorbells than this are not rung for one release: each that comes takes all it finds.
MOST_WORKERS = 8
GIVEN_UP = (ReleaseState.FAILED, ReleaseState.CANCELLED)
#: For so long, what failed can be tried again from what it had pinned.
RETENTION = timedelta(days=30)
#: So long after the end, workers that woke up late may still leave something behind.
LATE = timedelta(hours=1)


def build(*, release_id: int, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Do what a release needs next, until nothing is left to take up; ``False`` if nothing was.

    May be called any number of times, at once or after a crash: what is
    published does not depend on how many calls there were, nor on which did what.
    """
    frozen = _lead(Release.objects.to_freeze(), release_id, _freeze, clock)
    rendered = _render(release_id, clock)
    publish = partial(publishing.publish, clock=clock)
    published = _lead(Release.objects.to_publish(), release_id, publish, clock)
    return frozen or rendered or published


def see_through(*, release: Release) -> Release:
    """Build a release before returning it, or wait for the workers that were quicker."""
    while Release.objects.unfinished().filter(pk=release.pk).exists():
        if not build(release_id=release.pk):
            time.sleep(POLL)
    return Release.objects.get(pk=release.pk)


def abandoned() -> list[int]:
    """Return the releases in which something waits for a worker, or whose worker is gone."""
    shards = ReleaseShard.objects.waiting().filter(unclaimed())
    waiting = Release.objects.filter(
        Q(pk__in=Release.objects.to_freeze().filter(unclaimed()).values("pk"))
        | Q(state=ReleaseState.RENDERING, pk__in=shards.values("release"))
        | Q(pk__in=Release.objects.to_publish().filter(unclaimed()).values("pk"))
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def sweep(*, at: datetime) -> None:
    """Ring for every release that nobody is at, and let go what was kept of those given up."""
    for pk in abandoned():
        wake("releases.build", release_id=pk)
    expired = Release.objects.filter(is_retryable=True, finished_at__lt=at - RETENTION)
    expired.update(is_retryable=False)
    given_up = Release.objects.filter(state__in=GIVEN_UP, is_retryable=False)
    ReleaseItem.objects.filter(release__in=given_up).delete()
    ended = Release.objects.exclude(state__in=UNFINISHED)
    scaffolded = ReleaseShard.objects.values("release")
    cluttered = Q(pk__in=scaffolded) | Q(purged_at__isnull=False)
    for release in ended.filter(Q(finished_at__gt=at - LATE) | cluttered):
        try:
            publishing.clear_up(release)
        except Exception as error:
            if _is_away(error):
                raise
            # What is in the way of one must not keep those after it from being cleared up.
            logger.exception("release %s can't be cleared up", release.uuid)


def _freeze(release: Release) -> None:
    if release.state == ReleaseState.QUEUED:
        check_in(release, step="freezing", state=ReleaseState.FREEZING)
    freeze(release)
    for _worker in range(min(release.shards.count(), MOST_WORKERS) - 1):
        wake_on_commit("releases.build", release_id=release.pk)


def _render(release_id: int, clock: Callable[[], datetime]) -> bool:
    """Render shards until no more are to be had."""
    release = Release.objects.filter(state=ReleaseState.RENDERING, pk=release_id).first()
    roster = None
    had_part = False
    while release and (shard := sharding.take_up(release)):
        had_part = True
        roster = roster or rendering.roster_of(release)
        if not do_shard(shard, roster, clock):
            break
    return had_part


def do_shard(shard: ReleaseShard, roster: Roster, clock: Callable[[], datetime]) -> bool:
    """Render a shard that is claimed; ``False`` if the claim was lost meanwhile."""
    work = partial(sharding.render, shard, roster)
    return _guarded(work, sharding.mine(shard), shard.release, clock)


def _lead(
    releases: QuerySet[Release],
    release_id: int,
    work: Callable[[Release], None],
    clock: Callable[[], datetime],
) -> bool:
    """Do what only one worker at a time may do to a release."""
    release = claim(releases, release_id)
    if release is None:
        return False
    mine = Release.objects.unfinished().filter(pk=release.pk, epoch=release.epoch)
    return _guarded(partial(work, release), mine, release, clock)


def _guarded(
    work: Callable[[], None],
    mine: QuerySet,
    release: Release,
    clock: Callable[[], datetime],
) -> bool:
    """Work, and give the release up when that fails; ``False`` if the claim was lost meanwhile."""
    try:
        work()
    except LostClaim:
        logger.info("release %s was taken over or called off", release.uuid)
        return False
    except Refused as refusal:
        _fail(release, mine, why=str(refusal), is_retryable=False, at=clock())
    except OSError as error:
        logger.exception("release %s can't be written", release.uuid)
        why = _("The files could not be written: %(why)s.") % {"why": error.strerror or error}
        _fail(release, mine, why=why, is_retryable=True, at=clock())
    except Exception as error:
        if _is_away(error):
            raise  # the lease runs out, and the sweeper rings again
        logger.exception("release %s failed", release.uuid)
        why = _("Building failed; the log says why.")
        _fail(release, mine, why=why, is_retryable=True, at=clock())
    return True


def _is_away(error: Exception) -> bool:
    """Say whether the database could not be asked, rather than took longer than it may."""
    is_of_the_database = isinstance(error, OperationalError | InterfaceError)
    return is_of_the_database and not isinstance(error.__cause__, QueryCanceled)


@transaction.atomic
def _fail(release: Release, mine: QuerySet, *, why: str, is_retryable: bool, at: datetime) -> None:
    """Give a release up and free the disk of it, unless what failed is another's work by now."""
    if not mine.select_for_update(of=("self",)).exists():
        return
    Release.objects.unfinished().filter(pk=release.pk).update(
        state=ReleaseState.FAILED,
        failure=why,
        is_retryable=is_retryable,
        lease_until=None,
        finished_at=at,
        step="",
    )
    # Where that fails as well, the sweep does it later.
    transaction.on_commit(lambda: publishing.clear_up(release), robust=True)
