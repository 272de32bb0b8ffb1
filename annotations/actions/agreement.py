"""Agreement is measured: a row a task, and from the rows a report for each scope asked for.

The database counts up the version of a task's row with everything that its figures rest on, so
that no clock and no lost message can hide what a row or a report has not seen yet.
"""

import gc
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg import Cursor

from annotations.actions.jobs import LostClaim, check_in, claim, held, wake, wake_on_commit
from annotations.actions.measuring import AT_ONCE, measuring
from annotations.algorithms import agreement as measures
from annotations.enums import JobState
from annotations.models import AgreementReport, AgreementRow, Batch
from annotations.models.agreement import AgreementRowQuerySet
from annotations.queries.agreement import Scope, version_of
from annotations.queries.agreement_evidence import evidence

CHUNK = 500
SEED = 1


def ring(scope: Scope) -> None:
    """Ask a worker for the report on ``scope``; nothing is written here."""
    wake(
        "agreement.ask",
        batch_ids=[batch.pk for batch in scope.batches],
        label=scope.label,
        since=scope.since and scope.since.isoformat(),
        until=scope.until and scope.until.isoformat(),
    )


def ask_for(
    *, batch_ids: list[int], label: str, since: str | None, until: str | None, at: datetime
) -> None:
    """Queue the report that somebody rang for; batches that are gone are passed over."""
    batches = list(Batch.objects.filter(pk__in=batch_ids).select_related("project"))
    if batches:
        days = [date.fromisoformat(day) if day else None for day in (since, until)]
        ask(scope=Scope(batches[0].project, batches, label, *days), at=at)


def measure(*, batch: Batch, at: datetime) -> None:
    """Bring the rows of a batch up to date, and ask for the reports on it and on its project.

    Rows that rest on all that has happened are not computed again. Reports on less, such as one
    label, are computed when somebody looks at them.
    """
    measure_rows(AgreementRow.objects.filter(task__batch=batch))
    every = Batch.objects.published().filter(project=batch.project).order_by("pk")
    for batches in ([batch], list(every)):
        ask(scope=Scope(batch.project, batches), at=at)


def measure_rows(rows: AgreementRowQuerySet) -> None:
    """Bring those of ``rows`` up to date that are not."""
    for _ in _measure(rows):
        pass


def ask(*, scope: Scope, at: datetime) -> AgreementReport:
    """Queue the report on ``scope``, unless it is up to date."""
    report, _ = AgreementReport.objects.get_or_create(
        project=scope.project,
        scope=scope.name,
        defaults={
            "batches": sorted(str(batch.uuid) for batch in scope.batches),
            "label": scope.label,
            "since": scope.since,
            "until": scope.until,
            "created_at": at,
        },
    )
    if report.version != version_of(scope.batches) or report.state != JobState.READY:
        _queue(report)
    return report


def _queue(report: AgreementReport) -> None:
    """Put a report that was computed back into the queue, and ring.

    One that is being computed is looked at again when it is done.
    """
    with transaction.atomic():
        AgreementReport.objects.filter(
            pk=report.pk, state__in=[JobState.READY, JobState.FAILED]
        ).update(state=JobState.QUEUED, lease_until=None)
        wake_on_commit("agreement.report", report_id=report.pk)


def unfinished() -> QuerySet[AgreementReport]:
    """Return the reports that wait for a worker, or had one."""
    return AgreementReport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nobody look for garbage: little is made in circles here, and each look at all that the
    process has loaded takes as long as to measure a portion."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_without_collecting()
def compute(*, report_id: int, at: datetime) -> AgreementReport | None:
    """Compute a queued report; ``None`` if there is nothing to do, or a worker is at it.

    A worker that is killed leaves whole rows behind, and the next one goes on from there.
    """
    report = claim(unfinished(), report_id)
    if report is None:
        return None
    batches = list(Batch.objects.filter(project=report.project, uuid__in=report.batches))
    scope = Scope(report.project, batches, report.label, report.since, report.until)
    mine = AgreementReport.objects.filter(pk=report.pk, epoch=report.epoch)
    try:
        behind = AgreementRow.objects.filter(task__batch__in=batches)
        check_in(report, state=JobState.RUNNING, done=0, total=behind.outdated().count())
        for done in _measure(behind):
            check_in(report, done=done)
        # Before the rows: what happens from now on has to make the report stale again.
        version = version_of(batches)
        with held(mine):
            figures, details = _figures(scope)
        check_in(
            report,
            state=JobState.READY,
            version=version,
            figures=figures,
            details=details,
            computed_at=at,
        )
    except LostClaim:
        return None
    except Exception:
        mine.update(state=JobState.FAILED, lease_until=None)
        raise
    mine.update(lease_until=None)
    if version_of(batches) != version:
        _queue(report)
    return report


def _figures(scope: Scope) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the contract names, and what goes beyond it."""
    rows, label = scope.rows(), scope.label or None
    tables = measures.unpacked(rows.values_list("counts", flat=True))
    again = list(rows.filter(later_counts__isnull=False).values_list("counts", "later_counts"))
    before, after = (measures.unpacked(pair[at] for pair in again) for at in (0, 1))
    figures = measures.report(tables, seed=SEED, label=label)
    details = measures.details(tables, later=(before, after), label=label)
    return figures, details | {"label_given_extent": figures.pop("label_given_extent")}


def _measure(rows: AgreementRowQuerySet) -> Iterator[int]:
    """Write those of ``rows`` that are outdated; yield how many are done, in good portions."""
    versions = dict(rows.outdated().order_by("task").values_list("task", "version"))
    pks = list(versions)
    with measuring(len(pks)) as submit:
        waiting: deque[Future[bytes]] = deque()
        done = 0
        for first in range(0, len(pks), CHUNK):
            if len(waiting) > AT_ONCE:
                done += _write(waiting.popleft().result(), versions)
                yield done
            waiting.append(submit(evidence(pks[first : first + CHUNK])))
        for last in waiting:
            done += _write(last.result(), versions)
            yield done


def _write(measured: bytes, versions: dict[int, int]) -> int:
    """Write the rows of some tasks, unless another worker has come further; say how many.

    ``versions`` were read before the evidence, which so can only be newer: the row of a task on
    which something happens meanwhile stays outdated.
    """
    made = list(measures.counted(measured))
    columns = (
        [one.task for one in made],
        [versions[one.task] for one in made],
        [one.counts for one in made],
        [one.later_counts for one in made],
        [one.coded_at for one in made],
    )
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # Django's own cursor would spell the bytes out in the text of the statement.
        Cursor(cursor.connection).execute(
            """
            UPDATE annotations_agreementrow kept
            SET counts = made.counts, later_counts = made.later_counts, coded_at = made.coded_at,
                measured_version = made.version
            FROM unnest(%b::bigint[], %b::int[], %b::bytea[], %b::bytea[],
                    %b::text[]::timestamptz[])
                AS made(task, version, counts, later_counts, coded_at)
            WHERE kept.task_id = made.task AND kept.measured_version < made.version
            """,
            columns,
        )
    return len(made)
