from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.actions.imports import KEEP, SKIP


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files. Empty ones come in too: the import says what is wrong with them."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class ImportForm(forms.Form):
    files = FilesField(
        label=_("Files"),
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ".txt,.text,.jsonl,.ndjson,.json"}),
    )
    create_labels = forms.BooleanField(
        label=_("Declare labels, attributes and links that the codebook lacks"),
        required=False,
        help_text=_("Otherwise records that use them are refused."),
    )
    keep = forms.BooleanField(
        label=_("Keep texts that are here already"),
        required=False,
        help_text=_("Otherwise a text that names itself by its file or content comes in once."),
    )
    dry_run = forms.BooleanField(
        label=_("Only check"),
        required=False,
        help_text=_("Reads everything, says what would come in, and writes nothing."),
    )

    @property
    def options(self) -> dict:
        """What the action takes besides the people and the time."""
        given = dict(self.cleaned_data)
        given["on_duplicate"] = KEEP if given.pop("keep") else SKIP
        return given
