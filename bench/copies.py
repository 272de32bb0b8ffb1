"""How fast versions of a story are found after an import."""

import hashlib
from collections.abc import Callable, Iterator
from random import Random
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from annotations.actions import clusters
from annotations.algorithms import synthetic
from annotations.algorithms.stories import story_sha256
from annotations.enums import JobState
from annotations.models import Article, Cluster, ImportJob, Story
from bench.projects import make_project
from bench.rows import Row, timed
from bench.stage import Stage

#: Of as many articles, one is a version of the one before.
EVERY = 50
#: Bands see a pair near the threshold by chance: of 10,000 such pairs about six are missed.
MISSED = 1 / 1000


def find_versions(stage: Stage) -> Row:
    """Stories of 3 kB signed, compared and placed, against reading and splitting them alone."""
    number = stage.times(100_000)
    project = make_project("copies")
    job = ImportJob.objects.create(
        project=project,
        state=JobState.READY,
        clusters_state=JobState.QUEUED,
        clusters_total=number,
        created_at=timezone.now(),
    )
    _write(job, number)
    read = timed(lambda: _read(job))
    found = timed(lambda: clusters.find(job_id=job.pk))
    job.refresh_from_db()
    wanted = len(range(EVERY, number, EVERY))
    missed = wanted - Cluster.objects.filter(project=project).count()
    if (
        job.clusters_state != JobState.READY
        or not 0 <= missed <= wanted * MISSED
        or Story.objects.filter(project=project).count() != number
    ):
        raise SystemExit("Not all versions were found.")
    return Row(
        "articles compared with all others",
        number / found,
        number / read,
        target=0.15,
        unit="/s",
        is_rate=True,
    )


FIGURES: dict[str, Callable[[Stage], Row]] = {"copies": find_versions}


def _write(job: ImportJob, number: int) -> None:
    columns = [
        "uuid",
        "project_id",
        "import_job_id",
        "source_line",
        "key",
        "text",
        "text_sha256",
        "text_length",
        "story_sha256",
        "meta",
        "zones",
        "version",
        "is_clustered_by_hand",
        "created_at",
        "withdrawn_reason",
    ]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Article._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for place, text in enumerate(_texts(number)):
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            row = (uuid4(), job.project_id, job.pk, 1, f"a-{place}", text, sha256, len(text))
            copy.write_row(
                (*row, story_sha256(text, []), "{}", "[]", 1, False, job.created_at, "")
            )


def _texts(number: int) -> Iterator[str]:
    before = ""
    for place in range(number):
        text = synthetic.story(Random(f"copies:{place}")).text
        if place % EVERY == 0 and place:
            text = before[: len(before) // 2] + text[len(text) // 2 :]
        yield text
        before = text


def _read(job: ImportJob) -> None:
    query = f"COPY (SELECT text FROM annotations_article WHERE import_job_id = {job.pk}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for line in copy:
            bytes(line).split()
