import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def compare_all(apps, schema_editor):
    """Have what was imported before compared by likeness, too: the sweeper rings for it."""
    jobs = apps.get_model("annotations", "ImportJob").objects.filter(state="ready")
    jobs.filter(articles__is_clustered_by_hand=False).update(clusters_state="queued")


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0011_batches_are_looked_after"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClusterCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cluster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="annotations.cluster",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Story",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("signature", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("again", "to be compared again"),
                            ("compared", "compared"),
                            ("placed", "in its cluster, if it has one"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("group", models.BigIntegerField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stories",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["project", "sha256"], name="story_is_there_once_in_its_project"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "placed"), _negated=True),
                        fields=["project", "id"],
                        name="story_that_waits",
                    ),
                    models.Index(
                        condition=models.Q(("group", None), _negated=True),
                        fields=["group"],
                        name="story_by_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoryRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stories", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("bits", models.PositiveSmallIntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="story_runs",
                        to="annotations.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoryRunPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.PositiveIntegerField()),
                ("keys", models.BinaryField()),
                ("places", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="annotations.storyrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["run", "part"], name="run_has_each_part_once"),
                ],
            },
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("project.created", "project created"),
                    ("project.changed", "project changed"),
                    ("project.archived", "project archived"),
                    ("project.reopened", "project brought back"),
                    ("member.added", "member added"),
                    ("member.changed", "roles changed"),
                    ("member.removed", "member removed"),
                    ("member.returned", "member back"),
                    ("member.password_link", "password link made"),
                    ("invitation.made", "invitation made"),
                    ("invitation.revoked", "invitation revoked"),
                    ("token.created", "token created"),
                    ("token.revoked", "token revoked"),
                    ("codebook.published", "codebook published"),
                    ("import.requested", "import requested"),
                    ("import.finished", "import finished"),
                    ("import.cancelled", "import cancelled"),
                    ("article.corrected", "article corrected"),
                    ("articles.cleaned", "zones made by rules"),
                    ("articles.described", "metadata corrected in bulk"),
                    ("cleaning.rules_set", "cleaning rules set"),
                    ("cluster.corrected", "versions of a story corrected"),
                    ("article.withdrawn", "article withdrawn"),
                    ("article.restored", "article brought back"),
                    ("batch.opened", "batch opened"),
                    ("batch.changed", "batch settings changed"),
                    ("batch.closed", "batch closed"),
                    ("batch.asked_more", "another coder asked"),
                    ("batch.asked_no_more", "another coder no longer asked"),
                    ("batch.reminded", "coders reminded"),
                    ("assignment.reassigned", "work reassigned"),
                    ("assignment.submitted", "work handed in"),
                    ("assignment.returned", "work returned"),
                    ("assignment.released", "work taken away"),
                    ("assignment.expired", "work expired"),
                    ("assignment.given_back", "work given back"),
                    ("flag.answered", "flag answered"),
                    ("card.ruled", "card ruled"),
                    ("task.adjudicated", "article adjudicated"),
                    ("task.reopened", "article reopened"),
                    ("release.requested", "release requested"),
                    ("release.ready", "release ready"),
                    ("release.cancelled", "release cancelled"),
                    ("release.retracted", "release retracted"),
                    ("file.downloaded", "file downloaded"),
                ],
                max_length=40,
            ),
        ),
        # What is stored here does not get any smaller.
        migrations.RunSQL(
            """
            ALTER TABLE annotations_storyrunpart ALTER COLUMN keys SET STORAGE EXTERNAL;
            ALTER TABLE annotations_storyrunpart ALTER COLUMN places SET STORAGE EXTERNAL;
            ALTER TABLE annotations_story ALTER COLUMN signature SET STORAGE PLAIN;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(compare_all, migrations.RunPython.noop),
    ]
