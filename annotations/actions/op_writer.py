"""What a save of steps writes. Called by ``actions.op_log``, with the assignment locked."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from annotations.enums import AssignmentState
from annotations.models import Assignment, Span, prepared

#: One statement, because each is a round trip that everybody waits for all day.
_EVERYTHING = """
    WITH gone AS (
        DELETE FROM annotations_span
        WHERE assignment_id = %(work)s AND uuid = ANY(%(gone)s::uuid[])
    ), put AS (
        INSERT INTO annotations_span (
            assignment_id, uuid, label_id, start, "end", quote, attributes, links, note, source,
            rev
        )
        SELECT %(work)s::bigint, span.*
        FROM jsonb_to_recordset(%(spans)s::jsonb) AS span (
            uuid uuid, label_id bigint, start integer, "end" integer, quote text,
            attributes jsonb, links jsonb, note text, source jsonb, rev integer
        )
        ON CONFLICT (assignment_id, uuid) DO UPDATE SET
            label_id = excluded.label_id, start = excluded.start, "end" = excluded."end",
            quote = excluded.quote, attributes = excluded.attributes, links = excluded.links,
            note = excluded.note, rev = excluded.rev
    ), logged AS (
        INSERT INTO annotations_spanop (
            assignment_id, client_id, received_at, op_id, seq, type, span_uuid, body, status,
            result, rev
        )
        SELECT %(work)s::bigint, %(client)s::text, %(at)s::timestamptz, step.*
        FROM jsonb_to_recordset(%(steps)s::jsonb) AS step (
            op_id uuid, seq bigint, type text, span_uuid uuid, body jsonb, status text,
            result jsonb, rev integer
        )
    )
    UPDATE annotations_assignment
    SET doc_rev = %(doc_rev)s, span_count = %(span_count)s, flag = %(flag)s,
        refused = %(refused)s::uuid[], saved_at = %(at)s{begun}
    WHERE id = %(work)s
"""
# The state is left alone where it stays: its triggers would look at it all the same.
_WRITE = _EVERYTHING.format(begun="")
_WRITE_FIRST = _EVERYTHING.format(begun=", state = 'coding', started_at = %(started)s")


def write(
    held: Assignment,
    *,
    kept: Collection[Span],
    gone: Collection[UUID],
    steps: Collection[dict[str, Any]],
    client_id: str,
    at: datetime,
) -> None:
    """Log the steps, bring the spans to what they come to, and start coding."""
    held.saved_at = at
    begins = held.state != AssignmentState.CODING
    if begins:
        held.state = AssignmentState.CODING
        held.started_at = held.started_at or at
    with prepared.cursor() as cursor:
        cursor.execute(
            _WRITE_FIRST if begins else _WRITE,
            {
                "work": held.pk,
                "gone": list(gone),
                "spans": orjson.dumps([_as_row(span) for span in kept]).decode(),
                "steps": orjson.dumps(list(steps)).decode(),
                "client": client_id,
                "at": at,
                "doc_rev": held.doc_rev,
                "span_count": held.span_count,
                "flag": held.flag,
                "refused": held.refused,
                "started": held.started_at,
            },
        )


def _as_row(span: Span) -> dict[str, Any]:
    return {
        "uuid": span.uuid,
        "label_id": span.label_id,
        "start": span.start,
        "end": span.end,
        "quote": span.quote,
        "attributes": span.attributes,
        "links": span.links,
        "note": span.note,
        "source": span.source,
        "rev": span.rev,
    }
