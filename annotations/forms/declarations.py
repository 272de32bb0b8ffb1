"""The attributes and links that a label declares, as rows of the codebook's form."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.algorithms.declarations import type_of
from annotations.forms.lines import LinesField

MOST = 50


class AttributeForm(forms.Form):
    """One attribute. Without a name it is left out of the next version."""

    name = forms.CharField(label=_("Attribute"), max_length=100, required=False)
    type = forms.ChoiceField(
        label=_("Kind of value"),
        choices=[
            ("text", _("words")),
            ("choice", _("one of a list")),
            ("date", _("a date")),
            ("yes_no", _("yes or no")),
        ],
    )
    values = LinesField(
        label=_("List"), help_text=_("For “one of a list”: one value a line."), rows=2
    )
    required = forms.BooleanField(label=_("Every span must have it"), required=False)

    def declaration(self) -> dict[str, Any]:
        """Return the attribute as the codebook holds it; what is not shown stays as it was."""
        known, given = self.initial, self.cleaned_data
        found = {**_unseen(known), "name": given["name"]}
        if not known or "type" in known["declared"] or given["type"] != known["type"]:
            found["type"] = given["type"]
        if given["type"] == "choice":
            found["values"] = given["values"]
        return _with_flag(found, "required", given)


class LinkForm(forms.Form):
    """One kind of link. Without a name it is left out of the next version."""

    name = forms.CharField(label=_("Link"), max_length=100, required=False)
    targets = forms.MultipleChoiceField(
        label=_("Points to"),
        help_text=_("None chosen: to any label."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    single = forms.BooleanField(label=_("To one span only"), required=False)
    required = forms.BooleanField(label=_("Every span must have it"), required=False)

    def __init__(self, *args, labels: list[dict[str, Any]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["targets"].choices = [
            (label["key"], label["name"])
            for label in labels
            if not label["retired"] or label["key"] in self.initial.get("targets", [])
        ]

    def declaration(self) -> dict[str, Any]:
        """Return the link as the codebook holds it; what is not shown stays as it was."""
        given, before = self.cleaned_data, self.initial.get("targets", [])
        found = {**_unseen(self.initial), "name": given["name"]}
        if set(given["targets"]) != set(before):
            found["targets"] = given["targets"]
        for flag in ("single", "required"):
            _with_flag(found, flag, given)
        return found


_LIMITS = {"extra": 0, "max_num": MOST, "absolute_max": MOST + 1, "validate_max": True}
AttributeFormSet = forms.formset_factory(AttributeForm, **_LIMITS)
LinkFormSet = forms.formset_factory(LinkForm, **_LIMITS)


def shown(declarations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return declarations as the rows begin; ``declared`` is what the codebook holds."""
    return [{**one, "type": type_of(one), "declared": one} for one in declarations]


def declared(formset: forms.BaseFormSet) -> list[dict[str, Any]]:
    """Return what the rows of a valid formset declare."""
    return [form.declaration() for form in named(formset)]


def named(formset: forms.BaseFormSet) -> list[forms.Form]:
    """Return the rows that declare something."""
    return [form for form in formset.forms if (form["name"].value() or "").strip()]


def _unseen(known: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in known.get("declared", {}).items() if name != "values"}


def _with_flag(found: dict[str, Any], flag: str, given: dict[str, Any]) -> dict[str, Any]:
    if given[flag] != bool(found.get(flag)):
        found[flag] = given[flag]
    return found
