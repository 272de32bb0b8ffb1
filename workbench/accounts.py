"""How allauth signs people in here. Its pages' views and forms are in ``annotations``."""

import base64
import hashlib
import logging
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations.actions import people, sign_in

logger = logging.getLogger(__name__)

TEN_MINUTES = 10 * 60
#: What allauth notes in the sessions that it begins.
BY_FORM = "account_authentication_methods"


class Accounts(DefaultAccountAdapter):
    """Names and passwords: who may try how often, and what is said about it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("User name and password do not match."),
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("Too many tries. Wait five minutes, then try again."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This code is not valid now. Codes change all the time."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before the password is looked at, by whatever method it was sent."""
        # allauth's own does not count a GET, which a program may send a password with.
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            key=self._get_login_attempts_cache_key(request, **credentials),
            limit_get=True,
        )
        if not self._login_failed_rl_usage:
            logger.warning("too many tries to sign in")
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.info("password refused")

    def post_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse:
        logger.info("signed in", extra={"fields": {"user": user.uuid}})
        return super().post_login(request, user, **details)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("This account is closed. Ask the admin of your project."))
        return redirect("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            # It came past the proxies, so that what it says of itself is nobody's word.
            return request.META["REMOTE_ADDR"]

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages answer with pages; programs have the API."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Write the password alone: an account may have been emptied since it was read."""
        people.set_password(user=user, password=password)

    def add_message(self, *args: Any, message: str | None = None, **details: Any) -> None:
        """Leave it to our own views to say what has happened."""


class SecondSteps(DefaultMFAAdapter):
    """Codes of an authenticator app. Its secret is of no use to who has the database alone."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": Accounts.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ValidationError(
                _("The key of this instance has changed: ask the operator to let you in."),
                code="key_changed",
            ) from error


class LastSeen:
    """Note every ten minutes that a session is in use, for the list of where one is signed in.

    A cookie says that it was noted. Sessions that no form began are in no list.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        is_due = session.accessed and settings.SEEN_COOKIE_NAME not in request.COOKIES
        if is_due and response.status_code < 500 and BY_FORM in session and session.session_key:
            sign_in.note_seen(session_key=session.session_key, at=timezone.now())
            response.set_cookie(
                settings.SEEN_COOKIE_NAME,
                "1",
                max_age=TEN_MINUTES,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"second step:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
