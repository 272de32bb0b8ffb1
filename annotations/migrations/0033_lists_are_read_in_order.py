from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("annotations", "0032_pages_find_what_they_show")]

    operations = [
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", "dropped"), _negated=True),
                fields=["-cards_disputed", "id"],
                name="most_disputed_tasks",
            ),
        ),
        AddIndexConcurrently(
            model_name="article",
            index=models.Index(
                fields=["project", "import_job", "id"],
                include=["withdrawn_at"],
                name="articles_of_an_import",
            ),
        ),
    ]
