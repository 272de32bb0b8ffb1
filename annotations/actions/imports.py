"""Files become articles: asked for in the request, done by a worker, seen all at once."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions import import_run
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.actions.import_reading import LONGEST_NAME
from annotations.actions.jobs import (
    CancelRequested,
    LostClaim,
    claim,
    wake_on_commit,
)
from annotations.enums import JobState
from annotations.exceptions import Invalid, Refused
from annotations.importing import columns as columns_
from annotations.importing import formats
from annotations.models import AuditEvent, ImportJob, Project, SourceFile, User

SKIP = "skip"
KEEP = "keep"
_PIECE = 2**20


class NothingToImport(Invalid):
    """No file came, or none that a reader takes."""

    code = "no_files"


class UnknownFormat(Invalid):
    """A file is in a format that can't be read."""

    code = "unknown_format"


class BadColumns(Invalid):
    """Columns are named for what can't be filled, or where there are none."""

    code = "bad_columns"


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
    columns: Mapping[str, str] | None = None,
    paths: Sequence[str] = (),
) -> ImportJob:
    """Keep the bytes of ``files`` and queue their import; ``by`` is nobody on the command line.

    ``paths`` are the names of the files with the folders that they came from.
    ``columns`` says which column of a table fills what; without it their
    headers tell. Raises ``UnknownFormat`` if a file can't be read; then none
    is kept. In a folder such a file is refused by itself.
    """
    if not files:
        raise NothingToImport(_("Choose at least one file."))
    names = [_safe(name) for name in (paths or [file.name or "" for file in files])]
    if len(names) != len(files):
        raise NothingToImport(_("There are not as many paths as files."))
    chosen = [_format_of(*pair, format) for pair in zip(names, files, strict=True)]
    if not set(chosen) - {"", formats.BESIDE}:
        raise _unknown(names[0])
    _check_columns(columns or {}, chosen)
    uuid = uuid4()
    with _nothing_left_behind(uuid, len(files)), transaction.atomic():
        project = lock_for_change(project, by=by)
        job = ImportJob.objects.create(
            uuid=uuid,
            project=project,
            requested_by=by,
            created_at=at,
            options={
                "dry_run": dry_run,
                "on_duplicate": on_duplicate,
                "create_labels": create_labels,
                **({"columns": dict(columns)} if columns else {}),
            },
        )
        for position, file in enumerate(files):
            _keep(job, position, names[position], file, chosen[position])
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
        if job.state == JobState.CANCELLED:
            import_run.ring_for_next(job)
    return job


def run_import(
    *, job_id: int, at: datetime, on_progress: Callable[[ImportJob], None] = lambda job: None
) -> ImportJob | None:
    """Do a queued import, or go on with one whose worker is gone.

    What it brings is staged chunk by chunk, with progress for all to see, and seen once the
    last step says ``ready``. The imports of a project go one after another, in the order in
    which they were asked for: one that must be over before is done first if nobody is at it.
    ``on_progress`` is told now and then. Returns ``None`` if there is nothing to do, or another
    worker is at it.
    """
    asked_for = ImportJob.objects.get(pk=job_id)
    for ahead in ImportJob.objects.ahead_of(asked_for):
        _run(ahead.pk, at, lambda job: None)
    if ImportJob.objects.ahead_of(asked_for).exists():
        return None
    return _run(job_id, at, on_progress)


def clear_up(*, job_id: int) -> None:
    """Delete what an import that came to nothing has left, and its stage."""
    import_run.clear_up(ImportJob.objects.get(pk=job_id))


def _run(job_id: int, at: datetime, on_progress: Callable[[ImportJob], None]) -> ImportJob | None:
    job = _claim(job_id)
    if job is None:
        return None
    try:
        import_run.work(job, at, on_progress)
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


def repeat(*, job: ImportJob, by: User, at: datetime, **options: Any) -> ImportJob:
    """Queue another import of the same files, with the same options but for those given.

    So what was only checked comes in without being sent again. An earlier
    import that still runs is cancelled if it would only have checked.
    """
    with transaction.atomic():
        lock_for_change(job.project, by=by)
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        is_over = job.state not in {JobState.QUEUED, JobState.RUNNING}
        if not is_over and not job.options.get("dry_run"):
            raise TooLate(_("This import is under way."))
        files = list(job.files.order_by("position"))
        _check_columns(options.get("columns", {}), [file.format for file in files])
        if not is_over:
            cancel(job=job, by=by, at=at)
        again = ImportJob.objects.create(
            project=job.project, requested_by=by, created_at=at, options=job.options | options
        )
        SourceFile.objects.bulk_create(
            SourceFile(
                import_job=again,
                **{
                    name: getattr(file, name)
                    for name in ("name", "format", "path", "size", "sha256", "position")
                },
            )
            for file in files
        )
        record(
            AuditEvent.Kind.IMPORT_REQUESTED,
            target=again,
            by=by,
            at=at,
            files=len(files),
            dry_run=again.options.get("dry_run", False),
        )
        wake_on_commit("imports.run", job_id=again.pk)
    return again


def _format_of(name: str, file: File, wanted: str) -> str:
    if wanted and wanted not in formats.FORMATS:
        raise UnknownFormat(
            _("“%(format)s” is not a format that can be imported.") % {"format": wanted}
        )
    file.seek(0)
    found = formats.recognise(name, file.read(formats.HEAD), wanted)
    file.seek(0)
    if not found and "/" not in name:
        raise _unknown(name)
    return found or ""


def _unknown(name: str) -> UnknownFormat:
    detail = _("“%(name)s” is of a kind that can’t be imported.") % {"name": name}
    error = {"field": "files", "code": "unknown_format", "detail": detail}
    return UnknownFormat(detail, errors=[error])


def _check_columns(columns: Mapping[str, str], formats_: Iterable[str]) -> None:
    if not columns:
        return
    if not {*formats.TABLES, formats.ZIP} & set(formats_):
        raise BadColumns(_("None of the files has columns to name."))
    if columns_.TEXT not in columns:
        raise BadColumns(_("Say which column is the text."))
    for target in columns:
        if not columns_.is_target(target):
            raise BadColumns(
                _("“%(target)s” is nothing that a column can fill.") % {"target": target[:60]}
            )


def _safe(name: str) -> str:
    """Return a file's name with its folders, as a name: it never becomes a path of ours."""
    parts = name.replace("\\", "/").replace("\0", "").split("/")
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    return kept.encode("utf-8", "replace").decode()[-LONGEST_NAME:].lstrip("/")


def _keep(job: ImportJob, position: int, name: str, file: File, format: str) -> None:
    digest = hashlib.sha256()
    size = 0
    for piece in file.chunks(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    # The path is ours: nothing of a client's file name ever reaches the storage.
    path = default_storage.save(_path(job.uuid, position), file)
    SourceFile.objects.create(
        import_job=job,
        name=name,
        format=format,
        path=path,
        size=size,
        sha256=digest.hexdigest(),
        position=position,
    )


def _path(uuid: UUID, position: int) -> str:
    return f"imports/{uuid}/{position:06d}"


@contextmanager
def _nothing_left_behind(uuid: UUID, count: int) -> Iterator[None]:
    """Take files off the disk again whose import could not be asked for."""
    try:
        yield
    except BaseException:
        for position in range(count):
            default_storage.delete(_path(uuid, position))
        raise


def _claim(job_id: int) -> ImportJob | None:
    with transaction.atomic():
        # Who writes the last step holds the files' rows: no lease has to outlast a long
        # transaction, and a writer that is killed lets go of them at once.
        files = SourceFile.objects.filter(import_job=job_id)
        free = files.select_for_update(skip_locked=True).values_list("pk", flat=True)
        if len(free) < files.count():
            return None
        job = claim(ImportJob.objects.unfinished(), job_id)
        if job is not None and job.state == JobState.QUEUED:
            ImportJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
            job.state = JobState.RUNNING
    return job


def _end(job: ImportJob, state: JobState, failure: str = "") -> None:
    """Close a job that will not become ready, and take back what it has staged."""
    with transaction.atomic():
        mine = ImportJob.objects.filter(pk=job.pk, epoch=job.epoch, state=JobState.RUNNING)
        mine.update(
            state=state,
            failure=failure,
            step="",
            created=0,
            duplicates=0,
            checkpoint={},
            lease_until=None,
            finished_at=Now(),
        )
        import_run.ring_for_next(job)
    import_run.clear_up(job)
