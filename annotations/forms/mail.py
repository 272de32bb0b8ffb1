from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.models import User


class MailForm(forms.Form):
    """Where a link for a new password goes; asks for the password, since it opens the account."""

    email = forms.EmailField(label=_("Mail address"), required=False, max_length=254)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.user = user
        super().__init__(data, initial={"email": user.email})
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_password(self) -> str:
        given = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, given):
            raise get_adapter().validation_error("incorrect_password")
        return given
