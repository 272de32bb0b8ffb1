"""What an import writes, in the transaction of the import: articles, and the work on them.

Called by ``actions.imports`` only.
"""

from datetime import datetime

from django.db.models import Q

from annotations.actions.import_cleaning import Cleaner
from annotations.actions.import_reading import Refusals, Row
from annotations.actions.import_suggestions import ImportedSuggestions
from annotations.actions.import_work import ImportedWork
from annotations.importing.problems import Problem
from annotations.importing.records import LONGEST_KEY, Record
from annotations.models import (
    Article,
    Cluster,
    ImportJob,
    ImportProblem,
)

CHUNK = 200


class Writer:
    """Takes records one by one, writes them in chunks, and counts what came of them.

    ``finish`` must be called; after it ``created``, ``duplicates`` and
    ``problems`` say what happened. What is refused goes to ``refusals``, too.
    """

    def __init__(self, job: ImportJob, at: datetime, refusals: Refusals):
        self.job = job
        self.at = at
        self.created = 0
        self.duplicates = 0
        self.problems: list[ImportProblem] = []
        self._refusals = refusals
        self._waiting: list[tuple[Row, Record]] = []
        self._clusters: dict[str, Cluster] = {}
        self._work = ImportedWork(job, at)
        self._cleaner = Cleaner(job, at)

    def add(self, row: Row, record: Record) -> None:
        """Take one record; it is written no later than by ``finish``."""
        self._waiting.append((row, record))
        if len(self._waiting) >= CHUNK:
            self._flush()

    def finish(self) -> None:
        """Write what is left, and bring every task to the state that its work has reached."""
        self._flush()
        self._cleaner.look_again()
        self._work.finish()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        known = _Known(self.job, [record for _, record in waiting])
        placed = []
        for row, record in waiting:
            try:
                article, is_new = self._place(known, row, record)
            except Problem as found:
                self.problems.append(self._refusals.add(row, found))
            else:
                placed.append((row, record, article, is_new))

        Article.objects.bulk_create([article for *_, article, is_new in placed if is_new])
        not_new = [article for *_, article, is_new in placed if not is_new]
        self._work.look_up(not_new)
        suggestions = ImportedSuggestions(not_new)
        for row, record, article, is_new in placed:
            try:
                suggested = suggestions.news(article, record)
                is_news = self._work.add(article, record) or bool(suggested)
                suggestions.add(suggested)
            except Problem as found:
                self.problems.append(self._refusals.add(row, found))
            else:
                if is_news and not is_new:
                    self._cleaner.make_room(article, [s for spans in record.layers for s in spans])
                self.created += is_new or is_news
                self.duplicates += not (is_new or is_news)
        self._work.flush()
        suggestions.flush()

    def _place(self, known: "_Known", row: Row, record: Record) -> tuple[Article, bool]:
        """Return the article of ``record``, and whether it is yet to be written."""
        is_kept = self.job.options["on_duplicate"] == "keep" and not record.is_key_given
        same = known.by_key.get(record.key)
        if not record.is_key_given and not is_kept:
            same = known.by_text.get(record.text_sha256, same)
        if same is not None and not is_kept:
            if same.text_sha256 != record.text_sha256:
                raise Problem(
                    "id_taken", f"Another text has the id “{record.key}” in this project already."
                )
            return same, False
        article = Article(
            project=self.job.project,
            import_job=self.job,
            source_id=row.source_id,
            source_line=row.line,
            key=known.free_key(record.key) if same is not None else record.key,
            text=record.text,
            text_sha256=record.text_sha256,
            text_length=len(record.text),
            meta=record.meta,
            zones=record.zones,
            cluster=self._cluster(record.cluster),
            is_clustered_by_hand=record.is_cluster_given,
            split=record.split,
            created_at=self.at,
        )
        self._cleaner.clean(article, row)
        known.remember(article)
        return article, True

    def _cluster(self, name: str | None) -> Cluster | None:
        if name is None:
            return None
        if name not in self._clusters:
            self._clusters[name], _ = Cluster.objects.get_or_create(
                project=self.job.project, name=name
            )
        return self._clusters[name]


class _Known:
    """The project's articles that the records of one chunk could be."""

    def __init__(self, job: ImportJob, records: list[Record]):
        self._job = job
        keys = {record.key for record in records}
        hashes = {record.text_sha256 for record in records if not record.is_key_given}
        articles = (
            Article.objects.filter(project=job.project)
            .filter(Q(key__in=keys) | Q(text_sha256__in=hashes))
            .only("key", "text_sha256", "project_id")
            .order_by("-pk")
        )
        self.by_key = {article.key: article for article in articles}
        self.by_text = {article.text_sha256: article for article in articles}

    def remember(self, article: Article) -> None:
        self.by_key[article.key] = article
        self.by_text.setdefault(article.text_sha256, article)

    def free_key(self, key: str) -> str:
        """Return ``key`` with the first number that makes it nobody else's."""
        number = 2
        articles = Article.objects.filter(project=self._job.project)
        while True:
            ending = f"-{number}"
            found = key[: LONGEST_KEY - len(ending)] + ending
            if found not in self.by_key and not articles.filter(key=found).exists():
                return found
            number += 1
