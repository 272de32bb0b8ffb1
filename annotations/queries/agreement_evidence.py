"""What agreement figures rest on: whose work on a task counts, and its gold."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from psycopg import Cursor

from annotations.algorithms import agreement as measures
from annotations.algorithms.agreement import Article, Mark, Marks, as_text
from annotations.enums import AssignmentState, TaskState, ZoneKind
from annotations.models import AuditEvent


@dataclass(frozen=True)
class Work:
    """What one coder handed in at one time."""

    at: datetime
    marks: Marks
    attributes: dict[Mark, dict[str, str]]


@dataclass
class Evidence:
    """What the figures on one task rest on.

    ``counted`` has the work that counts, by coder; ``later`` what coders of whom something counts
    handed in too late to count. Gold is None where nothing was adjudicated.
    """

    task: int
    length: int
    text: str
    excluded: list[tuple[int, int]]
    gold: Marks | None = None
    counted: dict[str, Work] = field(default_factory=dict)
    later: dict[str, Work] = field(default_factory=dict)

    @property
    def coded_at(self) -> datetime | None:
        """When the last of the counted work came."""
        return max((work.at for work in self.counted.values()), default=None)

    def article(self, *, is_later: bool = False) -> Article:
        """Return what is measured: the counted work, or in its place what came later."""
        works = self.counted | self.later if is_later else self.counted
        return Article(
            length=self.length,
            text=self.text,
            excluded=self.excluded,
            marks={coder: work.marks for coder, work in works.items()},
            attributes={c: work.attributes for c, work in works.items() if work.attributes},
            submitted={coder: as_text(work.at) for coder, work in works.items()},
            gold=self.gold,
        )


@dataclass(frozen=True)
class Counted:
    """What one task contributes to figures, and with the later versions of what was handed in."""

    task: int
    coded_at: datetime | None
    counts: bytes
    later_counts: bytes | None


def counted(found: list[Evidence]) -> list[Counted]:
    """Return what each task contributes, packed. Nothing is asked of the database."""
    counts = measures.packed(measures.rows_of(one.article() for one in found))
    anew = [one for one in found if one.later]
    later = measures.packed(measures.rows_of(one.article(is_later=True) for one in anew))
    later_counts = {one.task: own for one, own in zip(anew, later, strict=True)}
    return [
        Counted(one.task, one.coded_at, own, later_counts.get(one.task))
        for one, own in zip(found, counts, strict=True)
    ]


def evidence(pks: list[int]) -> list[Evidence]:
    """Return the evidence on each task, also on those that nobody has handed in any more.

    Of a coder counts what was last handed in before anybody ruled on the task or gave work
    back: after that, coders know more than the text.
    """
    found = {
        task: Evidence(task, length, text, furniture(orjson.loads(zones)))
        for task, length, text, zones in _answered(_TASKS, pks)
    }
    ends = dict(_answered(_FIRST_INTERVENTIONS, pks))
    for task, coder, at, said, *columns in _answered(_WORK, pks):
        own, marks = found[task], Marks(*map(orjson.loads, columns))
        if coder is None:
            own.gold = marks
            continue
        end = ends.get(task)
        counts = coder not in own.counted or end is None or at <= end
        work = Work(at, marks, _attributes(marks, said))
        (own.counted if counts else own.later)[coder] = work
    return list(found.values())


def _answered(query: str, pks: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # Django's own cursor has numbers and moments sent as text, and reads each.
        raw = Cursor(cursor.connection)
        return raw.execute(query, {"tasks": pks, **_NAMES}, binary=True).fetchall()


_NAMES = {
    "adjudicated": TaskState.ADJUDICATED,
    "released": AssignmentState.RELEASED,
    "returned": AuditEvent.Kind.ASSIGNMENT_RETURNED,
}

_TASKS = """
    SELECT task.id, article.text_length, article.text, article.zones::text
    FROM annotations_task task
        JOIN annotations_article article ON article.id = task.article_id
    WHERE task.id = ANY(%(tasks)s::bigint[])
    ORDER BY task.id
"""

_FIRST_INTERVENTIONS = """
    SELECT task_id, min(at)
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

# Gold comes first, as the work of nobody. The database reads JSON where it lies: to bring whole
# spans here takes three times as long. It unpacks them once for all columns where they are the
# value of an expression, which the offset keeps apart.
_WORK = """
    SELECT task_id, coder, handed_in_at,
        jsonb_path_query_array(spans, '$[*].attributes')::text,
        jsonb_path_query_array(spans, '$[*].start')::text,
        jsonb_path_query_array(spans, '$[*].end')::text,
        jsonb_path_query_array(spans, '$[*].label')::text
    FROM (
        SELECT gold.task_id, NULL AS coder, NULL AS handed_in_at, gold.number AS place,
            gold.spans || '[]' AS spans
        FROM annotations_gold gold JOIN annotations_task task ON task.id = gold.task_id
        WHERE task.id = ANY(%(tasks)s::bigint[]) AND task.state = %(adjudicated)s
        UNION ALL
        SELECT work.task_id, member.uuid::text, handed_in.submitted_at, handed_in.id,
            handed_in.spans || '[]'
        FROM annotations_submission handed_in
            JOIN annotations_assignment work ON work.id = handed_in.assignment_id
            JOIN annotations_member member ON member.id = work.coder_id
        WHERE work.task_id = ANY(%(tasks)s::bigint[]) AND work.state <> %(released)s
        OFFSET 0
    ) found
    ORDER BY handed_in_at NULLS FIRST, place
"""


def _attributes(marks: Marks, said: str) -> dict[Mark, dict[str, str]]:
    """Return what was said of marks, a list for each; of a mark that is repeated, all that was."""
    found: dict[Mark, dict[str, str]] = {}
    if "{" in said:
        for mark, attributes in zip(marks, orjson.loads(said), strict=True):
            if attributes:
                own = {one["name"]: one["value"] for one in attributes}
                found.setdefault(mark, {}).update(own)
    return found


def furniture(zones: Iterable[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the extents that no figure counts."""
    return [(one["start"], one["end"]) for one in zones if one["kind"] == ZoneKind.BOILERPLATE]
