from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from annotations.models import User

THEMES = [("auto", _("As the system says")), ("light", _("Light")), ("dark", _("Dark"))]
DENSITIES = [
    ("comfortable", _("Comfortable")),
    ("compact", _("Compact")),
    ("large", _("Large")),
]


class AppearanceForm(forms.Form):
    """How pages look. What is not sent stays as it is."""

    theme = forms.ChoiceField(
        label=_("Theme"), choices=THEMES, required=False, widget=forms.RadioSelect
    )
    density = forms.ChoiceField(
        label=_("Text on the annotation page"),
        choices=DENSITIES,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("How large it is, and how far apart its lines are."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Articles and codebooks stay as they are; what is not translated is English."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        held = user.coding_preferences
        initial = {
            "theme": held.get("theme", "auto"),
            "density": density_of(user),
            "language": held.get("language", settings.LANGUAGE_CODE),
        }
        super().__init__(data, initial=initial)

    @property
    def wanted(self) -> dict[str, str]:
        return {name: choice for name, choice in self.cleaned_data.items() if choice}


def density_of(user: User, device: str | None = None) -> str:
    """Return the density that holds: the account's, else the device's, else the usual."""
    known = [value for value, _name in DENSITIES]
    chosen = user.coding_preferences.get("density", device)
    return chosen if chosen in known else known[0]
