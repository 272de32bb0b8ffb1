from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.models import AuditEvent


class HistoryForm(forms.Form):
    """What to show of a project's history. What makes no sense is passed over."""

    kind = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("everything")), *AuditEvent.Kind.choices]
    )
    actor = forms.ChoiceField(label=_("Who"), required=False)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, actors: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["actor"].choices = [("", _("everybody")), *((name, name) for name in actors)]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that were set."""
        self.full_clean()
        given = self.cleaned_data
        return {name: given[name] for name in ("kind", "actor") if given.get(name)}
