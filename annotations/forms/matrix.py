from collections.abc import Sequence
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.queries import matrix
from annotations.queries.pace import CoderPace


class MatrixForm(forms.Form):
    """What to show of a batch's coverage. What makes no sense is passed over."""

    show = forms.ChoiceField(
        label=_("Articles"),
        required=False,
        choices=[
            ("", _("all articles")),
            (matrix.LACKING, _("only those that lack something")),
            (matrix.FLAGGED, _("only flagged ones")),
        ],
    )
    coder = forms.ChoiceField(label=_("Coder"), required=False)

    def __init__(self, *args, coders: Sequence[CoderPace], **kwargs):
        super().__init__(*args, **kwargs)
        self.members = {str(coder.uuid): coder.coder for coder in coders}
        named = [(str(coder.uuid), coder.name) for coder in coders]
        self.fields["coder"].choices = [("", _("everybody")), *named]

    @property
    def filter(self) -> matrix.Filter:
        given = self._given
        return matrix.Filter(given.get("show", ""), self.members.get(given.get("coder", "")))

    @property
    def query(self) -> str:
        """What the address of another page keeps, with its ``&``."""
        given = {name: value for name, value in self._given.items() if value}
        return f"{urlencode(given)}&" if given else ""

    @property
    def _given(self) -> dict[str, str]:
        self.full_clean()
        return self.cleaned_data
