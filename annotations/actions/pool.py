"""A coder draws from a pool. Called by ``actions.coding``, in its transaction."""

from datetime import datetime

from django.db import connection
from django.db.models import Value

from annotations.enums import AssignmentState
from annotations.models import Assignment, Batch, Member
from annotations.queries import pool

_CLAIM = """
    INSERT INTO annotations_assignment (
        uuid, task_id, position, coder_id, state, created_at, started_at,
        doc_rev, span_count, flag, return_note, codebook_id
    )
    SELECT gen_random_uuid(), drawn.id, drawn.position, %s, %s, %s, %s, 0, 0, '', '', (
        SELECT id FROM annotations_codebookversion
        WHERE project_id = %s ORDER BY number DESC LIMIT 1
    )
    FROM ({drawn}) drawn (id, position)
    RETURNING id
"""


def hold(member: Member) -> None:
    """Let no codebook be published and no batch be closed until the draw is over.

    Those who draw do not wait for each other: the lock on the project is one that they can
    share. Two calls of one ``member`` do, so that they name the same work.
    """
    with connection.cursor() as cursor:
        # The rows are locked in the order in which they are named: parent first.
        cursor.execute(
            """
            SELECT FROM annotations_member member
            JOIN annotations_project project ON project.id = member.project_id
            WHERE member.id = %s
            FOR SHARE OF project FOR NO KEY UPDATE OF member
            """,
            [member.pk],
        )


def draw(member: Member, at: datetime, *, above: int, waits: bool) -> tuple[int | None, bool]:
    """Start what ``member`` lost and nobody took, or the next article of a pool.

    Only a pool whose priority is higher than ``above``. Returns the work's id, if any, and
    whether there is something that others are drawing or handing in at this moment: it is
    passed over, or waited for.
    """
    if (pk := _resume(member)) is not None:
        return pk, False
    pools = list(pool.pools_of(member, above=above))
    for batch in pools:
        if (pk := _claim(batch, member, at, waits=waits)) is not None:
            return pk, False
    return None, bool(pools)


def _resume(member: Member) -> int | None:
    lost = Assignment.objects.filter(pool.IS_LOST, coder=member).select_related("task")
    # The task's lock alone: whoever gives work back holds the project, as this does.
    held = lost.select_for_update(of=("task",), skip_locked=True)
    work = held.order_by("-active_at").first()
    if work is None:
        return None
    Assignment.objects.filter(pk=work.pk).update(state=AssignmentState.CODING)
    return work.pk


def _claim(batch: Batch, member: Member, at: datetime, *, waits: bool) -> int | None:
    """Claim the next article of a pool in one statement.

    A row that was waited for is looked at again: the counter in it says whether there is
    still a place.
    """
    tasks = pool.drawable(Value(batch.pk), Value(member.pk)).values("pk", "position")
    first = tasks.select_for_update(of=("self",), skip_locked=not waits)[:1]
    drawn, names = first.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM.format(drawn=drawn),
            [member.pk, AssignmentState.CODING.value, at, at, member.project_id, *names],
        )
        row = cursor.fetchone()
    return row[0] if row else None
