"""What playing steps of coding needs to know, in one read."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from annotations.enums import OpType
from annotations.models import (
    Article,
    Assignment,
    Batch,
    Label,
    LabelDefinition,
    Project,
    Span,
    Task,
    prepared,
)

Row = dict[str, Any]

#: Written out, because everybody waits for it all day: Django takes longer to put such a query
#: together than PostgreSQL takes to answer it, and that anew each time. Constants are part of it,
#: or a plan that is kept would not know the index that holds for them alone.
EVERYTHING = """
    SELECT
        work.id, work.task_id, work.codebook_id, work.state, work.doc_rev, work.span_count,
        work.flag, work.refused, work.started_at, work.saved_at,
        task.id, task.article_id, task.batch_id,
        article.id, article.text, article.text_sha256, article.zones,
        batch.id, batch.project_id, batch.has_suggestions,
        project.id, project.archived_at,
        json_build_object(
            'labels', (
                SELECT json_agg(json_build_object(
                    'label_id', label.id, 'key', label.key, 'name', definition.name,
                    'attributes', definition.attributes, 'links', definition.links,
                    'is_retired', definition.is_retired
                ))
                FROM annotations_labeldefinition definition
                JOIN annotations_label label ON label.id = definition.label_id
                WHERE definition.codebook_id = work.codebook_id
            ),
            'answered', (
                SELECT json_agg(json_build_object('op_id', op_id, 'result', result))
                FROM annotations_spanop
                WHERE assignment_id = work.id AND op_id = ANY(%(sent)s::uuid[])
            ),
            'spans', (
                SELECT json_agg(json_build_object(
                    'label_id', label.id, 'key', label.key, 'uuid', span.uuid, 'rev', span.rev,
                    'start', span.start, 'end', span.end, 'quote', span.quote,
                    'attributes', span.attributes, 'links', span.links, 'note', span.note,
                    'source', span.source
                ))
                FROM annotations_span span
                JOIN annotations_label label ON label.id = span.label_id
                WHERE span.assignment_id = work.id AND (
                    span.uuid = ANY(%(touched)s::uuid[])
                    OR span.links @> ANY(%(pointing)s::jsonb[])
                )
            ),
            'made', (
                SELECT json_agg(span_uuid)
                FROM annotations_spanop
                WHERE assignment_id = work.id AND status = 'applied' AND type = 'create'
                AND span_uuid = ANY(%(touched)s::uuid[])
            ),
            'news', (
                SELECT json_agg(news) FROM (
                    SELECT DISTINCT ON (span_uuid)
                        rev, span_uuid AS span_id, result -> 'span' AS span, client_id
                    FROM annotations_spanop
                    WHERE assignment_id = work.id AND status = 'applied' AND rev > %(since)s
                    AND span_uuid IS NOT NULL
                    ORDER BY span_uuid, rev DESC
                ) news
            )
        )::text
    FROM annotations_assignment work
    JOIN annotations_task task ON task.id = work.task_id
    JOIN annotations_article article ON article.id = task.article_id
    JOIN annotations_batch batch ON batch.id = task.batch_id
    JOIN annotations_project project ON project.id = batch.project_id
    WHERE work.id = %(work)s
"""

#: The columns of each model in turn, in the order in which they are selected.
SELECTED: dict[type[models.Model], tuple[str, ...]] = {
    Assignment: (
        *("id", "task_id", "codebook_id", "state", "doc_rev", "span_count", "flag", "refused"),
        *("started_at", "saved_at"),
    ),
    Task: ("id", "article_id", "batch_id"),
    Article: ("id", "text", "text_sha256", "zones"),
    Batch: ("id", "project_id", "has_suggestions"),
    Project: ("id", "archived_at"),
}


@dataclass
class AtHand:
    """An assignment that the caller has locked, and what some steps on it touch."""

    assignment: Assignment
    labels: dict[str, LabelDefinition]
    """The pinned codebook's, by key, the retired ones included."""
    answered: dict[UUID, Row]
    """The result of each step that came before."""
    live: dict[UUID, Span]
    """The spans that are touched or point to one that is, as far as they are there now."""
    absent: set[UUID]
    """The spans touched that are not there now."""
    once_here: set[UUID]
    """The spans touched that are there or were."""
    news: dict[str, Row]
    """The last change since what the sender knew, by span."""


def at_hand(assignment_id: int, ops: list[Row], since: int) -> AtHand:
    """Read what playing ``ops`` needs, in one query: saving is what everybody does all day."""
    touched = {op["span_id"] for op in ops if op.get("span_id")}
    touched |= {UUID(link["target"]) for op in ops for link in op.get("links") or []}
    changed = {op["span_id"] for op in ops if op.get("span_id") and op["type"] != OpType.CREATE}
    with prepared.cursor() as cursor:
        cursor.execute(
            EVERYTHING,
            {
                "work": assignment_id,
                "since": since,
                "sent": [op["op_id"] for op in ops],
                "touched": list(touched),
                "pointing": [json.dumps([{"target": str(uuid)}]) for uuid in changed],
            },
        )
        *values, around = cursor.fetchone()
    held = _assignment(values)
    # Where there is nothing, the database says null.
    found = {name: rows or [] for name, rows in json.loads(around).items()}
    live = {UUID(row["uuid"]): _span(row, held) for row in found["spans"]}
    return AtHand(
        assignment=held,
        labels={row["key"]: _definition(row) for row in found["labels"]},
        answered={UUID(row["op_id"]): row["result"] for row in found["answered"]},
        live=live,
        absent=touched - live.keys(),
        once_here={UUID(uuid) for uuid in found["made"]},
        news={row["span_id"]: row for row in found["news"]},
    )


def _assignment(values: list[Any]) -> Assignment:
    """Make the assignment of what was selected, with its article, batch and project."""
    rest = iter(values)
    made: dict[type[models.Model], Any] = {
        model: model.from_db(connection.alias, names, [next(rest) for _ in names])
        for model, names in SELECTED.items()
    }
    article, batch = made[Article], made[Batch]
    article.zones = json.loads(article.zones)
    batch.project = made[Project]
    made[Task].article, made[Task].batch = article, batch
    made[Assignment].task = made[Task]
    return made[Assignment]


def _label(row: Row) -> Label:
    return Label(pk=row.pop("label_id"), key=row.pop("key"))


def _definition(row: Row) -> LabelDefinition:
    return LabelDefinition(label=_label(row), **row)


def _span(row: Row, assignment: Assignment) -> Span:
    return Span(assignment=assignment, label=_label(row), **{**row, "uuid": UUID(row["uuid"])})
