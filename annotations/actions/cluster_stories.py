"""What the articles of an import say: a story for each, signed, and kept once in a project.

Called by ``actions.clusters`` only.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet

from annotations.algorithms import near_duplicates
from annotations.algorithms.stories import story_sha256, story_text
from annotations.models import Article, ImportJob

CHUNK = 500

#: An article's key, the hash of its story, its text and its zones as they are stored.
_Row = tuple[int, str, str | None, str | None]

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
    """Write the stories of the import's articles, yielding how many articles are done.

    Some are read and signed while those before them are written.
    """
    keys = comparable(job).order_by("pk").values_list("pk", flat=True)
    articles = np.fromiter(keys.iterator(chunk_size=10_000), np.int64)
    with ThreadPoolExecutor(1) as beside:
        signed: Future[_Told] | None = None
        for start in range(0, len(articles), CHUNK):
            rows = _read(articles[start : start + CHUNK].tolist())
            before, signed = signed, beside.submit(_told_in, rows)
            if before is not None:
                _write(job.project_id, before.result())
                yield start
        if signed is not None:
            _write(job.project_id, signed.result())
            yield len(articles)


@dataclass(frozen=True)
class _Told:
    """What some articles tell: stories that are known, and new ones with their signatures."""

    known: set[str]
    #: Articles whose stories had no hash yet.
    hashed: list[tuple[int, str]]
    #: The hashes of the new stories in order, and of each whether it is signed.
    hashes: list[str]
    is_signed: list[bool]
    slots: near_duplicates.Slots


def _told_in(rows: list[_Row]) -> _Told:
    """Sign what is new in ``rows``. Asks the database nothing."""
    told = {}
    known = set()
    hashed = []
    for article, sha256, text, written in rows:
        if text is None or written is None:
            known.add(sha256)
            continue
        zones = json.loads(written)
        if not sha256:
            sha256 = story_sha256(text, zones)
            hashed.append((article, sha256))
        if sha256:
            told[sha256] = story_text(text, zones)
    # In one order everywhere, so that two imports which bring the same stories never block
    # each other.
    hashes = sorted(told)
    found = near_duplicates.runs([told[sha256] for sha256 in hashes])
    is_signed = [len(runs) >= near_duplicates.FEWEST_SHARED for runs in found]
    slots = near_duplicates.signatures(
        [runs for runs, is_long in zip(found, is_signed, strict=True) if is_long]
    )
    return _Told(known, hashed, hashes, is_signed, slots)


@transaction.atomic
def _write(project_id: int, told: _Told) -> None:
    with connection.cursor() as cursor:
        # Zones that have changed since then have brought a hash of their own.
        cursor.execute(
            """
            UPDATE annotations_article article SET story_sha256 = told.sha256
            FROM unnest(%s::bigint[], %s::text[]) told (article, sha256)
            WHERE article.id = told.article AND article.story_sha256 = '' AND told.sha256 <> ''
            """,
            [[article for article, _ in told.hashed], [sha256 for _, sha256 in told.hashed]],
        )
    _insert(project_id, told)
    _place_again(project_id, [*told.known, *told.hashes])


def _read(articles: list[int]) -> list[_Row]:
    """Return each article with the hash of its story, and its text if that is not known yet."""
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
        return cursor.fetchall()


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


def _insert(project_id: int, told: _Told) -> None:
    """Keep stories that are new, those that can be like others with a signature."""
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
                told.slots.astype("<u2").tobytes(),
                *[near_duplicates.SIGNATURE_BYTES] * 2,
                told.hashes,
                (np.cumsum(told.is_signed) * told.is_signed).tolist(),
            ],
        )
