"""Where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare, salted_hmac

from annotations.algorithms.devices import device_of
from annotations.models import User


@dataclass(frozen=True)
class SignedIn:
    """One session. Its ``id`` names it on a page and opens nothing."""

    key: str
    browser: str
    system: str
    address: str
    since: datetime
    last_seen: datetime
    is_current: bool

    @property
    def id(self) -> str:
        return salted_hmac("annotations.sessions", self.key).hexdigest()[:32]


def sessions_of(user: User, *, current: str | None, at: datetime) -> list[SignedIn]:
    """Return where ``user`` is signed in, the session ``current`` first, then the latest."""
    own = {session.session_key: session for session in UserSession.objects.filter(user=user)}
    alive = Session.objects.filter(session_key__in=own, expire_date__gt=at)
    # A new password ends sessions without touching their rows.
    valid = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    found = []
    for session in alive:
        mark = store.decode(session.session_data).get(HASH_SESSION_KEY, "")
        if not any(constant_time_compare(mark, one) for one in valid):
            continue
        told = own[session.session_key]
        browser, system = device_of(told.user_agent)
        found.append(
            SignedIn(
                key=session.session_key,
                browser=browser,
                system=system,
                address=told.ip,
                since=told.created_at,
                last_seen=told.last_seen_at,
                is_current=session.session_key == current,
            )
        )
    found.sort(key=lambda one: (one.is_current, one.last_seen), reverse=True)
    return found
