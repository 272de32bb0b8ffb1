"""Background jobs: ring for a worker, claim a job, keep the claim alive.

The job's row is the queue and a Celery message only a doorbell: a message that
is lost, late or doubled does no harm. Leases run on the database's clock.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial, update_wrapper
from threading import Event
from typing import Any, TypeVar

from celery import current_app
from django.db import connection, models, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from annotations.models import Claimable, Job

logger = logging.getLogger(__name__)

C = TypeVar("C", bound=Claimable)

LEASE = timedelta(seconds=30)
#: How often a claim is renewed for whoever holds it.
BEAT = LEASE / 3
#: How many times as long as a broker was waited for in vain it is not asked again.
PATIENCE = 5

_is_silent_until = 0.0


class LostClaim(Exception):
    """Another worker has taken the job over; stop without writing anything."""


class CancelRequested(Exception):
    """A person asked for the job to be cancelled; stop and say so."""


def wake(name: str, **ids: Any) -> None:
    """Ring for a worker. A broker that is down is no error: the sweeper rings again.

    One that does not answer costs one request a few seconds, not each that follows.
    """
    global _is_silent_until
    began = time.monotonic()
    if began < _is_silent_until:
        return
    try:
        current_app.send_task(name, kwargs=ids, retry=False)
    except (OperationalError, OSError) as error:
        now = time.monotonic()
        _is_silent_until = now + PATIENCE * (now - began)
        logger.warning("nobody rung for %s: %s", name, error)


def wake_on_commit(name: str, **ids: Any) -> None:
    """Ring once the transaction at hand is there to be seen."""
    # Django tells the function's name where ringing fails, and a bare partial has none.
    ring = update_wrapper(partial(wake, name, **ids), wake)
    transaction.on_commit(ring, robust=True)


def unclaimed() -> models.Q:
    """The condition that no worker holds a job: never claimed, or its lease ran out."""
    return models.Q(lease_until=None) | models.Q(lease_until__lt=Now())


def claim(rows: models.QuerySet[C], pk: int) -> C | None:
    """Take the row ``pk`` of ``rows``, or return ``None`` if it is done, gone or somebody's.

    ``rows`` holds those that may still be worked on. The claim lasts for a
    lease and is renewed by ``renew``.
    """
    return claim_next(rows.filter(pk=pk))


def claim_next(rows: models.QuerySet[C]) -> C | None:
    """Take the first of ``rows`` that nobody has; ``None`` if there is none."""
    with transaction.atomic():
        row = rows.select_for_update(skip_locked=True).filter(unclaimed()).first()
        if row is None:
            return None
        row.epoch += 1
        rows.model._default_manager.filter(pk=row.pk).update(
            epoch=row.epoch, lease_until=Now() + LEASE
        )
    return row


def renew(mine: models.QuerySet[C], **progress: Any) -> None:
    """Renew the lease of the one row in ``mine`` and write ``progress`` fields.

    ``mine`` names the epoch of the claim; where it holds no row any more,
    another worker has it, and ``LostClaim`` is raised.
    """
    if not mine.update(lease_until=Now() + LEASE, **progress):
        raise LostClaim


@contextmanager
def held(mine: models.QuerySet[Any]) -> Iterator[None]:
    """Renew the lease of the one row in ``mine`` all the while, by a thread of its own.

    For work that can't say how far it is. Whoever loses the claim finds that
    out at the next write. A process that is killed or paused renews nothing.
    """
    is_over = Event()

    def beat() -> None:
        try:
            with suppress(LostClaim):
                while not is_over.wait(BEAT.total_seconds()):
                    renew(mine)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(beat)
        try:
            yield
        finally:
            is_over.set()


def check_in(job: Job, **progress: Any) -> None:
    """Renew a job's lease and write ``progress`` fields.

    Raises ``LostClaim`` when another worker has the job, ``CancelRequested``
    when a person asked for its end.
    """
    mine = type(job)._default_manager.filter(pk=job.pk, epoch=job.epoch)
    renew(mine, **progress)
    if mine.filter(is_cancel_requested=True).exists():
        raise CancelRequested
    for field, value in progress.items():
        setattr(job, field, value)
