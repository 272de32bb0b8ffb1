from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Length

from annotations.enums import AssignmentState, JobState, Role, ZonesBy
from annotations.models.clusters import Cluster
from annotations.models.jobs import Job
from annotations.models.people import Project, User

_PACE_SEEN_AFTER = timedelta(seconds=2)


class Sha256OfText(Func):
    """The hex SHA-256 of a text's UTF-8 bytes, computed by PostgreSQL."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = models.CharField()


class ImportJobQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ImportJobQuerySet:
        return self.filter(project__in=Project.objects.where(user, Role.ADMIN))

    def unfinished(self) -> ImportJobQuerySet:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def unclustered(self) -> ImportJobQuerySet:
        """Keep the finished imports whose articles are not yet compared with the others."""
        return self.filter(state=JobState.READY).exclude(clusters_state=JobState.READY)

    def ahead_of(self, job: ImportJob) -> ImportJobQuerySet:
        """Keep those that must be over before job may begin, the first one first."""
        earlier = self.unfinished().filter(project=job.project_id, pk__lt=job.pk)
        return earlier.order_by("pk")

    def cluttered(self) -> ImportJobQuerySet:
        """Keep those that are over and have left something of their stage."""
        rows = StagedRow.objects.filter(import_job=models.OuterRef("pk"))
        articles = Article.objects.filter(import_job=models.OuterRef("pk"))
        over = [JobState.READY, JobState.FAILED, JobState.CANCELLED]
        return self.filter(state__in=over).filter(
            models.Exists(rows) | (~Q(state=JobState.READY) & models.Exists(articles))
        )


class ImportJob(Job):
    """Files on their way to becoming articles. What it brings is seen once it is ``ready``.

    Its articles are compared with the project's others after that; an import
    that brings nothing to compare has its clusters ``ready`` from the start.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(
        max_length=10, choices=JobState.choices, default=JobState.QUEUED, db_index=True
    )
    options = models.JSONField(default=dict)
    #: How many files there were in each format, and how many in each encoding.
    met = models.JSONField(default=dict, blank=True)
    #: How far the stage is: what a worker needs to go on where another one ended.
    checkpoint = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    #: When the step at hand began or was gone on with, and what was done of it by then.
    step_begun_at = models.DateTimeField(null=True, blank=True)
    step_begun_with = models.PositiveBigIntegerField(default=0, db_default=0)
    created = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    clusters_state = models.CharField(
        max_length=10, choices=JobState.choices, default=JobState.READY, db_index=True
    )
    clusters_done = models.PositiveIntegerField(default=0)
    clusters_total = models.PositiveIntegerField(default=0)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.FSM(
                name="import_takes_legal_steps",
                field="state",
                transitions=[
                    ("queued", "running"),
                    ("queued", "cancelled"),
                    ("queued", "failed"),
                    ("running", "ready"),
                    ("running", "failed"),
                    ("running", "cancelled"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"import of {self.created_at:%Y-%m-%d %H:%M}"

    def time_left(self, at: datetime) -> timedelta | None:
        """Say how long the step at hand goes on if it keeps its pace; ``None`` if none is seen."""
        done = self.done - self.step_begun_with
        if self.step_begun_at is None or done <= 0 or self.done > self.total:
            return None
        taken = at - self.step_begun_at
        return taken * (self.total - self.done) / done if taken > _PACE_SEEN_AFTER else None


class SourceFile(models.Model):
    """An uploaded file, kept byte for byte."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    import_job = models.ForeignKey(ImportJob, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=400)
    format = models.CharField(max_length=20)
    encoding = models.CharField(max_length=20, blank=True)
    path = models.CharField(max_length=400)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_job", "position"], name="file_has_its_place_in_the_import"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="uploaded_bytes_never_change", fields=["path", "size", "sha256", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportProblem(models.Model):
    """A record that was refused: which file, which line, and why."""

    import_job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="problems")
    file = models.CharField(max_length=400)
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    detail = models.TextField()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.detail}"


class ArticleQuerySet(models.QuerySet):
    def published(self) -> ArticleQuerySet:
        """Leave out what an unfinished import has staged."""
        return self.filter(import_job__state=JobState.READY)

    def visible_to(self, user: User) -> ArticleQuerySet:
        """Admins and adjudicators read all articles, coders those they were given."""
        if not user.is_authenticated:
            return self.none()
        whole = Project.objects.where(user, Role.ADMIN, Role.ADJUDICATOR)
        given = Project.objects.where(user, Role.CODER)
        own = Article.objects.filter(
            tasks__assignments__coder__user=user,
            tasks__assignments__coder__removed_at=None,
            tasks__assignments__state__in=[
                state for state in AssignmentState if state != AssignmentState.RELEASED
            ],
        )
        return self.published().filter(
            Q(project__in=whole) | Q(project__in=given, pk__in=own.values("pk"))
        )


class Article(models.Model):
    """A text to be coded. Offsets into ``text`` count Unicode code points.

    ``text`` never changes. ``zones`` and ``meta`` can be corrected until work
    on the article is submitted; each correction raises ``version`` and keeps
    what it replaced as an ``ArticleRevision``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="articles")
    import_job = models.ForeignKey(ImportJob, on_delete=models.PROTECT, related_name="articles")
    source = models.ForeignKey(
        SourceFile, on_delete=models.PROTECT, related_name="articles", null=True
    )
    source_line = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=400)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    text_length = models.PositiveIntegerField()
    #: Of the text without site furniture; empty until it is computed, and where none is left.
    story_sha256 = models.CharField(max_length=64, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    #: Where each value of ``meta`` comes from: a ``MetaSource`` by the value's name.
    meta_sources = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    zones = models.JSONField(default=list, blank=True)
    zones_by = models.CharField(
        max_length=10, choices=ZonesBy.choices, default=ZonesBy.RECORD, db_default=ZonesBy.RECORD
    )
    version = models.PositiveIntegerField(default=1)
    cluster = models.ForeignKey(
        Cluster, on_delete=models.PROTECT, related_name="articles", null=True, blank=True
    )
    is_clustered_by_hand = models.BooleanField(default=False)
    split = models.CharField(max_length=100, null=True, blank=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "key"], name="article_key_is_unique_in_its_project"
            ),
            models.CheckConstraint(
                condition=Q(text_length=Length("text")), name="article_knows_its_length"
            ),
            models.CheckConstraint(
                condition=Q(text_sha256=Sha256OfText(F("text"))), name="article_matches_its_hash"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="withdrawn_article_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "text_sha256"], name="article_by_hash"),
            models.Index(
                fields=["project", "story_sha256"],
                condition=~Q(story_sha256=""),
                name="article_by_story",
            ),
            # Counted by it alone.
            models.Index(
                fields=["project", "import_job", "id"],
                include=["withdrawn_at"],
                name="articles_of_an_import",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="article_text_never_changes",
                fields=["project", "key", "text", "text_sha256", "text_length", "uuid"],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The headline if the article has one, else its key."""
        return str(self.meta.get("title") or self.key)


class StagedRow(models.Model):
    """A row of an import that is not over: it brings work, or it was refused.

    Articles are staged as what they are, and seen once their import is ready. What can't be
    taken back waits here until then: codings, gold, suggestions, labels of the codebook.
    """

    import_job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="staged")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+", null=True)
    #: Whether the article came with this very row.
    is_new = models.BooleanField(default=False)
    #: JSON; with an article the row itself, else the line for the list of refused rows.
    body = models.TextField()

    def __str__(self) -> str:
        return f"row {self.pk} of {self.import_job}"


class ArticleRevision(models.Model):
    """Zones and meta as they were before a correction."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    meta = models.JSONField()
    zones = models.JSONField()
    replaced_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "version"], name="article_version_is_kept_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="article_history_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} v{self.version}"


class Suggestion(models.Model):
    """Spans that came with an article from a machine; never counted as coded."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="suggestions")
    origin = models.CharField(max_length=200)
    spans = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.origin} on {self.article}"
