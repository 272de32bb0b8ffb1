from django.contrib import messages
from django.contrib.auth import views as auth
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions import people, tokens
from annotations.forms.preferences import PreferencesForm
from annotations.forms.tokens import TokenForm
from annotations.models import ApiToken

# Django's forms as views take a PUT for a POST, which nothing here sends.
as_a_form = method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")


@as_a_form
class SignIn(auth.LoginView):
    template_name = "annotations/people/sign_in.html"
    redirect_authenticated_user = True


@as_a_form
class ChangePassword(auth.PasswordChangeView):
    template_name = "annotations/people/password.html"
    success_url = reverse_lazy("annotations:profile")

    def form_valid(self, form):
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


@as_a_form
class ResetPassword(auth.PasswordResetConfirmView):
    """Where a one-time link leads: set a password, and be signed in."""

    template_name = "annotations/people/reset_password.html"
    success_url = reverse_lazy("annotations:home")
    post_reset_login = True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Who one is here, and the tokens of one's programs; a new key is shown in the answer."""
    form = TokenForm(request.POST or None, user=request.user)
    key = None
    if request.method == "POST" and form.is_valid():
        _token, key = tokens.create(user=request.user, at=timezone.now(), **form.wanted)
        form = TokenForm(user=request.user)
    own = ApiToken.objects.visible_to(request.user).select_related("project")
    return render(
        request,
        "annotations/people/profile.html",
        {"form": form, "key": key, "tokens": own.order_by("-created_at", "-pk")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """How one works on the annotation page: its caret and its keys."""
    form = PreferencesForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        people.set_preferences(user=request.user, preferences=form.wanted)
        messages.success(request, _("Your keys and caret are kept."))
        return redirect("annotations:preferences")
    return render(request, "annotations/people/preferences.html", {"form": form})


@require_POST
def revoke_token(request, uuid):
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), uuid=uuid)
    tokens.revoke(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” no longer opens anything.") % {"name": token.name})
    return redirect("annotations:profile")
