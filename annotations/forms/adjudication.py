from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.enums import CardKind
from annotations.models import Project
from annotations.queries import codebook


class QueueForm(forms.Form):
    """Which articles to show of the adjudicator's queue. What makes no sense is passed over."""

    kind = forms.ChoiceField(label=_("Dispute"), required=False)
    label = forms.ChoiceField(label=_("Label"), required=False)

    def __init__(self, *args, project: Project, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", _("any")),
            *(
                (kind.value, kind.label)
                for kind in CardKind
                if kind not in {CardKind.AGREED, CardKind.ADDED}
            ),
        ]
        labels = codebook.definitions(codebook.current(project))
        self.fields["label"].choices = [
            ("", _("any")),
            *((definition.label.key, definition.name) for definition in labels),
        ]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that were set."""
        self.full_clean()
        return {name: given for name, given in self.cleaned_data.items() if given}
