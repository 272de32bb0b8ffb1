"""What an import writes at its very end, since it can't be taken back: work on articles.

Called by ``actions.import_run`` only, in the transaction that says ``ready``.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import cast

from annotations.actions import import_codebook
from annotations.actions.import_cleaning import Cleaner
from annotations.actions.import_reading import Row, problem_of, refusal_of
from annotations.actions.import_suggestions import ImportedSuggestions
from annotations.actions.import_work import ImportedWork
from annotations.importing import records
from annotations.importing.problems import Problem
from annotations.importing.records import Record
from annotations.importing.vocabulary import Vocabulary
from annotations.models import Article, ImportJob, ImportProblem, StagedRow
from annotations.queries import codebook

CHUNK = 200

_Brought = tuple[StagedRow, Row, Record]


class Ending:
    """Writes the staged rows that bring work, and counts what came of them.

    ``created`` and ``duplicates`` are those that the stage has not counted; ``refused`` are
    rows that came too late to be refused when they were staged, ``problems`` what is wrong
    with them.
    """

    def __init__(self, job: ImportJob, at: datetime, cleaner: Cleaner):
        self.created = 0
        self.duplicates = 0
        self.problems: list[ImportProblem] = []
        self.refused: list[StagedRow] = []
        self._job = job
        self._at = at
        self._cleaner = cleaner
        self._rows = job.staged.exclude(article=None).order_by("pk")

    def write(self, look_up: Callable[[], None]) -> None:
        """Write everything; ``look_up`` is called now and then, and may raise."""
        if not self._rows.exists():
            return
        if self._job.options["create_labels"]:
            self._declare_labels()
        work = ImportedWork(self._job, self._at)
        for chunk in self._chunks():
            look_up()
            self._write(chunk, work)
        work.finish()

    def _declare_labels(self) -> None:
        by = self._job.requested_by
        vocabulary = Vocabulary.of(codebook.definitions(codebook.current(self._job.project)))
        for chunk in self._chunks():
            for _, _, record in chunk:
                vocabulary.add(record)
        import_codebook.declare(vocabulary, project=self._job.project, by=by, at=self._at)

    def _chunks(self) -> Iterator[list[_Brought]]:
        last = 0
        rows_of = self._rows.select_related("article").defer("article__text")
        while staged := list(rows_of.filter(pk__gt=last)[:CHUNK]):
            last = staged[-1].pk
            rows = [Row.of_json(one.body) for one in staged]
            yield [
                # It was checked when it was staged.
                (one, row, records.check(row.value, default_key=row.default_key))  # type: ignore[arg-type]
                for one, row in zip(staged, rows, strict=True)
            ]

    def _write(self, chunk: list[_Brought], work: ImportedWork) -> None:
        # Rows that belong together share their article.
        articles = {one.article_id: cast(Article, one.article) for one, _, _ in chunk}
        earlier = [a for a in articles.values() if a.import_job_id != self._job.pk]
        work.look_up(earlier)
        suggestions = ImportedSuggestions(list(articles.values()))
        for staged, row, record in chunk:
            article = articles[staged.article_id]
            try:
                suggested = suggestions.news(article, record)
                is_news = work.add(article, record) or bool(suggested)
                suggestions.add(suggested)
            except Problem as found:
                self._refuse(row, found)
                continue
            if staged.is_new:
                continue
            if is_news:
                self._cleaner.make_room(article, [s for spans in record.layers for s in spans])
            self.created += is_news
            self.duplicates += not is_news
        work.flush()
        suggestions.flush()

    def _refuse(self, row: Row, problem: Problem) -> None:
        found = problem_of(self._job, row, problem)
        self.problems.append(found)
        self.refused.append(StagedRow(import_job=self._job, body=refusal_of(row, problem, found)))
