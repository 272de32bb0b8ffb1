"""Sessions and the people in them: read for every request, and so by prepared queries."""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from annotations.models import User
from annotations.models.prepared import prepared


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _sessions(str(self.session_key), timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None


class Passwords(ModelBackend):
    """Django's accounts with passwords."""

    def get_user(self, user_id: Any) -> User | None:
        user = next(iter(_users(int(user_id))), None)
        return user if user is not None and self.user_can_authenticate(user) else None


@prepared
def _sessions(key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)


@prepared
def _users(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
