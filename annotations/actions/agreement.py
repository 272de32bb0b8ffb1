"""Agreement is measured: a row a task, and from the rows a report for each scope asked for.

The database counts up the version of a task's row with everything that its figures rest on, so
that no clock and no lost message can hide what a row or a report has not seen yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Min, QuerySet, TextField
from django.db.models.functions import Cast

from annotations.actions.jobs import LostClaim, check_in, claim, wake, wake_on_commit
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
from annotations.models.agreement import AgreementRowQuerySet
from annotations.queries.agreement import Scope, rows_of, version_of

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


def compute(*, report_id: int, at: datetime) -> AgreementReport | None:
    """Compute a queued report; ``None`` if there is nothing to do, or a worker is at it.

    A worker that is killed leaves whole rows behind, and the next one goes on from there.
    """
    report = claim(unfinished(), report_id)
    if report is None:
        return None
    batches = list(Batch.objects.filter(project=report.project, uuid__in=report.batches))
    scope = Scope(report.project, batches, report.label, report.since, report.until)
    try:
        behind = AgreementRow.objects.filter(task__batch__in=batches)
        check_in(report, state=JobState.RUNNING, done=0, total=behind.outdated().count())
        for done in _measure(behind):
            check_in(report, done=done)
        # Before the rows: what happens from now on has to make the report stale again.
        version = version_of(batches)
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
        AgreementReport.objects.filter(pk=report.pk, epoch=report.epoch).update(
            state=JobState.FAILED, lease_until=None
        )
        raise
    AgreementReport.objects.filter(pk=report.pk, epoch=report.epoch).update(lease_until=None)
    if version_of(batches) != version:
        _queue(report)
    return report


def _figures(scope: Scope) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the contract names, and what goes beyond it."""
    rows, later = [], []
    for text, text_of_later in rows_of(scope):
        row = orjson.loads(text)
        rows.append(row)
        if text_of_later is not None:
            later.append((row, orjson.loads(text_of_later)))
    label = scope.label or None
    figures = measures.report(rows, seed=SEED, label=label)
    details = measures.details(rows, later=later, label=label)
    return figures, details | {"label_given_extent": figures.pop("label_given_extent")}


def _measure(rows: AgreementRowQuerySet) -> Iterator[int]:
    """Write those of ``rows`` that are outdated; yield how many are done, in good portions."""
    versions = dict(rows.outdated().order_by("task").values_list("task", "version"))
    pks = list(versions)
    for first in range(0, len(pks), CHUNK):
        chunk = pks[first : first + CHUNK]
        _write(_evidence(chunk), versions)
        yield first + len(chunk)


def _write(found: list["_Evidence"], versions: dict[int, int]) -> None:
    """Write the rows of some tasks, unless another worker has come further.

    ``versions`` were read before the evidence, which so can only be newer: the row of a task on
    which something happens meanwhile stays outdated.
    """
    counted = measures.rows_of(evidence.article(evidence.counted) for evidence in found)
    anew = [evidence for evidence in found if evidence.later]
    later = measures.rows_of(
        evidence.article(evidence.counted | evidence.later) for evidence in anew
    )
    later_rows = {evidence.task.pk: row for evidence, row in zip(anew, later, strict=True)}
    made = [
        {
            "task": evidence.task.pk,
            "version": versions[evidence.task.pk],
            "rows": row,
            "later_rows": later_rows.get(evidence.task.pk),
            "coded_at": max((work.at for work in evidence.counted.values()), default=None),
        }
        for evidence, row in zip(found, counted, strict=True)
    ]
    with connection.cursor() as cursor:
        # One text for all: the driver would look at every character of a list of them.
        cursor.execute(
            """
            UPDATE annotations_agreementrow kept
            SET rows = made.rows, later_rows = made.later_rows, coded_at = made.coded_at,
                measured_version = made.version
            FROM jsonb_to_recordset(%s) AS made(
                task bigint, version int, rows jsonb, later_rows jsonb, coded_at timestamptz
            )
            WHERE kept.task_id = made.task AND kept.measured_version < made.version
            """,
            [orjson.dumps(made).decode()],
        )


@dataclass(frozen=True)
class _Work:
    """What one coder handed in at one time."""

    at: datetime
    marks: list[Mark]
    attributes: dict[Mark, dict[str, str]]

    @classmethod
    def of(cls, at: datetime, spans: Iterable[dict[str, Any]]) -> "_Work":
        marks = []
        attributes: dict[Mark, dict[str, str]] = {}
        for span in spans:
            mark = span["start"], span["end"], span["label"]
            marks.append(mark)
            if span["attributes"]:
                said = {one["name"]: one["value"] for one in span["attributes"]}
                attributes.setdefault(mark, {}).update(said)
        return cls(at, marks, attributes)


@dataclass
class _Evidence:
    """What the figures on one task rest on: whose work counts, and the gold if there is any.

    ``later`` has what coders of whom something counts handed in too late to count.
    """

    task: Task
    gold: list[Mark] | None
    counted: dict[str, _Work] = field(default_factory=dict)
    later: dict[str, _Work] = field(default_factory=dict)

    def article(self, works: dict[str, _Work]) -> measures.Article:
        article = self.task.article
        return measures.Article(
            length=article.text_length,
            text=article.text,
            excluded=[
                (zone["start"], zone["end"])
                for zone in article.zones
                if zone["kind"] == ZoneKind.BOILERPLATE
            ],
            marks={coder: work.marks for coder, work in works.items()},
            attributes={c: work.attributes for c, work in works.items() if work.attributes},
            submitted={coder: measures.as_text(work.at) for coder, work in works.items()},
            gold=self.gold,
        )


def _evidence(pks: list[int]) -> list[_Evidence]:
    """Return the evidence on each task, also on those that nobody has handed in any more.

    Of a coder counts what was last handed in before anybody ruled on the task
    or gave work back: after that, coders know more than the text.
    """
    tasks = Task.objects.filter(pk__in=pks).select_related("article").order_by("pk")
    golds = Gold.objects.filter(task__in=pks, task__state=TaskState.ADJUDICATED)
    latest = dict(golds.order_by("number").values_list("task", _text_of("spans")))
    found = {task.pk: _Evidence(task, _gold(latest.get(task.pk))) for task in tasks}
    ends = _first_interventions(pks)
    live = Assignment.objects.live().filter(task__in=pks)
    submissions = (
        Submission.objects.filter(assignment__in=live)
        .order_by("submitted_at", "pk")
        .values_list(
            "assignment__task", "assignment__coder__uuid", "submitted_at", _text_of("spans")
        )
    )
    for task, coder, submitted_at, spans in submissions:
        evidence, name, end = found[task], str(coder), ends.get(task)
        work = _Work.of(submitted_at, orjson.loads(spans))
        if name not in evidence.counted or end is None or submitted_at <= end:
            evidence.counted[name] = work
        else:
            evidence.later[name] = work
    return list(found.values())


def _gold(spans: str | None) -> list[Mark] | None:
    if spans is None:
        return None
    return [(span["start"], span["end"], span["label"]) for span in orjson.loads(spans)]


def _text_of(field: str) -> Cast:
    """Leave JSON to orjson, which takes a fifth of the time."""
    return Cast(field, TextField())


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
