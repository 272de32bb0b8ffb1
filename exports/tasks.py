"""Doorbells: ids in, one action."""

from celery import shared_task
from django.utils import timezone

from exports.actions import building, comparing

#: A release of a million spans takes a minute; the general limit is for requests' work.
HOURS_FOR_A_RELEASE = 6 * 60 * 60


@shared_task(name="releases.build", time_limit=HOURS_FOR_A_RELEASE)
def build_release(*, release_id: int) -> None:
    building.build(release_id=release_id)


@shared_task(name="releases.sweep")
def sweep_releases() -> None:
    building.sweep(at=timezone.now())
    comparing.let_go(at=timezone.now())


@shared_task(name="differences.find", time_limit=HOURS_FOR_A_RELEASE)
def find_difference(*, since_id: int, release_id: int) -> None:
    comparing.find(since_id=since_id, release_id=release_id)
