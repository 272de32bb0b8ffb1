"""Agreement is measured: a row a task, and from the rows a report for each scope asked for."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min

from annotations.actions.jobs import LostClaim, check_in, claim, wake_on_commit
from annotations.algorithms import agreement as measures
from annotations.enums import JobState, TaskState, ZoneKind
from annotations.models import (
    AgreementReport,
    AgreementRow,
    Assignment,
    AuditEvent,
    Batch,
    Gold,
    Submission,
    Task,
)
from annotations.queries.agreement import is_stale, outdated, scope_of

CHUNK = 500
SEED = 1


def measure(*, batch: Batch, at: datetime) -> None:
    """Bring the rows of a batch up to date, and ask for the reports that rest on them.

    Rows whose submissions and gold are still the same are not computed again.
    """
    tasks = list(Task.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(tasks), CHUNK):
        _measure_tasks(tasks[first : first + CHUNK], at)
    every = list(Batch.objects.published().filter(project=batch.project).order_by("pk"))
    ask(batches=[batch], label="", at=at)
    ask(batches=every, label="", at=at)
    others = AgreementReport.objects.filter(project=batch.project)
    for report in others.filter(batches__contains=[str(batch.uuid)]):
        about = Batch.objects.filter(project=batch.project, uuid__in=report.batches)
        ask(batches=list(about), label=report.label, at=at)


def ask(*, batches: list[Batch], label: str, at: datetime) -> AgreementReport:
    """Queue the report on ``batches``, all of one project, unless it is up to date."""
    report, _ = AgreementReport.objects.get_or_create(
        project=batches[0].project,
        scope=scope_of(batches, label),
        defaults={
            "batches": sorted(str(batch.uuid) for batch in batches),
            "label": label,
            "created_at": at,
        },
    )
    if is_stale(report, batches):
        _queue(report)
    return report


def _queue(report: AgreementReport) -> None:
    """Put a report that was computed back into the queue, and ring."""
    with transaction.atomic():
        AgreementReport.objects.filter(
            pk=report.pk, state__in=[JobState.READY, JobState.FAILED]
        ).update(state=JobState.QUEUED, is_stale=True, lease_until=None)
        wake_on_commit("agreement.report", report_id=report.pk)


def unfinished() -> Any:
    """Return the reports that wait for a worker, or had one."""
    return AgreementReport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


def compute(*, report_id: int, at: datetime) -> AgreementReport | None:
    """Compute a queued report; ``None`` if there is nothing to do, or a worker is at it."""
    report = claim(unfinished(), report_id)
    if report is None:
        return None
    try:
        check_in(report, state=JobState.RUNNING)
        batches = list(Batch.objects.filter(project=report.project, uuid__in=report.batches))
        for batch in batches:
            behind = outdated(Task.objects.filter(batch=batch)).values_list("pk", flat=True)
            _measure_tasks(list(behind), at)
        rows = AgreementRow.objects.filter(task__batch__in=batches).order_by("task_id")
        figures = measures.report(
            rows.values_list("rows", flat=True).iterator(CHUNK),
            seed=SEED,
            label=report.label or None,
        )
        check_in(
            report,
            state=JobState.READY,
            figures=figures,
            computed_at=at,
            is_stale=False,
        )
    except LostClaim:
        return None
    AgreementReport.objects.filter(pk=report.pk, epoch=report.epoch).update(lease_until=None)
    return report


def _measure_tasks(pks: list[int], at: datetime) -> None:
    known = dict(AgreementRow.objects.filter(task__in=pks).values_list("task", "fingerprint"))
    tasks = [
        (task, handed_in, gold, mark)
        for task, handed_in, gold in _evidence(pks)
        if known.get(task.pk) != (mark := _fingerprint(task, handed_in, gold))
    ]
    rows = measures.rows_of(
        _as_article(task, handed_in, gold) for task, handed_in, gold, _ in tasks
    )
    AgreementRow.objects.bulk_create(
        (
            AgreementRow(task=task, rows=row, fingerprint=mark, measured_at=at)
            for (task, _, _, mark), row in zip(tasks, rows, strict=True)
        ),
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=["rows", "fingerprint", "measured_at"],
    )
    unchanged = set(known) - {task.pk for task, *_ in tasks}
    AgreementRow.objects.filter(task__in=unchanged).update(measured_at=at)


def _evidence(pks: list[int]) -> Iterator[tuple[Task, dict[str, Submission], Gold | None]]:
    """Yield each task that anything was handed in for: whose work counts, and the gold if any."""
    tasks = Task.objects.filter(pk__in=pks).select_related("article").defer("article__text")
    counted = _counted(pks)
    golds = {
        gold.task_id: gold
        for gold in Gold.objects.filter(task__in=pks, task__state=TaskState.ADJUDICATED).order_by(
            "number"
        )
    }
    for task in tasks.order_by("pk"):
        if task.pk in counted:
            yield task, counted[task.pk], golds.get(task.pk)


def _counted(pks: list[int]) -> dict[int, dict[str, Submission]]:
    """Return the submission of each coder that figures rest on, by task and member UUID.

    That is the last one before anybody ruled on the task or gave work back:
    after that, coders know more than the text.
    """
    ends = _first_interventions(pks)
    found: dict[int, dict[str, Submission]] = defaultdict(dict)
    submissions = (
        Submission.objects.filter(assignment__in=Assignment.objects.live().filter(task__in=pks))
        .select_related("assignment__coder")
        .order_by("submitted_at", "pk")
    )
    for submission in submissions:
        task = submission.assignment.task_id
        coder = str(submission.assignment.coder.uuid)
        end = ends.get(task)
        if coder not in found[task] or end is None or submission.submitted_at <= end:
            found[task][coder] = submission
    return found


def _first_interventions(pks: Iterable[int]) -> dict[int, datetime]:
    ruled = (
        Task.objects.filter(pk__in=pks, decisions__is_automatic=False)
        .annotate(first=Min("decisions__made_at"))
        .values_list("pk", "first")
    )
    found = dict(ruled)
    work = dict(Assignment.objects.filter(task__in=pks).values_list("uuid", "task"))
    returned = AuditEvent.objects.filter(
        kind=AuditEvent.Kind.ASSIGNMENT_RETURNED, target_uuid__in=work
    )
    for assignment, at in returned.values_list("target_uuid", "at"):
        task = work[assignment]
        found[task] = min(at, found.get(task, at))
    return found


def _fingerprint(task: Task, handed_in: dict[str, Submission], gold: Gold | None) -> str:
    parts = [
        str(task.article.version),
        str(gold.pk if gold else ""),
        *sorted(str(submission.uuid) for submission in handed_in.values()),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _as_article(
    task: Task, handed_in: dict[str, Submission], gold: Gold | None
) -> measures.Article:
    return measures.Article(
        length=task.article.text_length,
        excluded=[
            (zone["start"], zone["end"])
            for zone in task.article.zones
            if zone["kind"] == ZoneKind.BOILERPLATE
        ],
        marks={coder: _marks(submission.spans) for coder, submission in handed_in.items()},
        gold=_marks(gold.spans) if gold else None,
    )


def _marks(spans: Iterable[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(span["start"], span["end"], span["label"]) for span in spans]
