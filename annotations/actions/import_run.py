"""What a worker does for an import: everything read and checked, then everything written.

Called by ``actions.imports`` only.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions import import_codebook, import_writer
from annotations.actions.audit import record
from annotations.actions.import_reading import Files, Refusals, Row
from annotations.actions.jobs import CancelRequested, LostClaim, check_in, wake_on_commit
from annotations.enums import JobState
from annotations.exceptions import Forbidden
from annotations.importing import records
from annotations.importing.problems import Problem
from annotations.importing.vocabulary import Vocabulary
from annotations.models import AuditEvent, ImportJob, ImportProblem, Project
from annotations.permissions import can_change
from annotations.queries import codebook

PROBLEMS_KEPT = 1000
_NOTED_EVERY = 1.0

Found = Iterator[tuple[Row, records.Record | Problem]]


def work(job: ImportJob, at: datetime, on_progress: Callable[[ImportJob], None]) -> None:
    """Read, check and write what ``job`` brings; ``on_progress`` is told now and then."""
    by = job.requested_by
    if by is not None and not can_change(by, job.project):
        raise Forbidden(_("The person who asked for this import may no longer do it."))
    with Files(job) as files:
        vocabulary = Vocabulary.of(codebook.definitions(codebook.current(job.project)))
        refusals = Refusals(job)
        _check_all(job, files, vocabulary, refusals, on_progress)
        check_in(job, step="writing")
        _write_all(job, files, vocabulary, refusals, at)


def _write_all(
    job: ImportJob, files: Files, vocabulary: Vocabulary, refusals: Refusals, at: datetime
) -> None:
    by = job.requested_by
    is_dry = job.options["dry_run"]
    with transaction.atomic():
        list(job.files.select_for_update())  # see _claim
        _one_at_a_time(job.project)
        if job.options["create_labels"]:
            import_codebook.declare(vocabulary, project=job.project, by=by, at=at)
        writer = import_writer.Writer(job, at, refusals)
        look_up = _cancellation(job)
        for row, found in _checked(files.again(), vocabulary):
            look_up()
            if isinstance(found, records.Record):
                writer.add(row, found)
        writer.finish()
        refusals.save()
        if is_dry:
            transaction.set_rollback(True)
        else:
            _publish(job, writer, at)
            _ask_for_clusters(job)
    if is_dry:
        with transaction.atomic():
            _publish(job, writer, at)


def _one_at_a_time(project: Project) -> None:
    """Let imports into one project write one after another: each must see what is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('annotations.import'), %s)", [project.pk]
        )


def _publish(job: ImportJob, writer: import_writer.Writer, at: datetime) -> None:
    """Say ``ready``, which shows everything at once; nothing, if the job is no longer ours."""
    mine = ImportJob.objects.filter(pk=job.pk, epoch=job.epoch)
    is_ours = mine.filter(is_cancel_requested=False).update(
        state=JobState.READY,
        created=writer.created,
        duplicates=writer.duplicates,
        refused=F("refused") + len(writer.problems),
        done=F("total"),
        step="",
        lease_until=None,
        finished_at=Now(),
    )
    if not is_ours:
        raise CancelRequested if mine.exists() else LostClaim
    ImportProblem.objects.bulk_create(writer.problems[:PROBLEMS_KEPT])
    record(
        AuditEvent.Kind.IMPORT_FINISHED,
        target=job,
        by=job.requested_by,
        at=at,
        created=writer.created,
        duplicates=writer.duplicates,
        dry_run=job.options["dry_run"],
    )


def _ask_for_clusters(job: ImportJob) -> None:
    """Have what came in compared with the rest, but for articles that say where they belong."""
    comparable = job.articles.filter(is_clustered_by_hand=False).count()
    if comparable:
        ImportJob.objects.filter(pk=job.pk).update(
            clusters_state=JobState.QUEUED, clusters_total=comparable
        )
        wake_on_commit("clusters.find", job_id=job.pk)


def _check_all(
    job: ImportJob,
    files: Files,
    vocabulary: Vocabulary,
    refusals: Refusals,
    on_progress: Callable[[ImportJob], None],
) -> None:
    """Read every record once; with ``create_labels``, add to ``vocabulary`` what it lacks."""
    job.problems.all().delete()
    check_in(job, step="checking", done=0, total=files.total(), refused=0)

    done = 0
    waiting: list[ImportProblem] = []
    noted = time.monotonic()
    for row, found in _checked(files.rows(), vocabulary, grow=job.options["create_labels"]):
        done += 1
        if isinstance(found, Problem):
            problem = refusals.add(row, found)
            if refusals.count <= PROBLEMS_KEPT:
                waiting.append(problem)
        if time.monotonic() - noted >= _NOTED_EVERY:
            noted = time.monotonic()
            _note(job, waiting, done=done, refused=refusals.count)
            on_progress(job)
            waiting = []
    met = {"formats": dict(files.formats), "encodings": dict(files.encodings)}
    _note(job, waiting, done=done, total=done, refused=refusals.count, met=met)
    on_progress(job)


def _note(job: ImportJob, problems: list[ImportProblem], **progress: Any) -> None:
    with transaction.atomic():
        check_in(job, **progress)
        ImportProblem.objects.bulk_create(problems)


def _checked(rows: Iterable[Row], vocabulary: Vocabulary, *, grow: bool = False) -> Found:
    """Yield each row with its record, or with what is wrong with it."""
    for row in rows:
        yield row, _check(row, vocabulary, grow)


def _check(row: Row, vocabulary: Vocabulary, grow: bool) -> records.Record | Problem:
    if isinstance(row.value, Problem):
        return row.value
    try:
        found = records.check(row.value, default_key=row.default_key)
        if grow:
            vocabulary.add(found)
        else:
            vocabulary.refuse_unknown(found)
    except Problem as problem:
        return problem
    return found


def _cancellation(job: ImportJob) -> Callable[[], None]:
    """Return a check for a cancellation that looks no oftener than is needed."""
    looked = time.monotonic()

    def look() -> None:
        nonlocal looked
        if time.monotonic() - looked < _NOTED_EVERY:
            return
        looked = time.monotonic()
        if ImportJob.objects.filter(pk=job.pk, is_cancel_requested=True).exists():
            raise CancelRequested

    return look
