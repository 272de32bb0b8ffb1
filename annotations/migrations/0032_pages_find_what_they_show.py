from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("annotations", "0031_what_was_done_before_is_tallied")]

    operations = [
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["coder", "-submitted_at", "id"],
                name="work_that_a_coder_handed_in",
            ),
        ),
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", "dropped"), _negated=True),
                fields=["batch", "position", "id"],
                name="tasks_of_a_batch_in_order",
            ),
        ),
    ]
