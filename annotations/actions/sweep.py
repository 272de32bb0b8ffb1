"""Nothing is forgotten: jobs without a worker, work that lies idle, files of nothing."""

from datetime import datetime

from annotations.actions import agreement, leases, tallies, uploads
from annotations.actions.jobs import unclaimed, wake
from annotations.models import AgreementRow, Batch, CleaningJob, ImportJob


def sweep(*, at: datetime) -> dict[str, int]:
    """Ring for jobs without a worker, free abandoned work, remove orphaned files; count each.

    Tallies are added up on the way. Safe to run twice at once: a job is claimed by one worker
    only, however often it is rung for, and what one sweep is freeing another one passes over.
    """
    imports = ImportJob.objects.unfinished().filter(unclaimed()).order_by("pk")
    job_ids = list(imports.values_list("pk", flat=True))
    for job_id in job_ids:
        wake("imports.run", job_id=job_id)

    cluttered = ImportJob.objects.cluttered().order_by("pk")
    cluttered_ids = list(cluttered.values_list("pk", flat=True))
    for job_id in cluttered_ids:
        wake("imports.clear_up", job_id=job_id)

    cleanings = CleaningJob.objects.unfinished().filter(unclaimed()).order_by("pk")
    cleaning_ids = list(cleanings.values_list("pk", flat=True))
    for job_id in cleaning_ids:
        wake("cleaning.run", job_id=job_id)

    apart = ImportJob.objects.unclustered().filter(unclaimed()).order_by("pk")
    apart_ids = list(apart.values_list("pk", flat=True))
    for job_id in apart_ids:
        wake("clusters.find", job_id=job_id)

    behind = AgreementRow.objects.outdated().filter(task__batch__in=Batch.objects.published())
    batch_ids = sorted(set(behind.values_list("task__batch", flat=True)))
    for batch_id in batch_ids:
        wake("agreement.measure", batch_id=batch_id)

    reports = agreement.unfinished().filter(unclaimed()).order_by("pk")
    report_ids = list(reports.values_list("pk", flat=True))
    for report_id in report_ids:
        wake("agreement.report", report_id=report_id)

    tallies.add_up(at=at)

    # Releases know themselves which of them wait; they live a layer above.
    wake("releases.sweep")
    return {
        "imports": len(job_ids),
        "cluttered": len(cluttered_ids),
        "cleanings": len(cleaning_ids),
        "clusters": len(apart_ids),
        "batches": len(batch_ids),
        "reports": len(report_ids),
        "expired": leases.expire(at=at),
        "reminded": leases.remind(at=at),
        "orphans": uploads.remove_orphans(at=at),
    }
