from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """What the list of articles can be narrowed by; what makes no sense is left out."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=400,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Words of title or text")}
        ),
    )
    outlet = forms.CharField(label=_("Outlet"), required=False, max_length=400)
    cluster = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["import"] = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def wanted(self) -> dict:
        """The filters that were given and are valid."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DescriptionForm(forms.Form):
    """One value for all articles that a search finds."""

    field = forms.ChoiceField(
        label=_("What"),
        choices=[
            ("outlet", _("outlet")),
            ("author", _("author")),
            ("published_at", _("date of publication")),
            ("language", _("language")),
            ("title", _("title")),
            ("swap", _("swap day and month")),
        ],
    )
    value = forms.CharField(
        label=_("New value"),
        required=False,
        max_length=400,
        help_text=_("Left empty, the value is taken away."),
    )

    @property
    def values(self) -> dict[str, str]:
        """The new value by its name, if there is one."""
        field = self.cleaned_data["field"]
        return {} if field == "swap" else {field: self.cleaned_data["value"]}

    @property
    def is_swap(self) -> bool:
        return self.cleaned_data["field"] == "swap"


class WithdrawalForm(forms.Form):
    reason = forms.CharField(max_length=2000, widget=forms.Textarea)
