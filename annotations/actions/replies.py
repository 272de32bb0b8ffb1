"""Answer a repeated request as the first time, and do its work only once."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotations.exceptions import Invalid, Refused
from annotations.models import StoredReply, User

KEPT_FOR = timedelta(hours=24)


class KeyReused(Invalid):
    """The key came with another content before."""

    code = "idempotency_key_reused"


class StillRunning(Refused):
    """The first request with this key is not answered yet."""

    code = "idempotency_key_in_use"


@transaction.atomic
def once(
    work: Callable[[], tuple[int, Any, Any]],
    *,
    user: User,
    route: str,
    key: str,
    request_digest: str,
    at: datetime,
) -> tuple[int, Any]:
    """Return ``(status, answer)`` of ``work``, run once per user, route and key in 24 hours.

    ``work`` returns its status, its answer, and the answer to repeat (a secret
    is not repeated). What it does and the fact that it was done are committed
    together. Only answers below 400 are kept: what failed may be tried again.
    """
    lock = int.from_bytes(
        hashlib.sha256(f"{user.pk}\n{route}\n{key}".encode()).digest()[:8], signed=True
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            raise StillRunning(_("The first request with this Idempotency-Key is still running."))

    StoredReply.objects.filter(user=user, stored_at__lt=at - KEPT_FOR).delete()
    known = StoredReply.objects.filter(user=user, route=route, key=key).first()
    if known is not None:
        if known.request_digest != request_digest:
            raise KeyReused(_("This Idempotency-Key was used with another content."))
        return known.status, known.answer

    status, answer, repeatable = work()
    if status < 400:
        StoredReply.objects.create(
            user=user,
            route=route,
            key=key,
            request_digest=request_digest,
            status=status,
            answer=repeatable,
            stored_at=at,
        )
    return status, answer
