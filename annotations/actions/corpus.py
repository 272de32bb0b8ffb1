"""A large synthetic project, for measuring: every row that real work leaves, written by COPY."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from annotations.actions.keys import next_ids
from annotations.algorithms import synthetic
from annotations.algorithms.cards import gold_span_id
from annotations.enums import (
    AssignmentState,
    JobState,
    OpStatus,
    OpType,
    Role,
    Source,
    Strategy,
    TaskState,
)
from annotations.models import Batch, CodebookVersion, ImportJob, Label, Member, Project

CHUNK = 500
CLIENT = "corpus"

COLUMNS = {
    "annotations_article": "id uuid project_id import_job_id source_line key text text_sha256"
    " text_length story_sha256 meta zones version is_clustered_by_hand created_at"
    " withdrawn_reason",
    "annotations_task": "id uuid batch_id article_id state coders_wanted position version"
    " cards_open cards_disputed adjudicated_at",
    "annotations_assignment": "id uuid task_id coder_id codebook_id state position doc_rev"
    " span_count flag return_note created_at started_at saved_at submitted_at",
    "annotations_span": "uuid assignment_id label_id start end quote attributes links note rev",
    "annotations_spanop": "assignment_id op_id seq client_id type span_uuid body status result"
    " rev received_at",
    "annotations_submission": "uuid assignment_id doc_rev spans codebook_version submitted_at",
    "annotations_gold": "task_id number spans codebook_version made_at",
}

Rows = dict[str, list[tuple[Any, ...]]]


@transaction.atomic
def load(
    *,
    project: Project,
    articles: int,
    spans_per_article: int,
    coders: int,
    seed: int,
    at: datetime,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Batch:
    """Add a batch of ``articles`` that ``coders`` external coders have coded, with its gold.

    Everything is as if an import had brought it; the op log is included. The same
    arguments give the same texts, spans and UUIDs.
    """
    # No two of the stories are copies, so there is nothing to compare.
    job = ImportJob.objects.create(
        project=project,
        state=JobState.READY,
        clusters_state=JobState.READY,
        created_at=at,
        finished_at=at,
        created=articles,
    )
    batch = Batch.objects.create(
        project=project,
        import_job=job,
        name=f"corpus {seed}",
        strategy=Strategy.BALANCED,
        coders_per_article=coders,
        created_at=at,
    )
    maker = _Maker(batch, coders=coders, spans=spans_per_article, seed=seed, at=at)
    for first in range(0, articles, CHUNK):
        numbers = range(first, min(first + CHUNK, articles))
        rows = maker.make(numbers)
        for table, columns in COLUMNS.items():
            _copy(table, columns.split(), rows[table])
        on_progress(numbers.stop)
    return batch


class _Maker:
    """Makes the rows of some articles with everything that was done on them."""

    def __init__(self, batch: Batch, *, coders: int, spans: int, seed: int, at: datetime):
        self.batch = batch
        self.project = batch.project
        self.codebook = CodebookVersion.objects.filter(project=self.project).latest("number")
        self.labels = {label.key: label.pk for label in Label.objects.filter(project=self.project)}
        self.keys = sorted(self.labels)
        self.spans = spans
        self.seed = seed
        self.at = at
        self.coders = [
            Member.objects.get_or_create(
                project=self.project,
                user=None,
                external_name=f"Synthetic {number + 1}",
                defaults={"roles": [Role.CODER], "joined_at": at},
            )[0]
            for number in range(coders)
        ]

    def make(self, numbers: range) -> Rows:
        rows: Rows = {table: [] for table in COLUMNS}
        articles = next_ids("annotations_article", len(numbers))
        tasks = next_ids("annotations_task", len(numbers))
        assignments = iter(next_ids("annotations_assignment", len(numbers) * len(self.coders)))
        for number, article, task in zip(numbers, articles, tasks, strict=True):
            rng = Random(f"{self.project.slug}:{self.seed}:{number}")  # noqa: S311 -- the same ones everywhere
            story = synthetic.story(rng)
            rows["annotations_article"].append(self._article(article, number, story, rng))
            task_uuid = _uuid(rng)
            rows["annotations_task"].append(self._task(task, task_uuid, article, number))
            wanted = synthetic.marks(story, rng, number=self.spans, labels=self.keys)
            found: dict[synthetic.Extent, list[str]] = {extent: [] for extent in wanted}
            for coder in self.coders:
                extents = synthetic.coding(wanted, rng, labels=self.keys)
                for extent in found.keys() & extents:
                    found[extent].append(str(coder.uuid))
                spans = [_as_row(story, extent, _uuid(rng)) for extent in extents]
                self._code(rows, next(assignments), task, coder, number, spans, rng)
            gold = [
                self._gold(story, extent, task_uuid, coders) for extent, coders in found.items()
            ]
            gold.sort(key=lambda row: (row["start"], row["end"], row["label"], row["id"]))
            rows["annotations_gold"].append((task, 1, _json(gold), self.codebook.number, self.at))
        return rows

    def _article(self, pk: int, number: int, story: synthetic.Story, rng: Random) -> tuple:
        digest = hashlib.sha256(story.text.encode()).hexdigest()
        meta = {"title": f"Synthetic article {number}", "outlet": f"Outlet {number % 7}"}
        key = f"synthetic-{self.seed}-{number:07d}"
        source = (self.project.pk, self.batch.import_job_id, number + 1, key)
        text = (story.text, digest, len(story.text), "", _json(meta), "[]")
        return (pk, _uuid(rng), *source, *text, 1, False, self.at, "")

    def _task(self, pk: int, uuid: UUID, article: int, number: int) -> tuple:
        wanted = max(1, len(self.coders))
        where = (pk, uuid, self.batch.pk, article, TaskState.ADJUDICATED.value)
        return (*where, wanted, number, 0, 0, 0, self.at)

    def _gold(
        self, story: synthetic.Story, extent: synthetic.Extent, task: UUID, coders: list[str]
    ) -> dict[str, Any]:
        uuid = gold_span_id(task, extent.start, extent.end, extent.label)
        row = _as_row(story, extent, uuid)
        del row["note"]
        is_unanimous = len(coders) == len(self.coders) > 1
        source = Source.UNANIMOUS if is_unanimous else Source.ADJUDICATED
        return {**row, "source": source.value, "coders": sorted(coders), "decision": None}

    def _code(
        self,
        rows: Rows,
        pk: int,
        task: int,
        coder: Member,
        position: int,
        spans: list[dict[str, Any]],
        rng: Random,
    ) -> None:
        number = len(spans)
        state = AssignmentState.SUBMITTED.value
        whose = (pk, _uuid(rng), task, coder.pk, self.codebook.pk, state, position)
        when = (self.at, self.at, self.at, self.at)
        rows["annotations_assignment"].append((*whose, number, number, "", "", *when))
        rows["annotations_submission"].append(
            (_uuid(rng), pk, number, _json(spans), self.codebook.number, self.at)
        )
        for rev, span in enumerate(spans, start=1):
            rows["annotations_span"].append(
                (
                    span["id"],
                    pk,
                    self.labels[span["label"]],
                    *(span[name] for name in ("start", "end", "quote")),
                    *("[]", "[]", "", rev),
                )
            )
            op_id = str(_uuid(rng))
            what = {name: value for name, value in span.items() if name != "id"}
            create = OpType.CREATE.value
            body = {"op_id": op_id, "seq": rev, "type": create, "span_id": span["id"], **what}
            applied = OpStatus.APPLIED.value
            result = {"op_id": op_id, "status": applied, "span": {**span, "rev": rev}}
            sent = (pk, op_id, rev, CLIENT, create, span["id"], _json(body))
            rows["annotations_spanop"].append((*sent, applied, _json(result), rev, self.at))


def _as_row(story: synthetic.Story, extent: synthetic.Extent, uuid: UUID) -> dict[str, Any]:
    return {
        "id": str(uuid),
        "start": extent.start,
        "end": extent.end,
        "label": extent.label,
        "quote": story.text[extent.start : extent.end],
        "attributes": [],
        "links": [],
        "note": "",
    }


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _copy(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    command = f"COPY {table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)
