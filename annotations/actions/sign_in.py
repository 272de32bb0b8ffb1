"""How people get in: links for a forgotten password, second steps, and open sessions."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from annotations.actions.jobs import wake_on_commit
from annotations.models import User
from annotations.queries.password_links import password_links


def reset_link(*, user: User) -> str:
    """Make the address at which ``user`` sets a new password, once. Nothing of it is kept."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": password_links.make_token(user),
        },
    )
    return f"{settings.SITE_URL}{path}"


def ask_for_reset_mail(*, user: User) -> None:
    """Have a worker send ``user`` a link; if none is there, the person asks again."""
    wake_on_commit("people.send_reset_mail", user_id=user.pk)


def send_reset_mail(*, user: User) -> None:
    """Send a link for a new password to the mail address of an account that is open."""
    if not (user.email and user.is_active):
        return
    body = render_to_string(
        "annotations/people/reset_mail.txt", {"user": user, "link": reset_link(user=user)}
    )
    send_mail(_("A new password for the workbench"), body, None, [user.email])


@transaction.atomic
def forget_second_step(*, user: User) -> None:
    """Let ``user`` sign in by password alone: the app and the recovery codes are lost."""
    Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def end_sessions(*, user: User, keys: Iterable[str]) -> None:
    """Sign ``user`` out where these sessions are; others' are left alone."""
    own = UserSession.objects.filter(user=user, session_key__in=list(keys))
    Session.objects.filter(session_key__in=own.values("session_key")).delete()
    own.delete()


def end_all_sessions(*, user: User | None) -> None:
    """Have ``user`` sign in again, wherever that was done before."""
    if user is not None:
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def note_seen(*, session_key: str, at: datetime) -> None:
    """Remember that a session is in use."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=at)
