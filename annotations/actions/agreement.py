"""Agreement is measured: a row a task, and from the rows a report for each scope asked for."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import Min, QuerySet, TextField
from django.db.models.functions import Cast

from annotations.actions.jobs import LostClaim, check_in, claim, wake_on_commit
from annotations.algorithms import agreement as measures
from annotations.algorithms.agreement.article import Mark
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
    tasks = Task.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True)
    has_changed = _measure_tasks(list(tasks), at)
    every = list(Batch.objects.published().filter(project=batch.project).order_by("pk"))
    ask(batches=[batch], label="", at=at)
    ask(batches=every, label="", at=at)
    if has_changed:
        reports = AgreementReport.objects.filter(project=batch.project)
        for report in reports.filter(batches__contains=[str(batch.uuid)]):
            _queue(report)


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
    """Put a report that was computed back into the queue, and ring.

    One that is being computed learns that it rests on old rows, and is queued
    when it is done.
    """
    with transaction.atomic():
        mine = AgreementReport.objects.filter(pk=report.pk)
        mine.update(is_stale=True)
        mine.filter(state__in=[JobState.READY, JobState.FAILED]).update(
            state=JobState.QUEUED, lease_until=None
        )
        wake_on_commit("agreement.report", report_id=report.pk)


def unfinished() -> QuerySet[AgreementReport]:
    """Return the reports that wait for a worker, or had one."""
    return AgreementReport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


def compute(*, report_id: int, at: datetime) -> AgreementReport | None:
    """Compute a queued report; ``None`` if there is nothing to do, or a worker is at it."""
    report = claim(unfinished(), report_id)
    if report is None:
        return None
    try:
        # Not at the end: what changes from now on has to make it stale again.
        check_in(report, state=JobState.RUNNING, is_stale=False)
        batches = Batch.objects.filter(project=report.project, uuid__in=report.batches)
        behind = outdated(Task.objects.filter(batch__in=batches)).order_by("pk")
        _measure_tasks(list(behind.values_list("pk", flat=True)), at)
        rows = AgreementRow.objects.filter(task__batch__in=batches).order_by("task_id")
        figures = measures.report(
            (orjson.loads(text) for text in rows.values_list(_as_text("rows"), flat=True)),
            seed=SEED,
            label=report.label or None,
        )
        check_in(report, state=JobState.READY, figures=figures, computed_at=at)
    except LostClaim:
        return None
    AgreementReport.objects.filter(pk=report.pk, epoch=report.epoch).update(lease_until=None)
    report.refresh_from_db()
    if report.is_stale:
        _queue(report)
    return report


def _as_text(field: str) -> Cast:
    """Leave JSON to orjson, which takes a fifth of the time."""
    return Cast(field, TextField())


def _measure_tasks(pks: list[int], at: datetime) -> bool:
    """Write the rows of tasks; say whether any is another than before."""
    has_changed = False
    for first in range(0, len(pks), CHUNK):
        has_changed |= _measure_chunk(pks[first : first + CHUNK], at)
    return has_changed


def _measure_chunk(pks: list[int], at: datetime) -> bool:
    known = dict(AgreementRow.objects.filter(task__in=pks).values_list("task", "fingerprint"))
    found = [(evidence, evidence.fingerprint) for evidence in _evidence(pks)]
    changed = [(one, mark) for one, mark in found if known.get(one.task.pk) != mark]
    rows = measures.rows_of(one.article for one, _ in changed)
    made = [
        {"task": one.task.pk, "rows": row, "fingerprint": mark}
        for (one, mark), row in zip(changed, rows, strict=True)
    ]
    with connection.cursor() as cursor:
        # One text for all: the driver would look at every character of a list of them.
        cursor.execute(
            """
            INSERT INTO annotations_agreementrow (task_id, rows, fingerprint, measured_at)
            SELECT task, rows, fingerprint, %s
            FROM jsonb_to_recordset(%s) AS made(task bigint, rows jsonb, fingerprint text)
            ON CONFLICT (task_id) DO UPDATE
            SET rows = excluded.rows, fingerprint = excluded.fingerprint,
                measured_at = excluded.measured_at
            """,
            [at, orjson.dumps(made).decode()],
        )
    same = {one.task.pk for one, _ in found} - {one.task.pk for one, _ in changed}
    AgreementRow.objects.filter(task__in=same).update(measured_at=at)
    return bool(changed)


@dataclass
class _Evidence:
    """What the figures on one task rest on: whose work counts, and the gold if there is any."""

    task: Task
    gold: Gold | None
    submissions: dict[str, UUID] = field(default_factory=dict)
    marks: dict[str, list[Mark]] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        parts = [
            str(self.task.article.version),
            str(self.gold.pk if self.gold else ""),
            *sorted(str(submission) for submission in self.submissions.values()),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def article(self) -> measures.Article:
        article = self.task.article
        return measures.Article(
            length=article.text_length,
            excluded=[
                (zone["start"], zone["end"])
                for zone in article.zones
                if zone["kind"] == ZoneKind.BOILERPLATE
            ],
            marks=self.marks,
            gold=_marks(self.gold.spans) if self.gold else None,
        )


def _evidence(pks: list[int]) -> list[_Evidence]:
    """Return the evidence on each task that anything was handed in for.

    Of a coder counts what was last handed in before anybody ruled on the task
    or gave work back: after that, coders know more than the text.
    """
    tasks = Task.objects.filter(pk__in=pks).select_related("article").defer("article__text")
    golds = Gold.objects.filter(task__in=pks, task__state=TaskState.ADJUDICATED)
    latest = {gold.task_id: gold for gold in golds.order_by("number")}
    found = {task.pk: _Evidence(task, latest.get(task.pk)) for task in tasks.order_by("pk")}
    ends = _first_interventions(pks)
    live = Assignment.objects.live().filter(task__in=pks)
    submissions = (
        Submission.objects.filter(assignment__in=live)
        .order_by("submitted_at", "pk")
        .values_list(
            "uuid",
            "assignment__task",
            "assignment__coder__uuid",
            "submitted_at",
            _as_text("spans"),
        )
    )
    for submission, task, coder, submitted_at, spans in submissions:
        evidence, name, end = found[task], str(coder), ends.get(task)
        if name not in evidence.marks or end is None or submitted_at <= end:
            evidence.submissions[name] = submission
            evidence.marks[name] = _marks(orjson.loads(spans))
    return [evidence for evidence in found.values() if evidence.marks]


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


def _marks(spans: Iterable[dict[str, Any]]) -> list[Mark]:
    return [(span["start"], span["end"], span["label"]) for span in spans]
