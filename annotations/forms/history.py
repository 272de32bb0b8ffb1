from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.models import AuditEvent


class HistoryForm(forms.Form):
    """What to show of a project's history. What makes no sense is passed over."""

    kind = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("everything")), *AuditEvent.Kind.choices]
    )
    actor = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    about = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, actors: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["actor"].choices = [("", _("everybody")), *((name, name) for name in actors)]

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that were set: ``{kind, actor, since, until, about}``."""
        self.full_clean()
        given = self.cleaned_data
        names = ("kind", "actor", "since", "until", "about")
        return {name: given[name] for name in names if given.get(name)}
