"""Doorbells: ids in, one action."""

from celery import shared_task
from django.utils import timezone

from annotations.actions import agreement, cleaning, clusters, imports, reminders, sign_in
from annotations.models import Batch, User

#: A hundred thousand articles with their codings take a while to be written.
HOURS_FOR_AN_IMPORT = 6 * 60 * 60


@shared_task(name="imports.run", time_limit=HOURS_FOR_AN_IMPORT)
def run_import(*, job_id: int) -> None:
    imports.run_import(job_id=job_id, at=timezone.now())


@shared_task(name="imports.clear_up", time_limit=HOURS_FOR_AN_IMPORT)
def clear_up_import(*, job_id: int) -> None:
    imports.clear_up(job_id=job_id)


@shared_task(name="clusters.find", time_limit=HOURS_FOR_AN_IMPORT)
def find_clusters(*, job_id: int) -> None:
    clusters.find(job_id=job_id)


@shared_task(name="cleaning.run", time_limit=HOURS_FOR_AN_IMPORT)
def run_cleaning(*, job_id: int) -> None:
    cleaning.run(job_id=job_id, at=timezone.now())


@shared_task(name="agreement.measure")
def measure_agreement(*, batch_id: int) -> None:
    agreement.measure(batch=Batch.objects.get(pk=batch_id), at=timezone.now())


@shared_task(name="agreement.ask")
def ask_for_report(
    *, batch_ids: list[int], label: str, since: str | None = None, until: str | None = None
) -> None:
    agreement.ask_for(
        batch_ids=batch_ids, label=label, since=since, until=until, at=timezone.now()
    )


@shared_task(name="agreement.report")
def compute_report(*, report_id: int) -> None:
    agreement.compute(report_id=report_id, at=timezone.now())


@shared_task(name="reminders.mail")
def mail_reminder(*, reminder_id: int) -> None:
    reminders.mail(reminder_id=reminder_id, at=timezone.now())


@shared_task(name="people.send_reset_mail")
def send_reset_mail(*, user_id: int) -> None:
    sign_in.send_reset_mail(user=User.objects.get(pk=user_id))
