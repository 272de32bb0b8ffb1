from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0007_articles_are_cleaned"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="coding_preferences",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
