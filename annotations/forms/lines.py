"""Texts of several lines, and lists of texts written one a line."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 200
#: A line break inside a line.
BREAK = "⏎"


class ProseField(forms.CharField):
    """A text of several lines, whose breaks browsers send as two characters each."""

    def __init__(self, *, rows: int, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), required=False, **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class LinesField(ProseField):
    """A list of texts, one a line."""

    def __init__(self, *, rows: int = 3, **kwargs):
        super().__init__(rows=rows, max_length=400_000, **kwargs)

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(text.replace("\n", BREAK) for text in value)
        return value

    def clean(self, value):
        lines = [line.strip().replace(BREAK, "\n") for line in super().clean(value).split("\n")]
        if any(len(line) > 2_000 for line in lines) or len(lines) > MOST:
            raise forms.ValidationError(_("At most 200 lines of 2,000 characters."))
        return [line for line in lines if line]
