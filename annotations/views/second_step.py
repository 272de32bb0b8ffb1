"""The second step of one's own account, its app and its recovery codes, changed by oneself."""

from allauth.account import views as account
from allauth.mfa.base.views import ReauthenticateView
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.contrib import messages
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotations.views.sign_in import as_a_form, told_to_wait


@as_a_form
class PasswordAgain(account.ReauthenticateView):
    template_name = "account/password_again.html"

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)


@as_a_form
class CodeAgain(ReauthenticateView):
    template_name = "mfa/code_again.html"

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)


@as_a_form
class SetUp(totp.ActivateTOTPView):
    template_name = "mfa/set_up.html"

    def form_valid(self, form):
        answer = super().form_valid(form)
        messages.success(self.request, _("From now on you sign in in two steps."))
        return answer

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)


@as_a_form
class TurnOff(totp.DeactivateTOTPView):
    template_name = "mfa/turn_off.html"
    success_url = reverse_lazy("annotations:profile")

    def form_valid(self, form):
        answer = super().form_valid(form)
        messages.success(self.request, _("Your password is enough again."))
        return answer


@method_decorator(require_safe, name="dispatch")
class RecoveryCodes(codes.ViewRecoveryCodesView):
    template_name = "mfa/recovery_codes.html"


@as_a_form
class NewRecoveryCodes(codes.GenerateRecoveryCodesView):
    template_name = "mfa/new_recovery_codes.html"

    def form_valid(self, form):
        answer = super().form_valid(form)
        messages.success(self.request, _("These codes are new. Those until now are void."))
        return answer


@method_decorator(require_safe, name="dispatch")
class RecoveryCodesFile(codes.DownloadRecoveryCodesView):
    template_name = "mfa/recovery_codes.txt"
