"""What a worker does for an import, step by step; each goes on where another worker ended.

``checking`` reads the files, checks each record and stages it, chunk by chunk: articles as what
they are, which nobody sees yet, and what they bring besides as staged rows. ``cleaning`` looks
at the articles again with what all of them have taught. ``writing`` is one transaction: it
writes what can't be taken back, and says ``ready``. A dry run takes all of it back instead, and
in ``emptying`` what was staged.

Called by ``actions.imports`` only.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.import_cleaning import Cleaner
from annotations.actions.import_ending import Ending
from annotations.actions.import_reading import Files, Place, Row, keep_refusals
from annotations.actions.import_writer import Draft, Refused, Writer
from annotations.actions.jobs import CancelRequested, LostClaim, check_in, wake_on_commit
from annotations.enums import JobState
from annotations.exceptions import Forbidden
from annotations.importing import records
from annotations.importing.cleaning import CleaningProcess
from annotations.importing.problems import Problem
from annotations.importing.vocabulary import Vocabulary
from annotations.models import (
    Article,
    AuditEvent,
    Cluster,
    ImportJob,
    ImportProblem,
    SourceFile,
    StagedRow,
)
from annotations.permissions import can_change
from annotations.queries import codebook

CHECKING = "checking"
CLEANING = "cleaning"
WRITING = "writing"
EMPTYING = "emptying"

PROBLEMS_KEPT = 1000
#: So much is staged at once, whichever is reached first: rows, characters, seconds.
_CHUNK = 1000
_CHARACTERS = 2**22
_NOTED_EVERY = 1.0
#: So many rows are worth a process of their own, which takes a second to start.
_MANY = 2500
_DELETED_AT_ONCE = 2000

Tell = Callable[[ImportJob], None]


@dataclass(frozen=True)
class _Cut:
    """Rows that are staged together, and what the files were found to be up to the last one."""

    drafts: Future[list[Draft | Refused]]
    place: Place
    formats: Counter[str]
    encodings: Counter[str]
    encoding_of: dict[int, str]


def work(job: ImportJob, at: datetime, on_progress: Tell) -> None:
    """Bring ``job`` to its end from where it is; ``on_progress`` is told now and then."""
    by = job.requested_by
    if by is not None and not can_change(by, job.project):
        raise Forbidden(_("The person who asked for this import may no longer do it."))
    for other in ImportJob.objects.cluttered().filter(project=job.project_id):
        clear_up(other)
    if _step(job) == CHECKING:
        _stage(job, at, on_progress)
    cleaner = Cleaner(job, at, job.checkpoint["orders"])
    if _step(job) == CLEANING:
        _clean(job, cleaner, on_progress)
    elif _step(job) == WRITING and not job.options["dry_run"]:
        cleaner.learn(lambda: check_in(job))
    if _step(job) == WRITING:
        _end(job, at, cleaner)
    if _step(job) == EMPTYING:
        _empty(job)
        keep_refusals(job, _refused(job))
        with transaction.atomic():
            _publish(job, at)
    clear_up(job)


def clear_up(job: ImportJob) -> None:
    """Delete what an import that is over has left of its stage."""
    over = ImportJob.objects.cluttered().filter(pk=job.pk).first()
    if over is None:
        return
    _delete(StagedRow, over)
    if over.state != JobState.READY:
        while _delete_articles(over):
            pass


def _step(job: ImportJob) -> str:
    return str(job.checkpoint.get("step", CHECKING))


def _stage(job: ImportJob, at: datetime, on_progress: Tell) -> None:
    """Read and check every record from the checkpoint on, and stage what can come in."""
    vocabulary = Vocabulary.of(codebook.definitions(codebook.current(job.project)))
    point = job.checkpoint
    with Files(job) as files, CleaningProcess() as process, ThreadPoolExecutor(1) as beside:
        cleaner = Cleaner(job, at, point.get("orders", {}), process)
        writer = Writer(job, at, cleaner)
        if point:
            files.formats = Counter(point["formats"])
            files.encodings = Counter(point["encodings"])
        total = job.total if point else files.total()
        if total - job.done >= _MANY:
            process.start(cleaner.book)
        check_in(job, total=total, **_begun(job, CHECKING, job.done))
        waiting: list[Draft | Refused] = []
        place = Place(*point.get("place", ()))
        characters = 0
        noted = time.monotonic()
        cut: _Cut | None = None

        def cut_off() -> _Cut:
            """Have what waits cleaned, while what was cleaned before it is written."""
            encoding_of, files.encoding_of = files.encoding_of, {}
            return _Cut(
                beside.submit(writer.clean, waiting),
                place,
                Counter(files.formats),
                Counter(files.encodings),
                encoding_of,
            )

        def write(cut: _Cut, step: str) -> None:
            drafts = cut.drafts.result()
            chunk = writer.prepare(drafts)
            with transaction.atomic():
                check_in(
                    job,
                    done=job.done + len(drafts),
                    created=job.created + chunk.created,
                    duplicates=job.duplicates + chunk.duplicates,
                    refused=job.refused + len(chunk.problems),
                    checkpoint={
                        "step": step,
                        "place": cut.place,
                        "formats": cut.formats,
                        "encodings": cut.encodings,
                        "orders": cleaner.orders,
                    },
                )
                room = max(0, PROBLEMS_KEPT - job.refused + len(chunk.problems))
                chunk.write(problems_kept=room)
                _note_encodings(cut.encoding_of)
            on_progress(job)

        for row, reached in files.rows(place):
            place = reached
            found = _check(row, vocabulary, job.options["create_labels"])
            waiting.append(writer.draft(row, found))
            characters += len(found.text) if isinstance(found, records.Record) else 0
            is_time = time.monotonic() - noted >= _NOTED_EVERY
            if len(waiting) >= _CHUNK or characters >= _CHARACTERS or is_time:
                before, cut = cut, cut_off()
                waiting, characters = [], 0
                if before is not None:
                    write(before, CHECKING)
                noted = time.monotonic()
        last = cut_off()
        if cut is not None:
            write(cut, CHECKING)
        write(last, WRITING if job.options["dry_run"] else CLEANING)


def _check(row: Row, vocabulary: Vocabulary, is_growing: bool) -> records.Record | Problem:
    """Return the record that a row is, or what is wrong with it."""
    if isinstance(row.value, Problem):
        return row.value
    try:
        found = records.check(row.value, default_key=row.default_key)
        if not is_growing:
            vocabulary.refuse_unknown(found)
    except Problem as problem:
        return problem
    return found


def _note_encodings(met: dict[int, str]) -> None:
    """Keep with each upload what it was decoded with."""
    for encoding in set(met.values()):
        pks = [pk for pk, found in met.items() if found == encoding]
        SourceFile.objects.filter(pk__in=pks).update(encoding=encoding)


def _clean(job: ImportJob, cleaner: Cleaner, on_progress: Tell) -> None:
    """Look at the articles again, if together they have taught anything."""
    total = job.created
    check_in(job, total=total, done=0, **_begun(job, CLEANING, 0))
    after = int(job.checkpoint.get("cleaned", 0))
    if cleaner.learn(lambda: check_in(job)):
        for looked_at, changed, last in cleaner.look_again(after):
            with transaction.atomic():
                done = min(job.done + looked_at, total)
                check_in(job, done=done, checkpoint=job.checkpoint | {"cleaned": last})
                Article.objects.bulk_update(changed, Cleaner.CHANGES)
            on_progress(job)
    check_in(job, checkpoint=job.checkpoint | {"step": WRITING})


def _end(job: ImportJob, at: datetime, cleaner: Cleaner) -> None:
    """Write what can't be taken back, and publish; a dry run only counts what it would write."""
    is_dry = job.options["dry_run"]
    total = job.staged.exclude(article=None).count()
    check_in(job, total=total, done=0, **_begun(job, WRITING, 0))
    with transaction.atomic():
        list(job.files.select_for_update())  # see imports._claim
        ending = Ending(job, at, cleaner)
        ending.write(_cancellation(job))
        if is_dry:
            transaction.set_rollback(True)
        else:
            _count(job, ending)
            cleaner.keep()
            keep_refusals(job, _refused(job))
            _publish(job, at)
            _ask_for_clusters(job)
    if is_dry:
        with transaction.atomic():
            check_in(job, checkpoint=job.checkpoint | {"step": EMPTYING})
            _count(job, ending)


def _count(job: ImportJob, ending: Ending) -> None:
    """Write down what came of the staged rows."""
    room = max(0, PROBLEMS_KEPT - job.refused)
    check_in(
        job,
        created=job.created + ending.created,
        duplicates=job.duplicates + ending.duplicates,
        refused=job.refused + len(ending.problems),
    )
    ImportProblem.objects.bulk_create(ending.problems[:room])
    StagedRow.objects.bulk_create(ending.refused)


def _empty(job: ImportJob) -> None:
    """Delete the articles of a dry run, which nobody has seen."""
    check_in(job, total=job.articles.count(), done=0, **_begun(job, EMPTYING, 0))
    is_more = True
    while is_more:
        with transaction.atomic():
            check_in(job, done=min(job.total, job.done + _DELETED_AT_ONCE))
            _delete(StagedRow, job, article__isnull=False)
            is_more = _delete_articles(job)


def _publish(job: ImportJob, at: datetime) -> None:
    """Say ``ready``, which shows everything at once; nothing, if the job is no longer ours."""
    mine = ImportJob.objects.filter(pk=job.pk, epoch=job.epoch)
    point = job.checkpoint
    rows = job.created + job.duplicates + job.refused
    is_ours = mine.filter(is_cancel_requested=False).update(
        state=JobState.READY,
        done=rows,
        total=rows,
        met={"formats": point["formats"], "encodings": point["encodings"]},
        checkpoint={},
        step="",
        lease_until=None,
        finished_at=Now(),
    )
    if not is_ours:
        raise CancelRequested if mine.exists() else LostClaim
    record(
        AuditEvent.Kind.IMPORT_FINISHED,
        target=job,
        by=job.requested_by,
        at=at,
        created=job.created,
        duplicates=job.duplicates,
        dry_run=job.options["dry_run"],
    )
    ring_for_next(job)


def ring_for_next(job: ImportJob) -> None:
    """Ring for the import that has waited for this one to be over."""
    waiting = ImportJob.objects.unfinished().filter(project=job.project_id).exclude(pk=job.pk)
    following = waiting.order_by("pk").first()
    if following is not None:
        wake_on_commit("imports.run", job_id=following.pk)


def _ask_for_clusters(job: ImportJob) -> None:
    """Have what came in compared with the rest, but for articles that say where they belong."""
    comparable = job.articles.filter(is_clustered_by_hand=False).count()
    if comparable:
        ImportJob.objects.filter(pk=job.pk).update(
            clusters_state=JobState.QUEUED, clusters_total=comparable
        )
        wake_on_commit("clusters.find", job_id=job.pk)


def _begun(job: ImportJob, step: str, done: int) -> dict[str, Any]:
    """Return what a job's row says of a step that begins, or goes on after ``done``."""
    return {"step": step, "step_begun_at": Now(), "step_begun_with": done}


def _refused(job: ImportJob) -> Iterator[str]:
    rows = job.staged.filter(article=None).order_by("pk")
    yield from rows.values_list("body", flat=True).iterator(chunk_size=100)


def _delete(model: type[StagedRow], job: ImportJob, **which: Any) -> None:
    rows = model.objects.filter(import_job=job, **which)
    while pks := list(rows.values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        model.objects.filter(pk__in=pks).delete()


def _delete_articles(job: ImportJob) -> bool:
    """Delete some of a job's articles, and say whether there were any."""
    with transaction.atomic(), connection.cursor() as cursor:
        # By hand, because Django would read the texts first: nothing refers to them yet.
        cursor.execute(
            "DELETE FROM annotations_article WHERE id IN"
            " (SELECT id FROM annotations_article WHERE import_job_id = %s LIMIT %s)"
            " RETURNING cluster_id",
            [job.pk, _DELETED_AT_ONCE],
        )
        deleted = [pk for (pk,) in cursor.fetchall()]
        named = Cluster.objects.filter(pk__in={pk for pk in deleted if pk is not None})
        named.filter(articles=None).delete()
    return bool(deleted)


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
