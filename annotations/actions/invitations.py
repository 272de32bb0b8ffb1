"""Links by which people join a project: made, used, taken back."""

import secrets
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from annotations.actions import people
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, lock_for_joining
from annotations.exceptions import Refused
from annotations.models import AuditEvent, Invitation, InvitationUse, Member, Project, User
from annotations.queries.invitations import digest, opened_by

LASTS = timedelta(days=14)


class Closed(Refused):
    """The link lets nobody in. Why is not said: who holds a wrong one learns nothing from it."""

    status = 404
    code = "invitation_closed"


class AlreadyIn(Refused):
    """A member's roles are changed by an admin, not by a link."""

    code = "already_member"


class TakenOut(Refused):
    """A link that is older than somebody's removal does not undo it."""

    code = "taken_out"


@dataclass(frozen=True)
class Made:
    """A new invitation, its link, which can't be had again, and whether it was mailed."""

    invitation: Invitation
    link: str
    is_mailed: bool


def invite(
    *,
    project: Project,
    roles: list[str],
    by: User,
    at: datetime,
    uses: int = 1,
    lasts: timedelta = LASTS,
    email: str = "",
    note: str = "",
) -> Made:
    """Make a link that lets ``uses`` people into the project as ``roles``.

    It is mailed if there is an address and the instance sends mail; an
    invitation whose mail got lost is still one, with a link to copy.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        project = lock_for_change(project, by=by)
        invitation = Invitation.objects.create(
            project=project,
            roles=people.in_order(roles),
            digest=digest(secret),
            uses_allowed=uses,
            email=email,
            note=note,
            created_by=by,
            created_at=at,
            expires_at=at + lasts,
        )
        record(
            AuditEvent.Kind.INVITATION_MADE,
            target=invitation,
            by=by,
            at=at,
            roles=invitation.roles,
            uses=uses,
        )
    link = f"{settings.SITE_URL}{reverse('annotations:join', args=[secret])}"
    return Made(invitation, link, is_mailed=bool(email) and _mail(invitation, link))


@transaction.atomic
def join(*, secret: str, user: User, at: datetime) -> Member:
    """Let ``user`` into the project that the link is for, in the link's roles."""
    found = Invitation.objects.filter(digest=digest(secret)).select_related("project").first()
    if found is None:
        raise _closed()
    # All who join or revoke wait here for one another, so that the next look is the last word.
    project = lock_for_joining(found.project)
    invitation = opened_by(secret, at)
    if invitation is None:
        raise _closed()
    known = Member.objects.filter(project=project, user=user).first()
    if known is not None and known.removed_at is None:
        raise AlreadyIn(_("You are in this project already; its admins say as what."))
    if known is not None and known.removed_at and known.removed_at >= invitation.created_at:
        raise TakenOut(
            _("You were taken out of this project after this link was made. Ask for a new one.")
        )
    member = people.admit(
        project=project,
        user=user,
        roles=invitation.roles,
        by=user,
        at=at,
        invitation=invitation,
    )
    InvitationUse.objects.create(invitation=invitation, member=member, used_at=at)
    if invitation.uses.count() == invitation.uses_allowed:
        _forget_address(invitation)
    return member


@transaction.atomic
def join_as_new(*, secret: str, username: str, password: str, at: datetime) -> Member:
    """Make an account and let it in. Without an open link nobody gets an account."""
    if opened_by(secret, at) is None:
        raise _closed()
    return join(
        secret=secret,
        user=people.create_account(username=username, password=password),
        at=at,
    )


@transaction.atomic
def revoke(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Let nobody in by this link any more; who came in stays. Again, it does nothing."""
    lock_for_change(invitation.project, by=by)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    _forget_address(invitation)
    record(AuditEvent.Kind.INVITATION_REVOKED, target=invitation, by=by, at=at)


def _closed() -> Closed:
    return Closed(
        _("This link lets nobody in: it is incomplete, was used, ran out or was revoked.")
    )


def _forget_address(invitation: Invitation) -> None:
    invitation.email = ""
    invitation.save(update_fields=["email"])


def _mail(invitation: Invitation, link: str) -> bool:
    """Send the link if the instance has mail, and say whether it went out."""
    if not settings.HAS_MAIL:
        return False
    told = {"invitation": invitation, "project": invitation.project, "link": link}
    subject = _("Join %(project)s") % {"project": " ".join(invitation.project.name.split())}
    text = render_to_string("annotations/invitations/mail.txt", told)
    try:
        send_mail(subject, text, None, [invitation.email])
    except (smtplib.SMTPException, OSError):
        return False
    return True
