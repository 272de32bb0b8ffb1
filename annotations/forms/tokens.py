from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.enums import Scope
from annotations.models import Project, User


class TokenForm(forms.Form):
    """A key for a program that acts for its owner."""

    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("Say the program or the machine.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than your own roles allow."),
    )
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("All my projects"),
    )
    expires_in_days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=3650, required=False
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user).order_by("name")

    @property
    def wanted(self) -> dict:
        """What the action that makes a token takes."""
        given = dict(self.cleaned_data)
        days = given.pop("expires_in_days")
        return {**given, "lasts": timedelta(days=days) if days else None}
