"""Files become articles: asked for in the request, done by a worker, seen all at once."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions import import_codebook, import_writer
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.actions.jobs import (
    CancelRequested,
    LostClaim,
    check_in,
    claim,
    wake_on_commit,
)
from annotations.enums import JobState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.importing import formats, records
from annotations.importing.problems import Problem
from annotations.importing.vocabulary import Vocabulary
from annotations.models import AuditEvent, ImportJob, ImportProblem, Project, SourceFile, User
from annotations.permissions import can_change
from annotations.queries import codebook

SKIP = "skip"
KEEP = "keep"
PROBLEMS_KEPT = 1000
_NOTED_EVERY = 1.0
_PIECE = 2**20

Found = Iterator[tuple[SourceFile, int, records.Record | Problem]]


class NothingToImport(Invalid):
    """No file came, or none that a reader takes."""

    code = "no_files"


class UnknownFormat(Invalid):
    """A file is in a format that can't be read."""

    code = "unknown_format"


class TooLate(Refused):
    """The import is over."""

    code = "too_late"


def request_import(
    *,
    project: Project,
    by: User | None,
    at: datetime,
    files: Sequence[File],
    format: str = "",
    dry_run: bool = False,
    on_duplicate: str = SKIP,
    create_labels: bool = False,
) -> ImportJob:
    """Keep the bytes of ``files`` and queue their import; ``by`` is nobody on the command line.

    Raises ``UnknownFormat`` if one of them can't be read; then none is kept.
    """
    if not files:
        raise NothingToImport(_("Choose at least one file."))
    chosen = [_format_of(file, format) for file in files]
    with transaction.atomic():
        project = lock_for_change(project, by=by)
        job = ImportJob.objects.create(
            project=project,
            requested_by=by,
            created_at=at,
            options={
                "dry_run": dry_run,
                "on_duplicate": on_duplicate,
                "create_labels": create_labels,
            },
        )
        for position, (file, its_format) in enumerate(zip(files, chosen, strict=True)):
            _keep(job, position, file, its_format)
        record(
            AuditEvent.Kind.IMPORT_REQUESTED,
            target=job,
            by=by,
            at=at,
            files=len(files),
            dry_run=dry_run,
        )
        wake_on_commit("imports.run", job_id=job.pk)
    return job


def cancel(*, job: ImportJob, by: User, at: datetime) -> ImportJob:
    """End an import: a queued one at once, a running one where its worker looks up next."""
    with transaction.atomic():
        lock_for_change(job.project, by=by)
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state not in {JobState.QUEUED, JobState.RUNNING}:
            raise TooLate(_("This import is over; there is nothing to cancel."))
        job.is_cancel_requested = True
        if job.state == JobState.QUEUED:
            job.state = JobState.CANCELLED
            job.finished_at = at
        job.save(update_fields=["is_cancel_requested", "state", "finished_at"])
        record(AuditEvent.Kind.IMPORT_CANCELLED, target=job, by=by, at=at)
    return job


def run_import(
    *, job_id: int, at: datetime, on_progress: Callable[[ImportJob], None] = lambda job: None
) -> ImportJob | None:
    """Do a queued import, or again from the start one whose worker is gone.

    First every record is read and checked, with progress for all to see. Then
    everything is written in one transaction, which ends by saying ``ready``:
    before that nothing of it is there. ``on_progress`` is told now and then.
    Returns ``None`` if there is nothing to do, or another worker is at it.
    """
    job = _claim(job_id)
    if job is None:
        return None
    try:
        _work(job, at, on_progress)
    except LostClaim:
        return None
    except CancelRequested:
        _end(job, JobState.CANCELLED)
    except Refused as refusal:
        _end(job, JobState.FAILED, failure=str(refusal))
    except OperationalError:
        raise  # The database went away: the sweeper rings for the job when it is back.
    except Exception:
        _end(job, JobState.FAILED, failure=_("An unexpected error stopped the import."))
        raise
    job.refresh_from_db()
    return job


def _format_of(file: File, wanted: str) -> str:
    if wanted and wanted not in formats.FORMATS:
        raise UnknownFormat(
            _("“%(format)s” is not a format that can be imported.") % {"format": wanted}
        )
    found = wanted or formats.recognise(_name(file), file)
    if not found:
        detail = _("“%(name)s” is neither a text file nor JSONL.") % {"name": _name(file)}
        raise UnknownFormat(
            detail, errors=[{"field": "files", "code": "unknown_format", "detail": detail}]
        )
    return found


def _name(file: File) -> str:
    name = (file.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return name.encode("utf-8", "replace").decode()[-400:]


def _keep(job: ImportJob, position: int, file: File, format: str) -> None:
    digest = hashlib.sha256()
    size = 0
    for piece in file.chunks(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    # The path is ours: nothing of a client's file name ever reaches the storage.
    path = default_storage.save(f"imports/{job.uuid}/{position:06d}", file)
    SourceFile.objects.create(
        import_job=job,
        name=_name(file),
        format=format,
        path=path,
        size=size,
        sha256=digest.hexdigest(),
        position=position,
    )


def _claim(job_id: int) -> ImportJob | None:
    with transaction.atomic():
        # Who writes holds the files' rows: no lease has to outlast a long transaction, and a
        # writer that is killed lets go of them at once.
        files = SourceFile.objects.filter(import_job=job_id)
        free = files.select_for_update(skip_locked=True).values_list("pk", flat=True)
        if len(free) < files.count():
            return None
        job = claim(ImportJob.objects.unfinished(), job_id)
        if job is not None and job.state == JobState.QUEUED:
            ImportJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
            job.state = JobState.RUNNING
    return job


def _work(job: ImportJob, at: datetime, on_progress: Callable[[ImportJob], None]) -> None:
    by = job.requested_by
    if by is not None and not can_change(by, job.project):
        raise Forbidden(_("The person who asked for this import may no longer do it."))
    vocabulary = Vocabulary.of(codebook.definitions(codebook.current(job.project)))
    _check_all(job, vocabulary, on_progress)
    check_in(job, step="writing")

    is_dry = job.options["dry_run"]
    with transaction.atomic():
        list(job.files.select_for_update())  # see _claim
        _one_at_a_time(job.project)
        if job.options["create_labels"]:
            import_codebook.declare(vocabulary, project=job.project, by=by, at=at)
        writer = import_writer.Writer(job, at)
        for source, line, found in _records(job, vocabulary, look_up=_cancellation(job)):
            if isinstance(found, records.Record):
                writer.add(source, line, found)
        writer.finish()
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


def _end(job: ImportJob, state: JobState, failure: str = "") -> None:
    """Close a job that will not become ready."""
    ImportJob.objects.filter(pk=job.pk, epoch=job.epoch, state=JobState.RUNNING).update(
        state=state, failure=failure, step="", lease_until=None, finished_at=Now()
    )


def _check_all(
    job: ImportJob, vocabulary: Vocabulary, on_progress: Callable[[ImportJob], None]
) -> None:
    """Read every record once; with ``create_labels``, add to ``vocabulary`` what it lacks."""
    total = 0
    for source in job.files.order_by("position"):
        with default_storage.open(source.path) as file:
            total += formats.count(source.format, file)
    job.problems.all().delete()
    check_in(job, step="checking", done=0, total=total, refused=0)

    done = refused = 0
    waiting: list[ImportProblem] = []
    noted = time.monotonic()
    for source, line, found in _records(job, vocabulary, grow=job.options["create_labels"]):
        done += 1
        if isinstance(found, Problem):
            refused += 1
            if refused <= PROBLEMS_KEPT:
                waiting.append(import_writer.problem(job, source, line, found))
        if time.monotonic() - noted >= _NOTED_EVERY:
            noted = time.monotonic()
            _note(job, waiting, done=done, refused=refused)
            on_progress(job)
            waiting = []
    _note(job, waiting, done=done, refused=refused)
    on_progress(job)


def _note(job: ImportJob, problems: list[ImportProblem], **progress: int) -> None:
    with transaction.atomic():
        check_in(job, **progress)
        ImportProblem.objects.bulk_create(problems)


def _records(
    job: ImportJob,
    vocabulary: Vocabulary,
    *,
    grow: bool = False,
    look_up: Callable[[], None] = lambda: None,
) -> Found:
    """Yield what is in the files: checked records, and problems where there are none."""
    for source in job.files.order_by("position"):
        default_key = formats.default_key(source.format, source.name)
        with default_storage.open(source.path) as file:
            for line, value in formats.read(source.format, file):
                look_up()
                yield source, line, _checked(value, default_key, vocabulary, grow)


def _checked(
    value: dict[str, Any] | Problem, default_key: str, vocabulary: Vocabulary, grow: bool
) -> records.Record | Problem:
    if isinstance(value, Problem):
        return value
    try:
        found = records.check(value, default_key=default_key)
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
