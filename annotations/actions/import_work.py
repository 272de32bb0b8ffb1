"""Work that was done elsewhere and comes with an import: codings and gold.

Called by ``actions.import_writer`` only, in the transaction of the import.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from annotations.actions import adjudication
from annotations.actions.jobs import wake_on_commit
from annotations.enums import (
    AssignmentState,
    OpStatus,
    OpType,
    Role,
    Strategy,
    TaskState,
)
from annotations.importing.problems import Problem
from annotations.importing.records import Coding, Record
from annotations.models import (
    Article,
    Assignment,
    Batch,
    CodebookVersion,
    Gold,
    ImportJob,
    Label,
    Member,
    Span,
    SpanOp,
    Submission,
    Task,
)

CLIENT = "import"


class ImportedWork:
    """One batch of external coders: a task an article, each with its codings and its gold."""

    def __init__(self, job: ImportJob, at: datetime):
        self._job = job
        self._at = at
        self._batch: Batch | None = None
        self._known = _KnownWork(job)
        self._tasks: dict[int, Task] = {}
        self._coders: dict[int, set[str]] = defaultdict(set)
        self._has_gold: set[int] = set()
        self._members: dict[str, Member] | None = None
        self._touched: dict[int, Task] = {}
        self._codings: list[tuple[Task, Coding, int | None]] = []
        self._golds: list[Gold] = []

    def look_up(self, articles: list[Article]) -> None:
        """Learn what the project already has on ``articles``, so that it is not added again."""
        self._known.look_up([a for a in articles if a.pk not in self._tasks])

    def add(self, article: Article, record: Record) -> bool:
        """Queue what the record brings and the project lacks; say whether that is any.

        Raises ``Problem`` if it contradicts what the same import brought before.
        """
        codings = [
            coding for coding in record.codings if not self._known.has_coding(article, coding)
        ]
        is_gold_new = record.spans is not None and not self._known.has_gold(article, record.spans)
        for coding in codings:
            if coding.coder in self._coders[article.pk]:
                raise Problem(
                    "coder_repeated",
                    f"“{coding.coder}” coded “{article.key}” differently in this import.",
                )
        if is_gold_new and article.pk in self._has_gold:
            raise Problem("gold_repeated", f"“{article.key}” has other gold in this import.")
        if not codings and not is_gold_new:
            return False

        task = self._task(article)
        for coding in codings:
            self._coders[article.pk].add(coding.coder)
            self._codings.append((task, coding, record.codebook_version))
            self._known.remember_coding(article, coding)
        task.coders_wanted = max(1, len(self._coders[article.pk]))
        if is_gold_new:
            self._has_gold.add(article.pk)
            self._golds.append(self._gold(task, record))
            self._known.remember_gold(article, record.spans or [])
        return True

    def flush(self) -> None:
        """Write what is queued."""
        touched = self._touched.values()
        Task.objects.bulk_create([task for task in touched if task.pk is None])
        for task in touched:
            Task.objects.filter(pk=task.pk).exclude(coders_wanted=task.coders_wanted).update(
                coders_wanted=task.coders_wanted
            )
        self._write_codings()
        Gold.objects.bulk_create(self._golds)
        self._touched = {}
        self._codings = []
        self._golds = []

    def finish(self) -> None:
        """Say how far each task has come: with gold adjudicated, else coded, its cards open."""
        if self._batch is None:
            return
        tasks = Task.objects.filter(batch=self._batch)
        tasks.update(state=TaskState.CODED)
        settled = tasks.filter(article__in=self._has_gold)
        settled.update(state=TaskState.ADJUDICATING)
        settled.update(state=TaskState.ADJUDICATED, adjudicated_at=self._at)
        for task in tasks.filter(state=TaskState.CODED).order_by("pk").iterator():
            adjudication.open_cards(task=task, at=self._at, is_import=True)
        wake_on_commit("agreement.measure", batch_id=self._batch.pk)

    def _task(self, article: Article) -> Task:
        if self._batch is None:
            self._batch = Batch.objects.create(
                project=self._job.project,
                import_job=self._job,
                name=f"import:{self._job.uuid}",
                strategy=Strategy.BALANCED,
                created_by=self._job.requested_by,
                created_at=self._at,
            )
        if article.pk not in self._tasks:
            self._tasks[article.pk] = Task(
                batch=self._batch, article=article, position=len(self._tasks)
            )
        task = self._tasks[article.pk]
        self._touched[article.pk] = task
        return task

    def _gold(self, task: Task, record: Record) -> Gold:
        spans = [
            span | {"coders": [str(self._member(name).uuid) for name in span["coders"]]}
            for span in record.spans or []
        ]
        return Gold(
            task=task,
            number=1,
            spans=spans,
            codebook_version=record.codebook_version,
            made_at=self._at,
        )

    def _member(self, name: str) -> Member:
        """Return the external coder of that name. A user of the same name is somebody else."""
        if self._members is None:
            known = Member.objects.filter(project=self._job.project, user=None)
            self._members = {member.external_name: member for member in known}
        if name not in self._members:
            self._members[name] = Member.objects.create(
                project=self._job.project,
                external_name=name,
                roles=[Role.CODER],
                joined_at=self._at,
            )
        return self._members[name]

    def _write_codings(self) -> None:
        if not self._codings:
            return
        codebook = CodebookVersion.objects.filter(project=self._job.project).latest("number")
        labels = {label.key: label for label in Label.objects.filter(project=self._job.project)}
        assignments, submissions, spans, ops = [], [], [], []
        for task, coding, version in self._codings:
            assignment = Assignment(
                task=task,
                coder=self._member(coding.coder),
                codebook=codebook,
                state=AssignmentState.SUBMITTED,
                position=task.position,
                doc_rev=len(coding.spans),
                span_count=len(coding.spans),
                created_at=self._at,
                started_at=self._at,
                saved_at=self._at,
                submitted_at=self._at,
            )
            assignments.append(assignment)
            submissions.append(
                Submission(
                    uuid=uuid.uuid4(),
                    assignment=assignment,
                    doc_rev=len(coding.spans),
                    spans=coding.spans,
                    codebook_version=version,
                    submitted_at=self._at,
                )
            )
            for rev, span in enumerate(coding.spans, start=1):
                spans.append(_span(assignment, labels[span["label"]], span, rev))
                ops.append(_op(assignment, span, rev, self._at))
        Assignment.objects.bulk_create(assignments)
        Submission.objects.bulk_create(submissions)
        Span.objects.bulk_create(spans, batch_size=2000)
        SpanOp.objects.bulk_create(ops, batch_size=2000)


def _span(assignment: Assignment, label: Label, span: dict[str, Any], rev: int) -> Span:
    return Span(
        uuid=span["id"],
        assignment=assignment,
        label=label,
        start=span["start"],
        end=span["end"],
        quote=span["quote"],
        attributes=span["attributes"],
        links=span["links"],
        note=span["note"],
        rev=rev,
    )


def _op(assignment: Assignment, span: dict[str, Any], rev: int, at: datetime) -> SpanOp:
    """Make the log's entry for a span that came whole, so that the log still explains it."""
    op_id = uuid.uuid4()
    what = {name: value for name, value in span.items() if name != "id"}
    return SpanOp(
        assignment=assignment,
        op_id=op_id,
        seq=rev,
        client_id=CLIENT,
        type=OpType.CREATE,
        span_uuid=span["id"],
        body={
            "op_id": str(op_id),
            "seq": rev,
            "type": OpType.CREATE,
            "span_id": span["id"],
            **what,
        },
        status=OpStatus.APPLIED,
        result={
            "op_id": str(op_id),
            "status": OpStatus.APPLIED,
            "span": {"id": span["id"], "rev": rev, **what},
        },
        rev=rev,
        received_at=at,
    )


class _KnownWork:
    """The codings and the gold that articles of the project already have."""

    def __init__(self, job: ImportJob):
        self._project = job.project
        self._codings: dict[tuple[int, str], list[Any]] = defaultdict(list)
        self._golds: dict[int, Any] = {}
        self._names: dict[str, str] | None = None

    def look_up(self, articles: list[Article]) -> None:
        pks = {article.pk for article in articles}
        if not pks:
            return
        submissions = Submission.objects.filter(assignment__task__article__in=pks).values_list(
            "assignment__task__article", "assignment__coder__uuid", "spans"
        )
        for article, coder, spans in submissions:
            self._codings[article, self._name(str(coder))].append(_comparable(spans))
        golds = Gold.objects.filter(task__article__in=pks).order_by("made_at", "pk")
        for article, spans in golds.values_list("task__article", "spans"):
            named = [
                span | {"coders": [self._name(coder) for coder in span.get("coders", [])]}
                for span in spans
            ]
            self._golds[article] = _comparable(named)

    def has_coding(self, article: Article, coding: Coding) -> bool:
        return _comparable(coding.spans) in self._codings.get((article.pk, coding.coder), ())

    def has_gold(self, article: Article, spans: list[dict[str, Any]]) -> bool:
        return self._golds.get(article.pk) == _comparable(spans)

    def remember_coding(self, article: Article, coding: Coding) -> None:
        self._codings[article.pk, coding.coder].append(_comparable(coding.spans))

    def remember_gold(self, article: Article, spans: list[dict[str, Any]]) -> None:
        self._golds[article.pk] = _comparable(spans)

    def _name(self, member: str) -> str:
        if self._names is None:
            members = Member.objects.filter(project=self._project).select_related("user")
            self._names = {str(m.uuid): m.name for m in members}
        return self._names.get(member, member)


def _comparable(spans: Iterable[dict[str, Any]]) -> list[tuple]:
    """Return spans so that equal ones are equal, wherever they come from."""
    return sorted(
        (
            span["start"],
            span["end"],
            span["label"],
            span["id"],
            span.get("note", ""),
            [(a["name"], a["value"]) for a in span.get("attributes", [])],
            [(link["name"], link["target"]) for link in span.get("links", [])],
            span.get("source", ""),
            sorted(span.get("coders", [])),
            span.get("decision") or "",
        )
        for span in spans
    )
