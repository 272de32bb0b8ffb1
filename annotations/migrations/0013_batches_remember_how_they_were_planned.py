from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0012_versions_of_a_story_are_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="overlap",
            field=models.FloatField(db_default=1.0, default=1.0),
        ),
        migrations.AddField(
            model_name="batch",
            name="order",
            field=models.CharField(
                choices=[
                    ("imported", "as imported"),
                    ("date", "by date of publication"),
                    ("shuffled", "shuffled by the seed"),
                ],
                db_default="imported",
                default="imported",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="selection",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("overlap__gte", 0), ("overlap__lte", 1)),
                name="overlap_is_a_share",
            ),
        ),
    ]
