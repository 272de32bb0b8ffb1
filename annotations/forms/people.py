from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.enums import Role

ROLES = [
    (Role.ADMIN, _("Admin: runs the project")),
    (Role.CODER, _("Coder: tags articles")),
    (Role.ADJUDICATOR, _("Adjudicator: settles disputes")),
    (Role.RESEARCHER, _("Researcher: downloads releases")),
]


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLES, widget=forms.CheckboxSelectMultiple
    )


class MemberForm(RolesForm):
    """A person to be added to a project."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    create = forms.BooleanField(
        label=_("Make the account if there is none"),
        required=False,
    )
    password = forms.CharField(
        label=_("First password"),
        required=False,
        max_length=128,
        strip=False,
        help_text=_("For a new account. An account that exists keeps its own."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    field_order = ["username", "roles", "create", "password"]

    def clean_password(self) -> str | None:
        return self.cleaned_data["password"] or None
