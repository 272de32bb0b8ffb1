from __future__ import annotations

import uuid

import pgtrigger
from django.db import models

from annotations.enums import Role
from annotations.models.batches import Batch
from annotations.models.coding import APPEND_ONLY
from annotations.models.people import Project, User


class AuditEventQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AuditEventQuerySet:
        """Admins read what happened in their project, but for batches they are blind to."""
        return self.filter(project__in=Project.objects.where(user, Role.ADMIN)).exclude(
            batch__in=Batch.objects.blind_to(user)
        )


class AuditEvent(models.Model):
    """Who did what, when. Written in the transaction of the deed, never changed.

    People appear as references only, so that emptying one person's row is
    enough to forget the name.
    """

    class Kind(models.TextChoices):
        PROJECT_CREATED = "project.created"
        PROJECT_CHANGED = "project.changed"
        PROJECT_ARCHIVED = "project.archived"
        MEMBER_ADDED = "member.added"
        MEMBER_CHANGED = "member.changed"
        MEMBER_REMOVED = "member.removed"
        TOKEN_CREATED = "token.created"
        TOKEN_REVOKED = "token.revoked"
        CODEBOOK_PUBLISHED = "codebook.published"
        IMPORT_REQUESTED = "import.requested"
        IMPORT_FINISHED = "import.finished"
        IMPORT_CANCELLED = "import.cancelled"
        ARTICLE_CORRECTED = "article.corrected"
        ARTICLE_WITHDRAWN = "article.withdrawn"
        BATCH_OPENED = "batch.opened"
        BATCH_CLOSED = "batch.closed"
        ASSIGNMENT_REASSIGNED = "assignment.reassigned"
        ASSIGNMENT_SUBMITTED = "assignment.submitted"
        ASSIGNMENT_RETURNED = "assignment.returned"
        ASSIGNMENT_RELEASED = "assignment.released"
        CARD_RULED = "card.ruled"
        TASK_ADJUDICATED = "task.adjudicated"
        TASK_REOPENED = "task.reopened"
        RELEASE_REQUESTED = "release.requested"
        RELEASE_READY = "release.ready"
        RELEASE_CANCELLED = "release.cancelled"
        RELEASE_RETRACTED = "release.retracted"
        FILE_DOWNLOADED = "file.downloaded"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="events", null=True
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=40, choices=Kind.choices)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    target_type = models.CharField(max_length=40)
    target_uuid = models.UUIDField()
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["project", "-at", "-id"], name="history_of_a_project")]
        triggers = [pgtrigger.Protect(name="audit_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
