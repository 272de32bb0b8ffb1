"""allauth's forms in the words of this place. Fields keep the names that browsers know."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.cache import cache
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from annotations.actions import sign_in

#: For how long a code can be valid, with the clock of either side a step off.
CODE_LASTS = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)


def _say(form: forms.Form, labels: dict[str, Any]) -> None:
    """Name the fields. Placeholders that repeat a label go, and links out of help texts."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"login": _("Username"), "password": _("Password")})
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("username" if field_name == "login" else field_name)


class PasswordAgainForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"password": _("Password")})
        self.fields["password"].widget.attrs["autofocus"] = True


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"oldpassword": _("Password until now"), **NEW_PASSWORD})
        self.fields["password1"].help_text = RULES


class NewPasswordForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, NEW_PASSWORD)
        self.fields["password1"].help_text = RULES


NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password, once more")}
RULES = lazystr(password_validators_help_text_html())


class ForgottenPasswordForm(account.ResetPasswordForm):
    """Asks for a mail address, and tells nobody whether an account has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": _("Mail address of your account")})

    def save(self, request: Any, **kwargs: Any) -> str:
        # Sent by a worker: the time that sending takes would tell who has an account.
        for user in self.users:
            sign_in.ask_for_reset_mail(user=user)
        return self.cleaned_data["email"]


class _Code(second_step.BaseAuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"code": _("Code")})
        self.fields["code"].widget.attrs |= CODE_INPUT | {"autofocus": True}

    def clean_code(self) -> str:
        code = super().clean_code()
        # allauth remembers a code for one step, but with clocks apart it is valid for more.
        if not cache.add(f"second-step:{self.user.uuid}:{code}", True, timeout=CODE_LASTS):
            raise get_adapter().validation_error("incorrect_code")
        return code


CODE_INPUT = {"autocapitalize": "none", "spellcheck": "false", "maxlength": "20"}


class CodeForm(_Code, second_step.AuthenticateForm):
    """The second step of signing in: a code of the app, or a recovery code."""


class CodeAgainForm(_Code, second_step.ReauthenticateForm):
    """The same, before something that somebody at a forgotten screen must not change."""


class FirstCodeForm(ActivateTOTPForm):
    """Shows that the app has taken the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"code": _("Code that the app shows")})
        self.fields["code"].widget.attrs |= CODE_INPUT | {"inputmode": "numeric"}
