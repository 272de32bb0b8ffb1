"""Two releases are compared by a worker, once, for all who ask; the result is kept for a while.

Whoever looks rings where nobody is at it, and writes nothing. A worker that is killed leaves a
lease that runs out, and the next look rings again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotations.actions.jobs import LostClaim, claim, held, renew, unclaimed, wake
from exports import comparison, difference_document
from exports.actions.pace import steadily
from exports.difference import ArticleChange, Difference
from exports.models import Comparison, Release, ReleaseChange

logger = logging.getLogger(__name__)

CHUNK = 500
#: So long a difference is kept; it can always be found out again.
KEPT = timedelta(days=30)
#: So long one that failed stays, before somebody who looks has it tried again.
FAILED_STAYS = timedelta(minutes=1)


def look_up(*, since: Release, release: Release) -> Comparison:
    """Return what is known of the difference, and ring for a worker if nobody is at it."""
    kept = Comparison.objects.filter(since=since, release=release)
    known = kept.first()
    if known is None or kept.filter(unclaimed(), finished_at=None).exists():
        wake("differences.find", since_id=since.pk, release_id=release.pk)
    return known or Comparison(since=since, release=release)


def find(
    *, since_id: int, release_id: int, clock: Callable[[], datetime] = timezone.now
) -> Comparison | None:
    """Find out what differs; ``None`` if that is known already, or another worker is at it."""
    kept, _ = Comparison.objects.get_or_create(since_id=since_id, release_id=release_id)
    mine = claim(Comparison.objects.filter(finished_at=None), kept.pk)
    if mine is None:
        return None
    own = Comparison.objects.filter(pk=mine.pk, epoch=mine.epoch, finished_at=None)
    try:
        # A bucket does not say how far it is with a file.
        with held(own):
            _find(mine, own, clock)
    except LostClaim:
        return None
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease runs out, and the next look rings again
    except Exception:
        logger.exception("releases %s and %s can't be compared", since_id, release_id)
        own.update(finished_at=clock(), lease_until=None)
    return mine


@transaction.atomic
def let_go(*, at: datetime) -> None:
    """Remove what was found out long ago, what failed, and what is told of files that are gone."""
    failed = Q(counts__isnull=True, finished_at__lt=at - FAILED_STAYS)
    purged = Q(since__purged_at__isnull=False) | Q(release__purged_at__isnull=False)
    done_with = Comparison.objects.filter(Q(finished_at__lt=at - KEPT) | failed | purged)
    ReleaseChange.objects.filter(comparison__in=done_with).delete()
    done_with.delete()


def _find(mine: Comparison, own: QuerySet[Comparison], clock: Callable[[], datetime]) -> None:
    difference = Difference(mine.since.manifest, mine.release.manifest)
    total = mine.release.manifest["counts"]["articles"]
    with transaction.atomic():
        renew(own, done=0, total=total)
        # What a worker has left that is gone, and not what one has found that came after us.
        mine.changes.all().delete()
    changes = difference.changes(
        comparison.lines(mine.since),
        steadily(comparison.lines(mine.release), lambda done: renew(own, done=done)),
    )
    rows = (_row(mine, number, change) for number, change in enumerate(changes, start=1))
    for some in _portions(rows):
        with transaction.atomic():
            renew(own)
            ReleaseChange.objects.bulk_create(some)
    finished = {"done": total, "finished_at": clock(), "lease_until": None}
    if not own.update(counts=difference.as_json(), **finished):
        raise LostClaim


def _row(mine: Comparison, number: int, change: ArticleChange) -> ReleaseChange:
    return ReleaseChange(
        comparison=mine,
        number=number,
        kind=change.kind,
        title=change.title,
        said=difference_document.article(change),
    )


def _portions(rows: Iterable[ReleaseChange]) -> Iterator[list[ReleaseChange]]:
    rows = iter(rows)
    while some := list(islice(rows, CHUNK)):
        yield some
