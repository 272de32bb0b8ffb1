"""The links by which people join a project."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from annotations.enums import InvitationState
from annotations.models import Invitation, Project, User


def digest(secret: str) -> str:
    """Return what is kept of a link's secret. It is random, so that no salt is needed."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def of(project: Project, user: User, at: datetime) -> QuerySet[Invitation]:
    """Return the project's invitations for its admins, with their state and who used them."""
    found = Invitation.objects.visible_to(user).filter(project=project).with_state(at)
    return found.select_related("created_by").prefetch_related("uses__member__user")


def opened_by(secret: str, at: datetime) -> Invitation | None:
    """Return the invitation that ``secret`` opens at ``at``, if any."""
    known = Invitation.objects.filter(digest=digest(secret)).select_related("project")
    return known.with_state(at).filter(state=InvitationState.OPEN).first()


def own_project(secret: str, user: User) -> Project | None:
    """Return the project that ``secret`` ever opened, to who is in it: their link leads there."""
    own = Project.objects.visible_to(user)
    return own.filter(invitations__digest=digest(secret)).first()
