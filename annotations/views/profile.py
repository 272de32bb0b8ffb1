"""One's own account: how one signs in, where one is signed in, tokens, keys and appearance."""

from http import HTTPStatus

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import profile as account
from annotations.actions import sign_in, tokens
from annotations.forms.appearance import AppearanceForm
from annotations.forms.mail import MailForm
from annotations.forms.preferences import PreferencesForm
from annotations.forms.tokens import TokenForm
from annotations.models import ApiToken
from annotations.queries.sessions import sessions_of
from annotations.views.sign_in import as_a_form, told_to_wait

YEAR = 365 * 24 * 60 * 60


def _sessions(request):
    current = request.session.session_key
    return sessions_of(request.user, current=current, at=timezone.now())


@require_safe
def profile(request):
    """How one signs in: password, second step, mail, and the sessions that are open."""
    steps = {step.type: step for step in Authenticator.objects.filter(user=request.user)}
    codes = steps.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "annotations/people/profile.html",
        {
            "app": steps.get(Authenticator.Type.TOTP),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "has_mail": settings.HAS_MAIL,
            "sessions": _sessions(request),
        },
    )


@require_POST
def end_session(request, key):
    """Sign out elsewhere; ending this session is signing out."""
    found = [one for one in _sessions(request) if one.id == key and not one.is_current]
    sign_in.end_sessions(user=request.user, keys=[one.key for one in found])
    if found:
        messages.success(request, _("You are signed out there."))
    return redirect("annotations:profile")


@require_POST
def end_other_sessions(request):
    others = [one.key for one in _sessions(request) if not one.is_current]
    sign_in.end_sessions(user=request.user, keys=others)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("annotations:profile")


@as_a_form
class ChangePassword(PasswordChangeView):
    """Change the password; every other session ends."""

    template_name = "account/password.html"
    success_url = reverse_lazy("annotations:profile")

    def form_valid(self, form):
        answer = super().form_valid(form)
        messages.success(
            self.request, _("Your password is changed. You are signed out everywhere else.")
        )
        return answer


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request):
    """Say where a link for a forgotten password may be sent."""
    form = MailForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        account.set_mail(user=request.user, mail=form.cleaned_data["email"])
        messages.success(request, _("Your mail address is kept."))
        return redirect("annotations:profile")
    return told_to_wait(render(request, "annotations/people/mail.html", {"form": form}), form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_tokens(request):
    """The tokens of one's programs; a new key is shown in the answer."""
    form = TokenForm(request.POST or None, user=request.user)
    key = None
    if request.method == "POST" and form.is_valid():
        _token, key = tokens.create(user=request.user, at=timezone.now(), **form.wanted)
        form = TokenForm(user=request.user)
    own = ApiToken.objects.visible_to(request.user).select_related("project")
    return render(
        request,
        "annotations/people/tokens.html",
        {"form": form, "key": key, "tokens": own.order_by("-created_at", "-pk")},
    )


@require_POST
def revoke_token(request, uuid):
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), uuid=uuid)
    tokens.revoke(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” no longer opens anything.") % {"name": token.name})
    return redirect("annotations:tokens")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """How one works on the annotation page: its caret and its keys."""
    form = PreferencesForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        account.set_preferences(user=request.user, preferences=form.wanted)
        messages.success(request, _("Your keys and caret are kept."))
        return redirect("annotations:preferences")
    return render(request, "annotations/people/preferences.html", {"form": form})


@require_POST
def end_first_steps(request):
    """Leave the first steps out of the annotation page from now on."""
    account.set_preferences(user=request.user, preferences={"first_steps": False})
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request):
    """How pages look, on every device; the switches in menus send one choice each."""
    form = AppearanceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        account.set_preferences(user=request.user, preferences=form.wanted)
        answer = redirect("annotations:appearance")
        # What is seen before one is signed in looks alike.
        for name, choice in form.wanted.items():
            answer.set_cookie(name, choice, max_age=YEAR, samesite="Lax")
        return answer
    return render(request, "annotations/people/appearance.html", {"form": form})
