"""Imports: how fast many articles come in, and that their number costs no memory."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from django.core.files import File
from django.utils import timezone

from annotations.actions import imports
from annotations.algorithms import synthetic
from annotations.enums import JobState
from annotations.models import Article, ImportJob
from bench.projects import copy_in, copy_out, make_project
from bench.rows import Row, peak, timed
from bench.stage import Stage

FEW, MANY = 10_000, 100_000
#: So many different stories are told; making them up takes longer than bringing them in.
_STORIES = 2000


def rate(articles: int, times: int, stage: Stage) -> Row:
    """Articles from JSONL until they are seen, against COPY of the same rows to the same table."""
    number = stage.times(articles)
    slugs = (f"import-{number}-{turn}" for turn in range(1000))
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "articles.jsonl", number)

        def run() -> None:
            project = make_project(next(slugs))
            with path.open("rb") as file:
                job = imports.request_import(
                    project=project, by=None, at=timezone.now(), files=[File(file, path.name)]
                )
            done = imports.run_import(job_id=job.pk, at=timezone.now())
            if done is None or (done.state, done.created) != (JobState.READY, number):
                raise SystemExit("The import failed.")

        # The floor writes the very rows that an import has written, and takes them back.
        run()
        names = ", ".join(f'"{field.column}"' for field in Article._meta.local_concrete_fields)
        first = Article.objects.filter(project__slug=f"import-{number}-0")
        key = first[0].project_id
        rows = copy_out(f"SELECT {names} FROM annotations_article WHERE project_id = {key}")
        imported, copied = [], []
        for _ in range(times):
            imported.append(timed(run))
            first.delete()
            copied.append(timed(lambda: copy_in(f"annotations_article ({names})", rows)))
    rates = number / min(imported), number / min(copied)
    name = f"articles imported, {articles:,} at a time"
    return Row(name, *rates, target=0.25, unit="/s", is_rate=True)


def memory(stage: Stage) -> Row:
    """The most memory that ten times as many articles take, against that of the fewer."""
    few, many = (_peak(stage.times(number), f"peak-{number}") for number in (FEW, MANY))
    return Row(f"memory of {MANY // FEW} times as many", many, few, target=1.2, unit="MB")


FIGURES: dict[str, Callable[[Stage], Row]] = {
    "import": partial(rate, FEW, 3),
    "import-100k": partial(rate, MANY, 1),
    "import-memory": memory,
}


def _peak(number: int, slug: str) -> float:
    """Import so many articles in a process of its own; return how large it grew, in MB."""
    project = make_project(slug)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "articles.jsonl", number)
        command = [sys.executable, "manage.py", "import_articles", project.slug, str(path)]
        grown = peak(command)
    job = ImportJob.objects.get(project=project)
    if (job.state, job.created) != (JobState.READY, number):
        raise SystemExit("The import failed.")
    return grown


def write(path: Path, number: int) -> Path:
    with path.open("w") as file:
        file.writelines(_lines(number))
    return path


def _lines(number: int) -> Iterator[str]:
    told = [synthetic.story(Random(f"import:{n}")).text for n in range(min(number, _STORIES))]
    for n in range(number):
        yield json.dumps({"id": f"a-{n}", "text": f"{told[n % len(told)]} {n}"}) + "\n"
