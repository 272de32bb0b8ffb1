"""Signing in: a name and a password, maybe a code, or a link for a password that was forgotten.

What counts tries, keeps secrets and begins sessions is allauth's; the pages are ours.
"""

from allauth.account import views as account
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

# Django's forms as views take a PUT for a POST, which nothing here sends.
as_a_form = method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")

TOO_MANY = ("too_many_login_attempts", "rate_limited")
FIVE_MINUTES = "300"


def told_to_wait(response: HttpResponse, form: Form) -> HttpResponse:
    """Answer 429 where the form says that there were too many tries."""
    if any(
        form.has_error(field, code)
        for field in (NON_FIELD_ERRORS, *form.fields)
        for code in TOO_MANY
    ):
        response.status_code = 429
        response["Retry-After"] = FIVE_MINUTES
    return response


@as_a_form
class SignIn(account.LoginView):
    template_name = "account/sign_in.html"

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)


#: Also for who has done the first step only, and wants to begin again.
sign_out = login_not_required(LogoutView.as_view())


class SecondStep(AuthenticateView):
    """A code of the app, or a recovery code, after the password was right."""

    template_name = "mfa/second_step.html"

    @method_decorator(login_not_required)
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and "code" not in request.POST:
            return redirect("mfa_authenticate")
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)


class ForgottenPassword(account.PasswordResetView):
    """Where a link is asked for; without mail, whom to ask."""

    template_name = "account/forgotten.html"

    @method_decorator(login_not_required)
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and not settings.HAS_MAIL:
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"has_mail": settings.HAS_MAIL}


class ResetMailSent(account.PasswordResetDoneView):
    template_name = "account/forgotten_sent.html"


@as_a_form
class ResetPassword(account.PasswordResetFromKeyView):
    """Where a one-time link leads: set a password, then sign in, by code where there is one."""

    template_name = "account/reset_password.html"
