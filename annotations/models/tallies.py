"""How many rows there are of a kind, so that no page has to count them.

The database writes a line for each change, in the transaction of the change, and what is asked
for is a sum over lines. A number that is changed in place would have all who hand in work of a
batch wait for one row; lines wait for nobody. The sweeper adds them up.
"""

from __future__ import annotations

import pgtrigger
from django.db import models

from annotations.enums import AssignmentState, TaskState


class TaskTally(models.Model):
    """So many more tasks of a batch are in ``state``, or fewer, and what is summed over them.

    ``vacant`` are places without a coder and ``asked`` the tasks for which another coder was
    asked, both of open tasks only; ``known`` are the tasks of known gold.
    """

    # Looking the batch up for each line would have those who write touch its row; fsck looks.
    batch = models.ForeignKey(
        "annotations.Batch", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    state = models.CharField(max_length=15, choices=TaskState.choices)
    tasks = models.IntegerField()
    wanted = models.IntegerField()
    vacant = models.IntegerField()
    asked = models.IntegerField()
    known = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.tasks:+} {self.state} in batch {self.batch_id}"


class WorkTally(models.Model):
    """So much more of a coder's work in a batch is in ``state``, or less; not what was taken away.

    ``slot`` is the quarter of an hour in which it was handed in, which no time zone cuts in two;
    it is empty for other states, and when it was long ago. ``active_at`` is when the last of it
    came to the state.
    """

    batch = models.ForeignKey(
        "annotations.Batch", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    coder = models.ForeignKey(
        "annotations.Member",
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    state = models.CharField(max_length=10, choices=AssignmentState.choices)
    slot = models.DateTimeField(null=True)
    number = models.IntegerField()
    active_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.number:+} {self.state} of coder {self.coder_id} in batch {self.batch_id}"


_TASK = (
    "({n}, {row}.batch_id, {row}.state, {row}.coders_wanted, {row}.coders_live,"
    " {row}.coders_added, {row}.known_gold_id)"
)
_WORK = "({n}, {row}.task_id, {row}.coder_id, {row}.state, {row}.submitted_at, {row}.active_at)"

#: Followed by rows of ``_TASK``, or something that gives such rows.
_TELL_OF_TASKS = """
    INSERT INTO annotations_tasktally (batch_id, state, tasks, wanted, vacant, asked, known)
    SELECT * FROM (
        SELECT batch_id, state, sum(n) AS tasks, sum(n * wanted) AS wanted,
               sum(CASE WHEN state = 'open' THEN n * (wanted - live) ELSE 0 END) AS vacant,
               sum(CASE WHEN state = 'open' AND added > 0 THEN n ELSE 0 END) AS asked,
               sum(CASE WHEN gold IS NULL THEN 0 ELSE n END) AS known
        FROM ({rows}) AS task (n, batch_id, state, wanted, live, added, gold)
        GROUP BY batch_id, state
    ) AS line
    WHERE (tasks, wanted, vacant, asked, known) <> (0, 0, 0, 0, 0);
    RETURN NULL;
"""
_TELL_OF_WORK = """
    INSERT INTO annotations_worktally (batch_id, coder_id, state, slot, number, active_at)
    SELECT task.batch_id, coder_id, work.state, slot, sum(n), max(active_at) FILTER (WHERE n > 0)
    FROM ({rows}) AS work (n, task_id, coder_id, state, submitted_at, active_at)
    JOIN annotations_task task ON task.id = task_id,
    LATERAL (SELECT CASE WHEN work.state = 'submitted' THEN date_bin(
        '15 minutes', submitted_at, timestamptz '2000-01-01 00:00+00'
    ) END AS slot) AS handed_in
    WHERE work.state <> 'released'
    GROUP BY task.batch_id, coder_id, work.state, slot
    HAVING sum(n) <> 0;
    RETURN NULL;
"""


def _triggers(
    tell: str, row: str, *, name: str, columns: tuple[str, ...]
) -> list[pgtrigger.Trigger]:
    """Return the triggers that write the lines of a table: ``row`` is what they are made of."""
    gone, come = (row.format(n=n, row=which) for n, which in (("-1", "OLD"), ("1", "NEW")))
    all_at_once = row.format(n="1", row="come").strip("()")
    return [
        pgtrigger.Trigger(
            name=f"{name}_when_it_comes",
            operation=pgtrigger.Insert,
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="come"),
            func=tell.format(rows=f"SELECT {all_at_once} FROM come"),  # noqa: S608 -- our own words
        ),
        pgtrigger.Trigger(
            name=f"{name}_when_it_changes",
            operation=pgtrigger.UpdateOf(*columns),
            when=pgtrigger.After,
            condition=pgtrigger.AnyChange(*columns),
            func=tell.format(rows=f"VALUES {gone}, {come}"),
        ),
        pgtrigger.Trigger(
            name=f"{name}_when_it_goes",
            operation=pgtrigger.Delete,
            when=pgtrigger.After,
            func=tell.format(rows=f"VALUES {gone}"),
        ),
    ]


TASKS_ARE_TALLIED = _triggers(
    _TELL_OF_TASKS,
    _TASK,
    name="task_is_tallied",
    columns=(
        *("batch_id", "state", "coders_wanted", "coders_live"),
        *("coders_added", "known_gold_id"),
    ),
)
WORK_IS_TALLIED = _triggers(
    _TELL_OF_WORK,
    _WORK,
    name="work_is_tallied",
    columns=("task_id", "coder_id", "state", "submitted_at"),
)
