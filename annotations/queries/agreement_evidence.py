"""What agreement figures rest on: whose work there is on a task, and its gold."""

from collections.abc import Iterable
from typing import Any

import orjson
from django.db import connection
from psycopg import Cursor

from annotations.enums import AssignmentState, TaskState, ZoneKind
from annotations.models import AuditEvent
from annotations.models.span_columns import IN_COLUMNS


def evidence(pks: list[int]) -> bytes:
    """Return what the database tells of tasks, for ``algorithms.agreement`` to read.

    Nothing of it is looked at here: whoever measures it may be another process.
    """
    names = {
        "tasks": pks,
        "moment": _MOMENT,
        "furniture": f'$[*] ? (@.kind == "{ZoneKind.BOILERPLATE}")',
        "adjudicated": TaskState.ADJUDICATED,
        "released": AssignmentState.RELEASED,
        "returned": AuditEvent.Kind.ASSIGNMENT_RETURNED,
    }
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # Django's own cursor has numbers sent as text, and reads each.
        raw = Cursor(cursor.connection)
        told = {
            name: [
                (*row[:plain], *map(orjson.Fragment, row[plain:]))
                for row in raw.execute(query, names, binary=True)
            ]
            for name, (plain, query) in _QUERIES.items()
        }
    return orjson.dumps(told)


def furniture(zones: Iterable[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the extents that no figure counts."""
    return [(one["start"], one["end"]) for one in zones if one["kind"] == ZoneKind.BOILERPLATE]


#: How ``algorithms.agreement.as_text`` spells what is a moment of UTC.
_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'

# What is large is looked up row by row: to merge it by its index, the database would read all
# that earlier portions had.
_TASKS = """
    SELECT task.id, article.text_length, article.text,
        jsonb_path_query_array(article.zones, %(furniture)s::jsonpath)::text
    FROM annotations_task task
        CROSS JOIN LATERAL (
            SELECT * FROM annotations_article WHERE id = task.article_id OFFSET 0
        ) article
    WHERE task.id = ANY(%(tasks)s::bigint[])
    ORDER BY task.id
"""

_FIRST_INTERVENTIONS = """
    SELECT task_id, to_char(min(at) AT TIME ZONE 'UTC', %(moment)s)
    FROM (
        SELECT task_id, made_at AS at FROM annotations_decision
        WHERE task_id = ANY(%(tasks)s::bigint[]) AND NOT is_automatic
        UNION ALL
        SELECT work.task_id, event.at
        FROM annotations_assignment work
            JOIN annotations_auditevent event ON event.target_uuid = work.uuid
        WHERE work.task_id = ANY(%(tasks)s::bigint[]) AND event.kind = %(returned)s
    ) intervention
    GROUP BY task_id
"""

# Gold comes first, as the work of nobody. Older work has no marks yet: its spans are the value of
# an expression, which the offset keeps apart, so that the database unpacks them but once.
_WORKS = f"""
    SELECT task_id, coder, to_char(handed_in_at AT TIME ZONE 'UTC', %(moment)s),
        coalesce(marks, {IN_COLUMNS.format(spans="spans")})
    FROM (
        SELECT gold.task_id, NULL AS coder, NULL::timestamptz AS handed_in_at,
            gold.number AS place, gold.marks,
            CASE WHEN gold.marks IS NULL THEN gold.spans #> '{{}}' END AS spans
        FROM annotations_task task
            CROSS JOIN LATERAL (
                SELECT * FROM annotations_gold WHERE task_id = task.id OFFSET 0
            ) gold
        WHERE task.id = ANY(%(tasks)s::bigint[]) AND task.state = %(adjudicated)s
        UNION ALL
        SELECT work.task_id, member.uuid::text, handed_in.submitted_at, handed_in.id,
            handed_in.marks,
            CASE WHEN handed_in.marks IS NULL THEN handed_in.spans #> '{{}}' END
        FROM annotations_assignment work
            JOIN annotations_member member ON member.id = work.coder_id
            CROSS JOIN LATERAL (
                SELECT * FROM annotations_submission WHERE assignment_id = work.id OFFSET 0
            ) handed_in
        WHERE work.task_id = ANY(%(tasks)s::bigint[]) AND work.state <> %(released)s
        OFFSET 0
    ) found
    ORDER BY handed_in_at NULLS FIRST, place
"""  # noqa: S608 -- all of it stands here and beside the models


#: What is told, with how many plain columns there are before those that are JSON already.
_QUERIES = {
    "tasks": (3, _TASKS),
    "interventions": (2, _FIRST_INTERVENTIONS),
    "works": (3, _WORKS),
}
