from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.actions.imports import KEEP, SKIP
from annotations.algorithms import plain_json
from annotations.importing import columns, formats


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files. Empty ones come in too: the import says what is wrong with them."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class ImportForm(forms.Form):
    """The files, and how to take them; ``paths`` are their names in a folder, as JSON."""

    files = FilesField(
        label=_("Files"),
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ",".join(formats.SUFFIXES)}),
    )
    paths = forms.JSONField(required=False, widget=forms.HiddenInput, decoder=plain_json.Decoder)
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
    dry_run = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_paths(self):
        paths = self.cleaned_data["paths"] or []
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise forms.ValidationError(_("The names of the files can’t be read."))
        return paths

    @property
    def options(self) -> dict:
        """What the action takes besides the people and the time."""
        given = dict(self.cleaned_data)
        given["on_duplicate"] = KEEP if given.pop("keep") else SKIP
        return given


class ColumnsForm(forms.Form):
    """What each column of a table fills, one choice a column."""

    LEFT_OUT = ""

    def __init__(self, *args, header: list[str], chosen: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.header = header
        targets = {name: target for target, name in chosen.items()}
        for position, name in enumerate(header):
            self.fields[f"column-{position}"] = forms.ChoiceField(
                label=name or _("without a name"),
                choices=self._choices(name),
                initial=targets.get(name, self.LEFT_OUT),
                required=False,
            )

    def clean(self):
        chosen = self.columns
        if columns.TEXT not in chosen:
            raise forms.ValidationError(_("Say which column is the text."))
        if len(chosen) < sum(1 for target in self.cleaned_data.values() if target):
            raise forms.ValidationError(_("Two columns are to fill the same."))
        return self.cleaned_data

    @property
    def columns(self) -> dict[str, str]:
        """Which column fills what, as the import takes it."""
        return {
            self.cleaned_data[field]: name
            for field, name in zip(self.fields, self.header, strict=True)
            if self.cleaned_data.get(field)
        }

    def _choices(self, name: str) -> list:
        known = [
            (columns.TEXT, _("the text")),
            ("id", _("its own name (id)")),
            ("meta.title", _("headline")),
            ("meta.outlet", _("outlet")),
            ("meta.author", _("author")),
            ("meta.published_at", _("date of publication")),
            ("meta.url", _("address")),
            ("meta.language", _("language")),
            ("cluster", _("cluster")),
            ("split", _("split")),
        ]
        own = f"{columns.META}{name.strip()}"
        if name.strip() and own not in dict(known):
            known.append((own, _("kept as “%(name)s”") % {"name": name.strip()[:40]}))
        return [(self.LEFT_OUT, _("left out")), *known]
