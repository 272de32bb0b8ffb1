"""Signing in and what decides about it: pages that allauth asks for by these names."""

from django.urls import URLPattern, path

from annotations.views import profile, second_step, sign_in

urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", sign_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/forgotten/", sign_in.ForgottenPassword.as_view(), name="account_reset_password"),
    path(
        "sign-in/forgotten/sent/",
        sign_in.ResetMailSent.as_view(),
        name="account_reset_password_done",
    ),
    path(
        "reset/<str:uidb36>/<str:key>/",
        sign_in.ResetPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("profile/again/", second_step.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("profile/again/code/", second_step.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("profile/password/", profile.ChangePassword.as_view(), name="account_change_password"),
    path("profile/two-step/", second_step.SetUp.as_view(), name="mfa_activate_totp"),
    path("profile/two-step/off/", second_step.TurnOff.as_view(), name="mfa_deactivate_totp"),
    path("profile/codes/", second_step.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "profile/codes/new/",
        second_step.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "profile/codes/file/",
        second_step.RecoveryCodesFile.as_view(),
        name="mfa_download_recovery_codes",
    ),
]
