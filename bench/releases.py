"""How fast gold leaves as JSONL, and what a release of a million spans takes of memory."""

import io
import sys
from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from annotations.enums import ReleaseState
from annotations.models import Project
from bench.projects import settle
from bench.rows import Row, best, peak
from bench.stage import Stage
from exports.actions import building, releases
from exports.recipe import Recipe
from workbench.env import ROOT

ARTICLES = 100_000
SPANS = 10
#: So many articles are made up; the rest says the same under other names.
ORIGINALS = 1_000

#: Everything that a release looks at; the op log and the codings behind the gold are left out.
COPIES = """
    WITH originals AS (
        SELECT article.*, task.id AS task_id, gold.spans
        FROM annotations_article article
        JOIN annotations_task task ON task.article_id = article.id
        JOIN annotations_gold gold ON gold.task_id = task.id
        JOIN annotations_project project ON project.id = article.project_id
        WHERE project.slug = %(slug)s AND article.key NOT LIKE '%%/%%'
    ), articles AS (
        INSERT INTO annotations_article
            (uuid, project_id, import_job_id, source_line, key, text, text_sha256, text_length,
             story_sha256, meta, zones, version, is_clustered_by_hand, created_at,
             withdrawn_reason)
        SELECT gen_random_uuid(), project_id, import_job_id, source_line, key || '/' || copy, text,
               text_sha256, text_length, story_sha256, meta, zones, version,
               is_clustered_by_hand, created_at, withdrawn_reason
        FROM originals, generate_series(2, %(times)s) copy
        RETURNING id, key
    ), tasks AS (
        INSERT INTO annotations_task
            (uuid, batch_id, article_id, state, coders_wanted, position, version, cards_open,
             cards_disputed, adjudicated_at)
        SELECT gen_random_uuid(), task.batch_id, articles.id, task.state, task.coders_wanted,
               task.position, task.version, 0, 0, task.adjudicated_at
        FROM articles
        JOIN originals ON originals.key = split_part(articles.key, '/', 1)
        JOIN annotations_task task ON task.id = originals.task_id
        RETURNING id, article_id
    )
    INSERT INTO annotations_gold (task_id, number, spans, codebook_version, made_at)
    SELECT tasks.id, 1, originals.spans, 1, now()
    FROM tasks
    JOIN articles ON articles.id = tasks.article_id
    JOIN originals ON originals.key = split_part(articles.key, '/', 1)
"""
ROWS = """
    SELECT article.key, article.text, article.text_sha256, article.meta, article.zones, gold.spans
    FROM annotations_gold gold
    JOIN annotations_task task ON task.id = gold.task_id
    JOIN annotations_article article ON article.id = task.article_id
    JOIN annotations_project project ON project.id = article.project_id
    WHERE project.slug = 'release'
    ORDER BY article.key
"""


def build(stage: Stage) -> Row:
    """A release from the request to ready, by one worker, against COPY of the same rows."""
    project = corpus("release", stage.times(ARTICLES))
    turns = iter(range(1000))

    def run() -> None:
        release = releases.request(
            project=project,
            name=f"Release {next(turns)}",
            recipe=Recipe(),
            by=None,
            at=timezone.now(),
        )
        release = building.see_through(release=release)
        if release.state != ReleaseState.READY:
            raise SystemExit(f"The release failed: {release.failure}")

    def copy() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY ({ROWS}) TO STDOUT") as rows:
            for _ in rows:
                pass

    built, copied = best(run, copy, times=2)
    spans = stage.times(ARTICLES) * SPANS
    return Row(
        f"{spans:,} gold spans released",
        spans / built,
        spans / copied,
        target=0.4,
        unit="/s",
        is_rate=True,
    )


def memory(stage: Stage) -> Row:
    """The most that a worker's process takes for ten times the spans."""
    large = _peak(corpus("release", stage.times(ARTICLES)))
    small = _peak(corpus("release-small", stage.times(ARTICLES) // 10))
    return Row("memory for ten times the spans", large, small, target=1.1, unit="MB")


def corpus(slug: str, articles: int) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        originals = min(ORIGINALS, articles)
        call_command(
            "load_corpus",
            f"--articles={originals}",
            f"--spans-per-article={SPANS}",
            "--coders=1",
            f"--project={slug}",
            stdout=io.StringIO(),
        )
        with connection.cursor() as cursor:
            cursor.execute(COPIES, {"slug": slug, "times": articles // originals})
        settle()
        project = Project.objects.get(slug=slug)
    return project


def _peak(project: Project) -> float:
    command = [sys.executable, str(ROOT / "manage.py"), "build_release", project.slug]
    return peak([*command, "--name=Memory", "--json"])


FIGURES: dict[str, Callable[[Stage], Row]] = {"release": build, "release-memory": memory}
