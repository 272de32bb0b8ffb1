"""What an import stages: its articles, unseen, and the rows that can be written at its end only.

Called by ``actions.imports`` only.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from annotations.actions.import_cleaning import Cleaner
from annotations.actions.import_reading import Row, problem_of, refusal_of
from annotations.actions.keys import next_ids
from annotations.algorithms.cleaning import Shown
from annotations.importing.problems import Problem
from annotations.importing.records import LONGEST_KEY, Record
from annotations.models import Article, Cluster, ImportJob, ImportProblem, StagedRow

_FIELDS = Article._meta.local_concrete_fields
_READERS = [(one.attname, isinstance(one, models.JSONField)) for one in _FIELDS]
_COPY = "COPY {} ({}) FROM STDIN".format(
    connection.ops.quote_name(Article._meta.db_table),
    ", ".join(connection.ops.quote_name(str(one.column)) for one in _FIELDS),
)


@dataclass
class Chunk:
    """Rows that are staged together, and what came of them."""

    articles: list[Article] = field(default_factory=list)
    staged: list[StagedRow] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    created: int = 0
    duplicates: int = 0

    def write(self, *, problems_kept: int) -> None:
        """Write it all, within the transaction that says so in the job's row."""
        if self.articles:
            with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                for article in self.articles:
                    copy.write_row(_values(article))
        StagedRow.objects.bulk_create(self.staged, batch_size=1000)
        ImportProblem.objects.bulk_create(self.problems[:problems_kept])


@dataclass
class Draft:
    """A record and the article that it becomes, or belongs to if it is not new."""

    row: Row
    record: Record
    article: Article
    shown: Shown = field(default_factory=list)
    is_new: bool = True

    @property
    def is_bound(self) -> bool:
        """Whether it needs this very article, not just one that tells the same."""
        record = self.record
        return record.is_key_given or record.is_cluster_given or record.brings_work


#: A row that can't come in, and why.
Refused = tuple[Row, Problem]


class Writer:
    """Makes articles of records, and knows which the project has already."""

    def __init__(self, job: ImportJob, at: datetime, cleaner: Cleaner):
        self._job = job
        self._at = at
        self._cleaner = cleaner
        self._is_kept = job.options["on_duplicate"] == "keep"

    def draft(self, row: Row, found: Record | Problem) -> Draft | Refused:
        """Make an article of a record, whatever the project holds; it is not cleaned yet."""
        if isinstance(found, Problem):
            return row, found
        article = Article(
            project_id=self._job.project_id,
            import_job_id=self._job.pk,
            source_id=row.source_id,
            source_line=row.line,
            key=found.key,
            text=found.text,
            text_sha256=found.text_sha256,
            text_length=len(found.text),
            meta=found.meta,
            zones=found.zones,
            is_clustered_by_hand=found.is_cluster_given,
            split=found.split,
            created_at=self._at,
        )
        return Draft(row, found, article)

    def clean(self, made: list[Draft | Refused]) -> list[Draft | Refused]:
        """Clean the articles of ``made``, and return it.

        Asks the database nothing, so that it can be done beside what does.
        """
        drafts = [one for one in made if isinstance(one, Draft)]
        shown = self._cleaner.clean([(one.article, one.row) for one in drafts])
        for one, told in zip(drafts, shown, strict=True):
            one.shown = told
        return made

    def prepare(self, drafts: Iterable[Draft | Refused]) -> Chunk:
        """Say what becomes of ``drafts``, given what the project holds. Writes only clusters.

        The imports of a project go one after another, so nothing of it changes meanwhile.
        """
        chunk = Chunk()
        made = list(drafts)
        known = _Known(self._job, [one.record for one in made if isinstance(one, Draft)])
        placed = []
        for one in made:
            if isinstance(one, tuple):
                self._refuse(chunk, *one)
                continue
            try:
                self._place(known, one)
            except Problem as problem:
                self._refuse(chunk, one.row, problem)
            else:
                placed.append(one)
        for one in placed:
            if one.is_new:
                self._cleaner.note(one.shown)
        if not self._is_kept:
            self._leave_out_told_stories(placed)
        self._finish(chunk, placed)
        return chunk

    def _refuse(self, chunk: Chunk, row: Row, problem: Problem) -> None:
        found = problem_of(self._job, row, problem)
        chunk.problems.append(found)
        line = refusal_of(row, problem, found)
        chunk.staged.append(StagedRow(import_job=self._job, body=line))

    def _place(self, known: "_Known", draft: Draft) -> None:
        """Give the draft the article that is there already, or a key that is nobody's."""
        record = draft.record
        is_kept = self._is_kept and not record.is_key_given
        same = known.by_key.get(record.key)
        if not record.is_key_given and not is_kept:
            same = known.by_text.get(record.text_sha256, same)
        if same is not None and not is_kept:
            if same.text_sha256 != record.text_sha256:
                raise Problem(
                    "id_taken", f"Another text has the id “{record.key}” in this project already."
                )
            draft.article, draft.is_new = same, False
            return
        if same is not None:
            draft.article.key = known.free_key(record.key)
        known.remember(draft.article)

    def _leave_out_told_stories(self, placed: Sequence[Draft]) -> None:
        """Leave out new articles that tell, furniture aside, what is told already.

        Those that have a name of their own stay, and so do those with work on their text.
        """
        bound = {id(one.article) for one in placed if one.is_bound}
        loose = [one for one in placed if one.is_new and id(one.article) not in bound]
        told = _told(self._job, {one.article.story_sha256 for one in loose} - {""})
        left_out = set()
        for one in placed:
            story = one.article.story_sha256
            if not one.is_new or not story:
                continue
            if story in told and id(one.article) not in bound:
                left_out.add(id(one.article))
            told.add(story)
        for one in placed:
            one.is_new = one.is_new and id(one.article) not in left_out

    def _finish(self, chunk: Chunk, placed: Sequence[Draft]) -> None:
        new = [one for one in placed if one.is_new]
        for one, pk in zip(new, next_ids(Article._meta.db_table, len(new)), strict=True):
            one.article.pk = pk
        self._cluster(new)
        chunk.articles = [one.article for one in new]
        chunk.created = len(new)
        for one in placed:
            if one.record.brings_work:
                chunk.staged.append(
                    StagedRow(
                        import_job=self._job,
                        article_id=one.article.pk,
                        is_new=one.is_new,
                        body=one.row.as_json(),
                    )
                )
            else:
                chunk.duplicates += not one.is_new

    def _cluster(self, new: Sequence[Draft]) -> None:
        named = [one for one in new if one.record.cluster is not None]
        if not named:
            return
        project = self._job.project_id
        names = {one.record.cluster for one in named}
        Cluster.objects.bulk_create(
            [Cluster(project_id=project, name=name) for name in sorted(map(str, names))],
            ignore_conflicts=True,
        )
        there = Cluster.objects.filter(project=project, name__in=names)
        pks = dict(there.values_list("name", "pk"))
        for one in named:
            one.article.cluster_id = pks[str(one.record.cluster)]


class _Known:
    """The project's articles that the records of one chunk could be, by key and by text."""

    def __init__(self, job: ImportJob, records: list[Record]):
        self._job = job
        keys = {record.key for record in records}
        hashes = {record.text_sha256 for record in records if not record.is_key_given}
        self.by_key = {one.key: one for one in _find(job, key__in=keys)}
        self.by_text = {one.text_sha256: one for one in _find(job, text_sha256__in=hashes)}
        for article in self.by_key.values():
            self.by_text.setdefault(article.text_sha256, article)

    def remember(self, article: Article) -> None:
        self.by_key[article.key] = article
        self.by_text.setdefault(article.text_sha256, article)

    def free_key(self, key: str) -> str:
        """Return ``key`` with the first number that makes it nobody else's."""
        number = 2
        articles = Article.objects.filter(project=self._job.project_id)
        while True:
            ending = f"-{number}"
            found = key[: LONGEST_KEY - len(ending)] + ending
            if found not in self.by_key and not articles.filter(key=found).exists():
                return found
            number += 1


def _find(job: ImportJob, **wanted: set[str]) -> list[Article]:
    if not all(wanted.values()):
        return []
    articles = Article.objects.filter(project=job.project_id, **wanted)
    with transaction.atomic():
        _by_index()
        return list(articles.only("key", "text_sha256", "project_id").order_by("-pk"))


def _told(job: ImportJob, stories: set[str]) -> set[str]:
    if not stories:
        return set()
    articles = Article.objects.filter(project=job.project_id, story_sha256__in=stories)
    with transaction.atomic():
        _by_index()
        return set(articles.values_list("story_sha256", flat=True))


def _by_index() -> None:
    """Have a thousand rows looked up in an index.

    A table that has just begun to grow is one of which the planner knows nothing: it would
    read all of it for each chunk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def _values(article: Article) -> list[Any]:
    return [
        json.dumps(getattr(article, name)) if is_json else getattr(article, name)
        for name, is_json in _READERS
    ]
