from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

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
        PROJECT_CREATED = "project.created", _("project created")
        PROJECT_CHANGED = "project.changed", _("project changed")
        PROJECT_ARCHIVED = "project.archived", _("project archived")
        PROJECT_REOPENED = "project.reopened", _("project brought back")
        MEMBER_ADDED = "member.added", _("member added")
        MEMBER_CHANGED = "member.changed", _("roles changed")
        MEMBER_REMOVED = "member.removed", _("member removed")
        MEMBER_RETURNED = "member.returned", _("member back")
        MEMBER_ADMITTED = "member.admitted", _("coder admitted by hand")
        ADMISSION_ENDED = "member.admission_ended", _("admission by hand ended")
        PASSWORD_LINK_MADE = "member.password_link", _("password link made")
        PERSON_ERASED = "person.erased", _("person erased")
        INVITATION_MADE = "invitation.made", _("invitation made")
        INVITATION_REVOKED = "invitation.revoked", _("invitation revoked")
        TOKEN_CREATED = "token.created", _("token created")
        TOKEN_REVOKED = "token.revoked", _("token revoked")
        CODEBOOK_PUBLISHED = "codebook.published", _("codebook published")
        CODEBOOK_DRAFTED = "codebook.drafted", _("codebook draft saved")
        CODEBOOK_DRAFT_DISCARDED = "codebook.draft_discarded", _("codebook draft discarded")
        CODEBOOK_REVIEW_ASKED = "codebook.review_asked", _("spans given to review")
        IMPORT_REQUESTED = "import.requested", _("import requested")
        IMPORT_FINISHED = "import.finished", _("import finished")
        IMPORT_CANCELLED = "import.cancelled", _("import cancelled")
        ARTICLE_CORRECTED = "article.corrected", _("article corrected")
        ARTICLES_CLEANED = "articles.cleaned", _("zones made by rules")
        ARTICLES_DESCRIBED = "articles.described", _("metadata corrected in bulk")
        CLEANING_RULES_SET = "cleaning.rules_set", _("cleaning rules set")
        CLUSTER_CORRECTED = "cluster.corrected", _("versions of a story corrected")
        ARTICLE_WITHDRAWN = "article.withdrawn", _("article withdrawn")
        ARTICLE_RESTORED = "article.restored", _("article brought back")
        BATCH_OPENED = "batch.opened", _("batch opened")
        BATCH_CHANGED = "batch.changed", _("batch settings changed")
        BATCH_CLOSED = "batch.closed", _("batch closed")
        BATCH_ASKED_MORE = "batch.asked_more", _("another coder asked")
        BATCH_ASKED_NO_MORE = "batch.asked_no_more", _("another coder no longer asked")
        BATCH_REMINDED = "batch.reminded", _("coders reminded")
        ASSIGNMENT_REASSIGNED = "assignment.reassigned", _("work reassigned")
        ASSIGNMENT_SUBMITTED = "assignment.submitted", _("work handed in")
        TRAINING_TRIED_AGAIN = "assignment.tried_again", _("training article tried again")
        ASSIGNMENT_RETURNED = "assignment.returned", _("work returned")
        ASSIGNMENT_RELEASED = "assignment.released", _("work taken away")
        ASSIGNMENT_EXPIRED = "assignment.expired", _("work expired")
        ASSIGNMENT_GIVEN_BACK = "assignment.given_back", _("work given back")
        FLAG_ANSWERED = "flag.answered", _("flag answered")
        QUESTION_ANSWERED = "question.answered", _("question answered")
        ANSWER_TAKEN_BACK = "question.answer_taken_back", _("answer taken back")
        CODINGS_READ = "codings.read", _("coders’ work looked at")
        CARD_RULED = "card.ruled", _("card ruled")
        TASK_ADJUDICATED = "task.adjudicated", _("article adjudicated")
        TASK_REOPENED = "task.reopened", _("article reopened")
        RELEASE_REQUESTED = "release.requested", _("release requested")
        RELEASE_READY = "release.ready", _("release ready")
        RELEASE_CANCELLED = "release.cancelled", _("release cancelled")
        RELEASE_RETRACTED = "release.retracted", _("release retracted")
        RELEASE_PURGED = "release.purged", _("release’s files removed")
        FILE_DOWNLOADED = "file.downloaded", _("file downloaded")

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
