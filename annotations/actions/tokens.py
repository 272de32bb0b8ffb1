"""Programs' keys: made, recognised, taken back."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import Q

from annotations.models import ApiToken

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
