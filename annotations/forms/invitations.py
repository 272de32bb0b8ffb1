from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from annotations.enums import Role
from annotations.forms.people import RolesForm

MOST_USES = 500
DAYS = [1, 3, 7, 14, 30, 90]


class InvitationForm(RolesForm):
    """A link for people who are to join a project."""

    uses = forms.IntegerField(
        label=_("How many people can use it"), min_value=1, max_value=MOST_USES, initial=1
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=14,
        choices=[(n, ngettext_lazy("%d day", "%d days") % n) for n in DAYS],
    )
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=254,
        help_text=_("Forgotten once the link is used up or revoked."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("Whoever opens the link reads it."),
    )

    field_order = ["roles", "uses", "days", "email", "note"]

    @property
    def wanted(self) -> dict[str, object]:
        """Return what is asked for, as the action takes it."""
        given = dict(self.cleaned_data)
        return {"lasts": timedelta(days=given.pop("days")), **given}

    @classmethod
    def empty(cls) -> "InvitationForm":
        return cls(initial={"roles": [Role.CODER]})


class AccountForm(forms.Form):
    """A new account, for somebody who holds an invitation."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        help_text=_("Letters, digits and @ . + - _. Those you work with see it."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_("At least eight characters, not only digits, and nothing that others guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
