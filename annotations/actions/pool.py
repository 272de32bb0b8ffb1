"""A coder draws from a pool. Called by ``actions.coding``, in its transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models.expressions import RawSQL

from annotations.enums import AssignmentState
from annotations.models import Assignment, Member, prepared
from annotations.queries import pool

# The rows are locked in the order in which they are named: parent first.
_HOLD = """
    SELECT EXISTS (
               SELECT FROM annotations_batch batch
               WHERE batch.project_id = project.id AND batch.closed_at IS NULL
                 AND batch.daily_quota IS NOT NULL
           ),
           EXISTS (
               SELECT FROM annotations_batch_drawers drawer
               JOIN annotations_batch batch ON batch.id = drawer.batch_id
               WHERE drawer.member_id = member.id AND batch.closed_at IS NULL
           ),
           EXISTS (
               SELECT FROM annotations_assignment work
               WHERE work.coder_id = member.id AND work.state = 'released' AND work.has_expired
           ),
           EXISTS (
               SELECT FROM annotations_batch_drawers drawer
               JOIN annotations_batch batch ON batch.id = drawer.batch_id
               WHERE drawer.member_id = member.id AND batch.closed_at IS NULL
                 AND batch.required_articles IS NOT NULL
           )
    FROM annotations_member member
    JOIN annotations_project project ON project.id = member.project_id
    WHERE member.id = %s
    FOR SHARE OF project FOR NO KEY UPDATE OF member
"""

# For each pool in turn the first article is looked for in the order of an index, and the first
# pool that has one ends the search.
_CLAIM = """
    INSERT INTO annotations_assignment (
        uuid, task_id, position, coder_id, state, created_at, started_at,
        doc_rev, span_count, flag, return_note, codebook_id
    )
    SELECT gen_random_uuid(), drawn.id, drawn.position, pool.of_coder,
           %s::text, %s::timestamptz, %s::timestamptz, 0, 0, '', '', (
        SELECT id FROM annotations_codebookversion
        WHERE project_id = pool.project_id ORDER BY number DESC LIMIT 1
    )
    FROM (
        SELECT batch.*, drawer.member_id AS of_coder
        FROM annotations_batch_drawers drawer
        JOIN annotations_batch batch ON batch.id = drawer.batch_id
        JOIN annotations_project project ON project.id = batch.project_id
        WHERE drawer.member_id = %s AND batch.priority > %s AND batch.id <> ALL (%s::bigint[])
          AND batch.closed_at IS NULL AND project.archived_at IS NULL
        ORDER BY batch.priority DESC, batch.due NULLS LAST, batch.created_at, batch.id
    ) pool
    CROSS JOIN LATERAL ({drawn}) drawn (id, position)
    ORDER BY pool.priority DESC, pool.due NULLS LAST, pool.created_at, pool.id
    LIMIT 1
    RETURNING id
"""


@dataclass(frozen=True)
class Held:
    """What is to be asked about for the member; most need none of it."""

    has_quotas: bool
    has_pools: bool
    has_lost: bool
    has_bars: bool


def hold(member: Member) -> Held:
    """Let no codebook be published and no batch be closed until the draw is over.

    Those who draw do not wait for each other: the lock on the project is one that they can
    share. Two calls of one ``member`` do, so that they name the same work.
    """
    with prepared.cursor() as cursor:
        cursor.execute(_HOLD, [member.pk])
        return Held(*cursor.fetchone())


def resume(member: Member) -> int | None:
    """Give ``member`` back what a lease had taken and nobody else has; return the work's id."""
    lost = Assignment.objects.filter(pool.IS_LOST, coder=member).select_related("task")
    # The task's lock alone: whoever gives work back holds the project, as this does.
    held = lost.select_for_update(of=("task",), skip_locked=True)
    work = held.order_by("-active_at").first()
    if work is None:
        return None
    Assignment.objects.filter(pk=work.pk).update(state=AssignmentState.CODING)
    return work.pk


def claim(
    member: Member, at: datetime, *, above: int, spent: Collection[int], waits: bool
) -> int | None:
    """Start the next article of a pool in one statement, and return the work's id if there is one.

    Only a pool whose priority is higher than ``above`` and that is not ``spent``, or closed.
    Articles that others are drawing or handing in at this moment are passed over, or waited for.
    A row that was locked is looked at again: the counter in it says whether there is still a
    place.
    """
    first = (AssignmentState.CODING.value, at, at, member.pk, above, list(spent))
    with prepared.cursor() as cursor:
        cursor.execute(_CLAIM.format(drawn=_drawn(waits)), first)
        row = cursor.fetchone()
    return row[0] if row else None


@cache
def _drawn(waits: bool) -> str:
    """Return the SQL of the first task that ``pool.of_coder`` can draw from the batch ``pool``."""
    tasks = pool.drawable(RawSQL("pool.id", []), RawSQL("pool.of_coder", []))
    first = tasks.values("pk", "position").select_for_update(of=("self",), skip_locked=not waits)
    return prepared.with_constants(*first[:1].query.sql_with_params())
