"""What the articles of an import say: a story for each, signed, and kept once in a project.

Called by ``actions.clusters`` only.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet

from annotations.algorithms import near_duplicates
from annotations.algorithms.stories import story_sha256, story_text
from annotations.models import Article, ImportJob

CHUNK = 500

#: The condition that an article takes part in the search for versions; ``a`` is the article.
COMPARABLE = """
    a.story_sha256 <> '' AND NOT a.is_clustered_by_hand
    AND (SELECT job.state FROM annotations_importjob job WHERE job.id = a.import_job_id) = 'ready'
"""


def lock(project_id: int) -> None:
    """Let one worker at a time compare and place a project's stories, to the transaction's end."""
    _advise("annotations.clusters", project_id)


def lock_stories(project_id: int) -> None:
    """Let nobody else write the states of a project's stories, to the transaction's end.

    Taken last: who holds it waits for nothing else.
    """
    _advise("annotations.stories", project_id)


def _advise(what: str, project_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [what, project_id])


def comparable(job: ImportJob) -> QuerySet[Article]:
    """Return the articles of the import but for those that a record or a person has placed."""
    return Article.objects.filter(import_job=job, is_clustered_by_hand=False)


def write(job: ImportJob) -> Iterator[int]:
    """Write the stories of the import's articles, yielding how many articles are done."""
    keys = comparable(job).order_by("pk").values_list("pk", flat=True)
    articles = np.fromiter(keys.iterator(chunk_size=10_000), np.int64)
    for start in range(0, len(articles), CHUNK):
        _write(job, articles[start : start + CHUNK].tolist())
        yield min(start + CHUNK, len(articles))


@transaction.atomic
def _write(job: ImportJob, articles: list[int]) -> None:
    told = {}
    known = set()
    hashed = []
    for article, sha256, text, zones in _read(articles):
        if text is None:
            known.add(sha256)
            continue
        if not sha256:
            sha256 = story_sha256(text, zones)
            hashed.append((article, sha256))
        if sha256:
            told[sha256] = story_text(text, zones)
    with connection.cursor() as cursor:
        # Zones that have changed since then have brought a hash of their own.
        cursor.execute(
            """
            UPDATE annotations_article article SET story_sha256 = told.sha256
            FROM unnest(%s::bigint[], %s::text[]) told (article, sha256)
            WHERE article.id = told.article AND article.story_sha256 = '' AND told.sha256 <> ''
            """,
            [[article for article, _ in hashed], [sha256 for _, sha256 in hashed]],
        )
    _insert(job.project_id, told)
    _place_again(job.project_id, [*known, *told])


def _read(articles: list[int]) -> Iterator[tuple[int, str, str | None, Any]]:
    """Yield each article with the hash of its story, and its text if that is not known yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT article.id, article.story_sha256,
                   CASE WHEN story.id IS NULL THEN article.text END,
                   CASE WHEN story.id IS NULL THEN article.zones END
            FROM annotations_article article
            LEFT JOIN annotations_story story
                   ON story.project_id = article.project_id
                  AND story.sha256 = article.story_sha256
            WHERE article.id = ANY(%s)
            ORDER BY article.id
            """,
            [articles],
        )
        for article, sha256, text, zones in cursor.fetchall():
            yield article, sha256, text, None if zones is None else json.loads(zones)


def _place_again(project_id: int, stories: list[str]) -> None:
    """Have those of the stories placed anew that several articles tell.

    They are written even if nothing about them changes: who is comparing them at this moment
    has to see that there are more of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT story_sha256 FROM annotations_article
            WHERE project_id = %s AND story_sha256 = ANY(%s) AND story_sha256 <> ''
              AND NOT is_clustered_by_hand
            GROUP BY story_sha256 HAVING count(*) > 1 AND NOT bool_and(cluster_id IS NOT NULL)
            """,
            [project_id, stories],
        )
        copied = [sha256 for (sha256,) in cursor.fetchall()]
        if copied:
            lock_stories(project_id)
            cursor.execute(
                """
                UPDATE annotations_story
                SET state = CASE state WHEN 'placed' THEN 'compared' ELSE state END
                WHERE project_id = %s AND sha256 = ANY(%s)
                """,
                [project_id, copied],
            )


def _insert(project_id: int, told: dict[str, str]) -> None:
    """Keep stories that are new, those that can be like others with a signature."""
    # In one order everywhere, so that two imports which bring the same stories never block
    # each other.
    hashes = sorted(told)
    found = near_duplicates.runs([told[sha256] for sha256 in hashes])
    signed = [len(runs) >= near_duplicates.FEWEST_SHARED for runs in found]
    slots = near_duplicates.signatures(
        [runs for runs, is_signed in zip(found, signed, strict=True) if is_signed]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO annotations_story (project_id, sha256, signature, state)
            SELECT %s, sha256,
                   CASE WHEN signed > 0
                        THEN substring(%s::bytea FROM (signed - 1) * %s + 1 FOR %s)
                        ELSE '' END,
                   'new'
            FROM unnest(%s::text[], %s::int[]) told (sha256, signed)
            ON CONFLICT DO NOTHING
            """,
            [
                project_id,
                slots.astype("<u2").tobytes(),
                *[near_duplicates.SIGNATURE_BYTES] * 2,
                hashes,
                (np.cumsum(signed) * signed).tolist(),
            ],
        )
