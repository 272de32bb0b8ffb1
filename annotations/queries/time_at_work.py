"""How long people were at work, as the log of their steps tells it.

Time counts from opening an article over each step to handing it in, without longer pauses than
``IDLE``. What was done offline counts as far as it was sent in that pace.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from annotations.models import Assignment

#: A longer pause between two steps was spent on something else, and none of it counts.
IDLE = timedelta(minutes=5)

#: A coder's pace is taken from so many articles: the latest.
LATEST = 20

#: The time at work on each row of ``work``. Its parameter is ``IDLE`` in seconds.
_SPENT = """
    moment AS (
        SELECT work.id, op.received_at AS at
        FROM work JOIN annotations_spanop op ON op.assignment_id = work.id
        UNION ALL SELECT id, started_at FROM work WHERE started_at IS NOT NULL
        UNION ALL SELECT id, submitted_at FROM work WHERE submitted_at IS NOT NULL
    ), pause AS (
        SELECT id, at - lag(at) OVER (PARTITION BY id ORDER BY at) AS lasting FROM moment
    ), spent AS (
        SELECT id, sum(lasting) FILTER (WHERE lasting <= make_interval(secs => %s)) AS time
        FROM pause GROUP BY id
    )
"""


class Spent(NamedTuple):
    """The time at work on some articles, and how many characters these have."""

    seconds: float
    characters: int
    articles: int


def on(work: QuerySet[Assignment]) -> timedelta:
    """Return the time at work on these articles."""
    return sums(work)["time"]


def sums(work: QuerySet[Assignment]) -> dict[str, Any]:
    """Return ``{articles, spans, time}`` of ``work``."""
    held, parameters = _keys_of(work)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH work AS (
                SELECT id, started_at, submitted_at, span_count FROM annotations_assignment
                WHERE id IN ({held})
            ), {_SPENT}
            SELECT (SELECT count(*) FROM work),
                   (SELECT coalesce(sum(span_count), 0) FROM work),
                   (SELECT coalesce(sum(time), interval '0') FROM spent)
            """,  # noqa: S608 – the query's own SQL
            [*parameters, IDLE.total_seconds()],
        )
        return dict(zip(("articles", "spans", "time"), cursor.fetchone(), strict=True))


def of_coders(work: QuerySet[Assignment], coders: QuerySet[Any, Any]) -> dict[int, Spent]:
    """Return what each of ``coders`` spent on the ``LATEST`` articles of ``work`` handed in.

    ``coders`` are the keys of members, one column of a query.

    What nobody began here says nothing of pace, and who handed in nothing is left out.
    """
    held, parameters = _keys_of(work)
    asked, of_asked = coders.query.sql_with_params()
    with connection.cursor() as cursor:
        # Coder by coder from the latest on, so that it takes no longer when there is more work.
        cursor.execute(
            f"""
            WITH work AS (
                SELECT latest.*
                FROM ({asked}) coder (id)
                CROSS JOIN LATERAL (
                    SELECT work.id, work.coder_id, work.started_at, work.submitted_at,
                           article.text_length AS length
                    FROM annotations_assignment work
                    JOIN annotations_task task ON task.id = work.task_id
                    JOIN annotations_article article ON article.id = task.article_id
                    WHERE work.coder_id = coder.id AND work.state = 'submitted'
                      AND work.started_at IS NOT NULL AND work.id IN ({held})
                    ORDER BY work.submitted_at DESC, work.id
                    LIMIT %s
                ) latest
            ), {_SPENT}
            SELECT work.coder_id, coalesce(extract(epoch FROM sum(spent.time)), 0),
                   sum(work.length), count(*)
            FROM work JOIN spent ON spent.id = work.id
            GROUP BY work.coder_id
            """,  # noqa: S608 – the query's own SQL
            [*of_asked, *parameters, LATEST, IDLE.total_seconds()],
        )
        return {
            coder: Spent(float(seconds), int(characters), articles)
            for coder, seconds, characters, articles in cursor.fetchall()
        }


def _keys_of(work: QuerySet[Assignment]) -> tuple[str, tuple[Any, ...]]:
    return work.order_by().values("pk").query.sql_with_params()
