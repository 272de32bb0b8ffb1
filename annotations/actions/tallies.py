"""The lines that the database writes when tasks and work move, added up."""

from datetime import datetime, timedelta

from django.db import connection

from annotations.queries.pace import DAYS

_TASKS_ADDED_UP = """
    WITH line AS (
        DELETE FROM annotations_tasktally WHERE id IN (
            SELECT unnest(array_agg(id)) FROM annotations_tasktally
            GROUP BY batch_id, state HAVING count(*) > 1
        ) RETURNING *
    )
    INSERT INTO annotations_tasktally (batch_id, state, tasks, wanted, vacant, asked, known)
    SELECT batch_id, state, sum(tasks), sum(wanted), sum(vacant), sum(asked), sum(known)
    FROM line GROUP BY batch_id, state
    HAVING (sum(tasks), sum(wanted), sum(vacant), sum(asked), sum(known)) <> (0, 0, 0, 0, 0)
"""

#: What was handed in before the days that pages show is one line, without its quarter of an hour.
_WORK_ADDED_UP = """
    WITH line AS (
        DELETE FROM annotations_worktally WHERE id IN (
            SELECT unnest(array_agg(id)) FROM annotations_worktally
            GROUP BY batch_id, coder_id, state, CASE WHEN slot > %(since)s THEN slot END
            HAVING count(*) > 1
        ) RETURNING *
    )
    INSERT INTO annotations_worktally (batch_id, coder_id, state, slot, number, active_at)
    SELECT batch_id, coder_id, state, CASE WHEN slot > %(since)s THEN slot END,
           sum(number), max(active_at)
    FROM line GROUP BY 1, 2, 3, 4
    HAVING sum(number) <> 0
"""


def add_up(*, at: datetime) -> None:
    """Put the lines of a kind together into one, so that sums stay short.

    Safe to run twice at once, and while lines are written: what is put together is what was
    taken away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TASKS_ADDED_UP)
        cursor.execute(_WORK_ADDED_UP, {"since": at - timedelta(days=DAYS + 1)})
