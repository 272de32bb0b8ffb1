"""Doorbells: ids in, one action."""

from celery import shared_task
from django.utils import timezone

from annotations.actions import imports

#: A hundred thousand articles with their codings take a while to be written.
HOURS_FOR_AN_IMPORT = 6 * 60 * 60


@shared_task(name="imports.run", time_limit=HOURS_FOR_AN_IMPORT)
def run_import(*, job_id: int) -> None:
    imports.run_import(job_id=job_id, at=timezone.now())
