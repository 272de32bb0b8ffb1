from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.models import Project
from annotations.queries import codebook


class ScopeForm(forms.Form):
    """Which batch and which label the figures are about."""

    batch = forms.UUIDField(label=_("Batch"), required=False, widget=forms.Select)
    label = forms.ChoiceField(label=_("Label"), required=False)

    def __init__(self, *args, batches, project: Project, **kwargs):
        super().__init__(*args, **kwargs)
        named = [(str(batch.uuid), batch.name) for batch in batches]
        self.fields["batch"].widget.choices = [("", _("all batches")), *named]
        labels = codebook.definitions(codebook.current(project))
        self.fields["label"].choices = [
            ("", _("all labels")),
            *((definition.label.key, definition.name) for definition in labels),
        ]
