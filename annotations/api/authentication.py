from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import authentication, exceptions

from annotations.actions import tokens


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer wbt_…``, in the header only."""

    keyword = "Bearer"

    def authenticate(self, request):
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        if len(words) != 2:
            raise exceptions.AuthenticationFailed(_("Send one token: Authorization: Bearer wbt_…"))
        token = tokens.identify(key=words[1].decode("latin-1"), at=timezone.now())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown or has expired."))
        user = token.user
        user.token = token
        return user, token

    def authenticate_header(self, request):
        return self.keyword


class CsrfFailed(exceptions.PermissionDenied):
    """The session's write did not carry the session's token: get one from ``session/``."""

    default_code = "csrf"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session. Without one the answer is 401, which says "sign in", not 403."""

    def authenticate_header(self, request):
        return "Session"

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as refusal:
            raise CsrfFailed(str(refusal.detail)) from refusal


class SecondStepAsked(exceptions.PermissionDenied):
    """A password alone does not open this account, and a program has no authenticator app."""

    default_code = "second_step"
    default_detail = gettext_lazy(
        "This account is opened in two steps: sign in and make the token on your profile’s page."
    )


class TooManyTries(exceptions.APIException):
    """A password was guessed at too often."""

    status_code = 429
    default_code = "too_many_tries"
    wait = 5 * 60


class BasicAuthentication(authentication.BasicAuthentication):
    """A name and a password, where a program asks for its first token.

    Tries count as on the page for signing in.
    """

    def authenticate_credentials(self, userid, password, request=None):
        wrong = exceptions.AuthenticationFailed(_("User name and password do not match."))
        if "\0" in userid:
            raise wrong
        try:
            user = get_adapter().authenticate(request, username=userid, password=password)
        except ValidationError as error:
            raise TooManyTries(error.message) from error
        if user is None:
            raise wrong
        if is_mfa_enabled(user):
            raise SecondStepAsked
        return user, None
