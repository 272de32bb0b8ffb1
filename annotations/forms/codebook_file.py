from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.importing import codebook_file


class CodebookFileForm(forms.Form):
    """A codebook as a YAML file; ``cleaned_data["file"]`` is ``{labels, rules}``."""

    file = forms.FileField(
        label=_("YAML file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            return codebook_file.read(file.read(codebook_file.MOST_BYTES + 1))
        except codebook_file.CannotRead as error:
            raise forms.ValidationError(str(error)) from None
