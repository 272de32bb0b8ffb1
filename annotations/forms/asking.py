from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.models import LabelDefinition, Member


class AskingForm(forms.Form):
    """Who is asked to code what the first coders disagree on."""

    coders = forms.MultipleChoiceField(
        label=_("Whom to ask"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose somebody to ask.")},
    )
    at_least = forms.IntegerField(
        label=_("Disputes an article has at least"), min_value=1, max_value=999, initial=1
    )
    labels = forms.MultipleChoiceField(
        label=_("Only disputes about"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args, coders: Sequence[Member], labels: Sequence[LabelDefinition], **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fields["coders"].choices = [(coder.name, coder.name) for coder in coders]
        self.fields["labels"].choices = [(label.label.key, label.name) for label in labels]
