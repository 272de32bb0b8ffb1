from django import forms
from django.utils.translation import gettext_lazy as _


class AdmissionForm(forms.Form):
    """Why a coder is let in by hand."""

    note = forms.CharField(
        label=_("Admit by hand, because"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
