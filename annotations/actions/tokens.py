"""Programs' keys: made, recognised, taken back."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from annotations.actions.audit import record
from annotations.enums import Scope
from annotations.models import ApiToken, AuditEvent, Project, User

PREFIX = "wbt_"
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def digest(key: str) -> str:
    """Return what is kept of a key. Keys are random, so that no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def identify(*, key: str, at: datetime) -> ApiToken | None:
    """Return the live token of an active user that ``key`` opens, and note its use."""
    if not key.startswith(PREFIX):
        return None
    live = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), user__is_active=True)
    token = live.select_related("user").filter(digest=digest(key)).first()
    if token and (token.last_used_at is None or token.last_used_at < at - USE_IS_NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


@transaction.atomic
def create(
    *,
    user: User,
    name: str,
    at: datetime,
    scopes: Iterable[str] = (),
    project: Project | None = None,
    lasts: timedelta | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its key, which can never be read again.

    Without ``scopes`` it may do all that its owner may, without a ``project`` in
    every project, without ``lasts`` until it is revoked.
    """
    key = PREFIX + secrets.token_urlsafe(32)
    wanted = set(scopes) or set(Scope.values)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=digest(key),
        scopes=[scope.value for scope in Scope if scope.value in wanted],
        project=project,
        created_at=at,
        expires_at=at + lasts if lasts else None,
    )
    record(AuditEvent.Kind.TOKEN_CREATED, target=token, by=user, at=at, scopes=token.scopes)
    return token, key


@transaction.atomic
def revoke(*, token: ApiToken, by: User, at: datetime) -> None:
    """End a token at once; the programs that use it are answered 401."""
    record(AuditEvent.Kind.TOKEN_REVOKED, target=token, by=by, at=at)
    token.delete()
