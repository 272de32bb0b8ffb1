from __future__ import annotations

import uuid
from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, F, Q, Value, When

from annotations.enums import InvitationState, Role
from annotations.models.coding import APPEND_ONLY
from annotations.models.people import Member, Project, User


class InvitationQuerySet(models.QuerySet):
    def with_state(self, at: datetime) -> InvitationQuerySet:
        """Add ``used``, how often it was, and ``state``, whether it lets people in at ``at``."""
        return self.annotate(used=Count("uses")).annotate(
            state=Case(
                When(revoked_at__isnull=False, then=Value(InvitationState.REVOKED)),
                When(used__gte=F("uses_allowed"), then=Value(InvitationState.USED)),
                When(expires_at__lte=at, then=Value(InvitationState.EXPIRED)),
                default=Value(InvitationState.OPEN),
            )
        )

    def visible_to(self, user: User) -> InvitationQuerySet:
        return self.filter(project__in=Project.objects.where(user, Role.ADMIN))


class Invitation(models.Model):
    """A link by which people join a project in the given roles.

    Only a digest of its secret is kept; the link itself is shown once. The
    address is forgotten as soon as the link opens nothing any more.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invitations")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    digest = models.CharField(max_length=64, unique=True)
    uses_allowed = models.PositiveSmallIntegerField(default=1)
    email = models.EmailField(blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(roles__contained_by=Role.values, roles__len__gte=1),
                name="invitation_gives_known_roles",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="invitation_is_kept_as_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(uses_allowed__gte=1), name="invitation_can_be_used_once_at_least"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitation_expires_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation to {self.project}"


class InvitationUse(models.Model):
    """Somebody joined by an invitation."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="uses")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="invitation_use_never_changes", operation=APPEND_ONLY),
            pgtrigger.Trigger(
                name="invitation_uses_never_exceed_those_allowed",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("allowed", "integer")],
                func="""
                    -- The lock makes two who take the last place wait for each other.
                    SELECT uses_allowed INTO allowed
                    FROM annotations_invitation WHERE id = NEW.invitation_id FOR UPDATE;
                    IF (SELECT count(*) FROM annotations_invitationuse
                        WHERE invitation_id = NEW.invitation_id) >= allowed
                    THEN
                        RAISE check_violation USING
                            MESSAGE = 'the invitation was used as often as it may be',
                            CONSTRAINT = 'invitation_uses_never_exceed_those_allowed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} by {self.invitation}"
