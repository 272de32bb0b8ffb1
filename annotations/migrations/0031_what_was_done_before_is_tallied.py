from django.db import migrations

#: What the rows of a batch come to, less what lines say of it already: those who go on working
#: meanwhile write lines too, and a statement sees their rows and their lines or neither.
TASKS = """
    INSERT INTO annotations_tasktally (batch_id, state, tasks, wanted, vacant, asked, known)
    SELECT * FROM (
        SELECT batch_id, state, sum(tasks) AS tasks, sum(wanted) AS wanted,
               sum(vacant) AS vacant, sum(asked) AS asked, sum(known) AS known
        FROM (
            SELECT batch_id, state, 1 AS tasks, coders_wanted AS wanted,
                   CASE WHEN state = 'open' THEN coders_wanted - coders_live ELSE 0 END AS vacant,
                   (state = 'open' AND coders_added > 0)::int AS asked,
                   (known_gold_id IS NOT NULL)::int AS known
            FROM annotations_task WHERE batch_id = %(batch)s
            UNION ALL
            SELECT batch_id, state, -tasks, -wanted, -vacant, -asked, -known
            FROM annotations_tasktally WHERE batch_id = %(batch)s
        ) AS piece GROUP BY batch_id, state
    ) AS line
    WHERE (tasks, wanted, vacant, asked, known) <> (0, 0, 0, 0, 0)
"""
WORK = """
    INSERT INTO annotations_worktally (batch_id, coder_id, state, slot, number, active_at)
    SELECT batch_id, coder_id, state, slot, sum(number), max(active_at)
    FROM (
        SELECT task.batch_id, work.coder_id, work.state, 1 AS number, work.active_at,
               CASE WHEN work.state = 'submitted' THEN date_bin(
                   '15 minutes', work.submitted_at, timestamptz '2000-01-01 00:00+00'
               ) END AS slot
        FROM annotations_assignment work
        JOIN annotations_task task ON task.id = work.task_id
        WHERE task.batch_id = %(batch)s AND work.state <> 'released'
        UNION ALL
        SELECT batch_id, coder_id, state, -number, NULL, slot
        FROM annotations_worktally WHERE batch_id = %(batch)s
    ) AS piece
    GROUP BY batch_id, coder_id, state, slot
    HAVING sum(number) <> 0
"""


def tally(apps, schema_editor):
    """Write the lines for what was there before lines were written, one batch at a time."""
    batches = apps.get_model("annotations", "Batch").objects.order_by("pk")
    for batch in list(batches.values_list("pk", flat=True)):
        with schema_editor.connection.cursor() as cursor:
            for statement in (TASKS, WORK):
                cursor.execute(statement, {"batch": batch})


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("annotations", "0030_work_is_tallied")]

    operations = [migrations.RunPython(tally, migrations.RunPython.noop)]
