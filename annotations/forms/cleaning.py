import json

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.algorithms import plain_json
from annotations.algorithms.zones import FURNITURE_RULES, PART_RULES
from annotations.enums import CleaningScope, ZoneKind

RULES = {
    "navigation": _("menus and links of the site"),
    "section": _("names of sections, also glued to titles"),
    "sharing": _("share, print and follow"),
    "newsletter": _("newsletters"),
    "comments": _("comments and their forms"),
    "copyright": _("copyright and terms of use"),
    "advertising": _("advertisements, cookies, appeals"),
    "read_also": _("“Read also” links"),
    "listing": _("lists of other stories"),
    "tags": _("tags, views, reading time"),
    "publisher": _("signatures of the site"),
    "stray_date": _("dates of other articles"),
    "recurring": _("lines that recur in the outlet"),
    "title": _("headlines"),
    "byline": _("bylines and credits"),
    "dateline": _("dates and places of publication"),
    "caption": _("captions"),
}


class CleaningForm(forms.Form):
    """The rules as they are ticked, and the articles that they are tried on."""

    outlet = forms.CharField(required=False, max_length=400, label=_("Outlet"))
    furniture = forms.MultipleChoiceField(
        label=_("Site furniture"),
        required=False,
        choices=[(name, RULES[name]) for name in FURNITURE_RULES],
        widget=forms.CheckboxSelectMultiple,
    )
    parts = forms.MultipleChoiceField(
        label=_("Parts of the article"),
        required=False,
        choices=[(name, RULES[name]) for name in PART_RULES],
        widget=forms.CheckboxSelectMultiple,
    )
    patterns = forms.CharField(
        label=_("Patterns of your own"),
        required=False,
        help_text=_(
            "Regular expressions, one a line; what one fits in a line of an article is site "
            "furniture, or what you write before it: byline: ^Filed from"
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    only = forms.ChoiceField(
        required=False,
        label=_("Show"),
        choices=[
            ("", _("all articles")),
            ("changed", _("only changed")),
            ("warnings", _("only those that lose much")),
        ],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["import"] = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def scope(self) -> tuple[str, str]:
        """The articles meant, as scope and value."""
        if wanted := self.cleaned_data.get("import"):
            return CleaningScope.IMPORT, str(wanted)
        if outlet := self.cleaned_data.get("outlet"):
            return CleaningScope.OUTLET, outlet
        return CleaningScope.ALL, ""

    @property
    def off(self) -> list[str]:
        on = {*self.cleaned_data["furniture"], *self.cleaned_data["parts"]}
        return [name for name in RULES if name not in on]

    @property
    def pattern_list(self) -> list[dict[str, str]]:
        """The patterns, each with its kind."""
        found = []
        for line in self.cleaned_data["patterns"].splitlines():
            kind, separator, pattern = line.partition(": ")
            if separator and kind in ZoneKind.values:
                found.append({"pattern": pattern, "kind": kind})
            elif line.strip():
                found.append({"pattern": line, "kind": ZoneKind.BOILERPLATE})
        return found


class LinesForm(forms.Form):
    """Which lines of an article are what: fields ``line-<number>`` over the zones in ``zones``."""

    zones = forms.JSONField(required=False, decoder=plain_json.Decoder)

    def clean_zones(self):
        zones = self.cleaned_data["zones"]
        fits = isinstance(zones, list) and all(
            isinstance(zone, dict)
            and zone.keys() == {"start", "end", "kind"}
            and all(type(zone[edge]) is int for edge in ("start", "end"))
            for zone in zones
        )
        if not fits:
            raise forms.ValidationError(json.dumps(zones)[:100])
        return zones

    @property
    def chosen(self) -> dict[int, str]:
        """The lines that were given another kind; the story's is empty."""
        known = {"", *ZoneKind.values}
        return {
            int(name.removeprefix("line-")): value
            for name, value in self.data.items()
            if name.startswith("line-")
            and name.removeprefix("line-").isdecimal()
            and len(name) < 15
            and value in known
        }
