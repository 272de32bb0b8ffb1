"""The codebook as a form: one part a label, one a rule, and what the change means."""

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from annotations.algorithms.palette import COLOURS
from annotations.enums import Change
from annotations.exceptions import Refused
from annotations.forms import declarations
from annotations.forms.lines import MOST, LinesField, ProseField
from annotations.models import LabelDefinition
from annotations.queries import codebook
from annotations.queries.codebook_draft import Edition

COLOUR_NAMES = {
    COLOURS["blue"]: _("blue"),
    COLOURS["green"]: _("green"),
    COLOURS["amber"]: _("amber"),
    COLOURS["plum"]: _("plum"),
    COLOURS["teal"]: _("teal"),
    COLOURS["red"]: _("red"),
    COLOURS["violet"]: _("violet"),
    COLOURS["slate"]: _("slate"),
}
#: What parts an example from its note.
NOTE = "||"
#: What an example begins with that shows what is not tagged.
NOT = "✗"


class LabelForm(forms.Form):
    """What one label means, with rows for its attributes and links. Its key is given once."""

    #: The label before the change, if it is not a new one, and whether work may have it.
    row: LabelDefinition | None = None
    is_published = False

    key = forms.RegexField(
        r"\A[^\x00-\x1f\x7f]+\Z",
        label=_("Key"),
        max_length=60,
        required=False,
        help_text=_("Stands in every file and never changes. Left empty, the name gives it."),
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    hotkey = forms.CharField(
        label=_("Hotkey"),
        max_length=1,
        required=False,
        help_text=_("One letter; F H M N O P S T U X do something else."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    colour = forms.ChoiceField(label=_("Colour"), required=False, widget=forms.RadioSelect)
    definition = ProseField(label=_("Definition"), max_length=20_000, rows=4)
    include = LinesField(label=_("Tag"), help_text=_("One a line."))
    exclude = LinesField(label=_("Do not tag"), help_text=_("One a line."))
    examples = LinesField(
        label=_("Examples"),
        help_text=_(
            "One a line, [what is tagged] in brackets; a note may follow after ||. A line that "
            "begins with ✗ shows what is not tagged."
        ),
    )
    retired = forms.BooleanField(
        label=_("Retired"),
        help_text=_("No longer given; spans that have it keep it."),
        required=False,
    )

    def __init__(self, *args, labels: list[dict[str, Any]], **kwargs):
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.attributes = declarations.AttributeFormSet(
            data,
            prefix=f"{self.prefix}-attributes",
            initial=declarations.shown(self.initial.get("attributes", [])),
        )
        self.links = declarations.LinkFormSet(
            data,
            prefix=f"{self.prefix}-links",
            initial=declarations.shown(self.initial.get("links", [])),
            form_kwargs={"labels": labels},
        )
        given = str(self.initial.get("colour", "")).lower()
        choices = dict(COLOUR_NAMES)
        if given and given not in choices:
            choices[given] = _("as it is")
        self.fields["colour"].choices = list(choices.items())
        # A new label that says nothing else is no label, whatever colour the browser sends.
        self.fields["colour"].has_changed = lambda initial, data: False

    @property
    def is_taken_out(self) -> bool:
        """Whether it is a label of the draft alone whose name and key were emptied."""
        given = self["name"].value(), self["key"].value()
        is_of_draft = self.row is not None and not self.is_published
        return is_of_draft and not any((text or "").strip() for text in given)

    def has_changed(self):
        if self.is_taken_out:
            return False
        return super().has_changed() or self.attributes.has_changed() or self.links.has_changed()

    def is_valid(self):
        # All three, so that everything that is wrong is said at once.
        return all([super().is_valid(), self.attributes.is_valid(), self.links.is_valid()])

    @property
    def is_faulty(self) -> bool:
        """Whether something is wrong in it or in one of its rows."""
        parts = (self, self.attributes, self.links)
        return self.is_bound and any(part.errors and any(part.errors) for part in parts)

    @property
    def declares(self) -> list[str]:
        """The names of its attributes and links in the version that is edited."""
        rows = [*self.initial.get("attributes", []), *self.initial.get("links", [])]
        return [row["name"] for row in rows]

    def clean(self):
        given = super().clean()
        if "key" not in self.errors and not given.get("key"):
            given["key"] = slugify(given.get("name", ""))[:60]
            if not given["key"] and given.get("name"):
                self.add_error("key", _("Give the label a key of letters and digits."))
        return given


class BaseLabelFormSet(forms.BaseFormSet):
    """The labels of ``edition`` in the order that was asked for, and empty parts for more."""

    ordering_widget = forms.HiddenInput

    def __init__(self, *args, edition: Edition, **kwargs):
        self.known = edition.content["labels"]
        self.rows = codebook.as_definitions(self.known)
        self.published = {label["key"] for label in edition.published["labels"]}
        super().__init__(
            *args,
            initial=[_shown(label) for label in self.known],
            form_kwargs={"labels": self.known},
            **kwargs,
        )

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["ORDER"].has_changed = lambda initial, data: False
        if index is not None and index < len(self.known):
            form.row = self.rows[index]
            form.is_published = form.row.label.key in self.published
            form.fields["key"].disabled = form.is_published
            form.empty_permitted = form.is_taken_out

    @property
    def filled(self) -> list[LabelForm]:
        """The parts that say something, in their order."""
        known = [form for form in self.in_order if form.row is not None or form.has_changed()]
        return [form for form in known if not form.is_taken_out]

    @property
    def in_order(self) -> list[LabelForm]:
        """All parts in the order that was asked for; those without a place come last."""
        return sorted(
            self.forms, key=lambda form: _number(str(form["ORDER"].value())) or float("inf")
        )

    @property
    def labels(self) -> list[dict[str, Any]]:
        """The labels as the action takes them; what this form does not show stays as it was."""
        before = {label["key"]: label for label in self.known}
        found = []
        for form in self.filled:
            given = {name: form.cleaned_data[name] for name in form.base_fields}
            given["attributes"] = declarations.declared(form.attributes)
            given["links"] = declarations.declared(form.links)
            known = before.get(given["key"], {}) if form.row is not None else {}
            if known and given["colour"] == known["colour"].lower():
                given["colour"] = known["colour"]
            given["examples"] = _examples(given["examples"], known.get("examples", []))
            found.append({**known, **given})
        return found

    def show(self, refusal: Refused) -> list[str]:
        """Put a refusal's faults beside their fields; return those that belong to none."""
        rest = []
        for error in refusal.errors:
            match = re.fullmatch(
                r"labels\.(\d+)\.(?:(attributes|links)\.(\d+)\.?)?(\w*)", error.get("field", "")
            )
            if match and int(match[1]) < len(self.filled):
                form = self.filled[int(match[1])]
                if match[2]:
                    form = declarations.named(getattr(form, match[2]))[int(match[3])]
                form.add_error(match[4] or "name", error["detail"])
            else:
                rest.append(error["detail"])
        return rest if refusal.errors else [str(refusal)]


class RuleForm(forms.Form):
    """A rule that holds across labels. Emptied, it is left out of the next version."""

    id = forms.CharField(label=_("Number"), max_length=40, required=False)
    text = ProseField(label=_("Rule"), max_length=5_000, rows=2)

    def clean(self):
        given = super().clean()
        if not self.errors and bool(given.get("id")) != bool(given.get("text")):
            self.add_error("text" if given.get("id") else "id", _("A rule has both."))
        return given


class PublishForm(forms.Form):
    """What the change means for work that has begun."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    draft = forms.IntegerField(widget=forms.HiddenInput)
    change = forms.ChoiceField(
        label=_("What kind of change is it?"), choices=Change.choices, widget=forms.RadioSelect
    )
    note = ProseField(
        label=_("What changed"),
        max_length=5_000,
        rows=2,
        help_text=_("Coders read it above the new version."),
    )


_LIMITS = {"extra": 1, "max_num": MOST, "absolute_max": MOST + 1, "validate_max": True}
LabelFormSet = forms.formset_factory(
    LabelForm, formset=BaseLabelFormSet, can_order=True, **_LIMITS
)
RuleFormSet = forms.formset_factory(RuleForm, **_LIMITS)


def rearranged(posted: QueryDict) -> QueryDict:
    """Return the data with room for what “Add” names, in the order that “Move” asks for."""
    data = posted.copy()
    added = data.get("add", "")
    count = _number(data.get(f"{added}-TOTAL_FORMS"))
    if count is not None:
        data[f"{added}-TOTAL_FORMS"] = str(count + 1)
        if added == "labels":
            for kind in ("attributes", "links"):
                data.update(
                    {f"labels-{count}-{kind}-{part}_FORMS": "0" for part in ("TOTAL", "INITIAL")}
                )
    which, _sign, way = data.get("move", "").partition("-")
    total = min(_number(data.get("labels-TOTAL_FORMS")) or 0, MOST)
    order = sorted(map(str, range(total)), key=lambda index: _place(data, index))
    if which in order:
        place = order.index(which)
        other = max(place - 1, 0) if way == "up" else min(place + 1, len(order) - 1)
        order[place], order[other] = order[other], order[place]
        for number, index in enumerate(order, start=1):
            data[f"labels-{index}-ORDER"] = str(number)
    return data


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 6 else None


def _place(data: QueryDict, index: str) -> float:
    return _number(data.get(f"labels-{index}-ORDER")) or float("inf")


def rules_of(formset: forms.BaseFormSet) -> list[dict[str, str]]:
    """Return the rules that a valid formset holds."""
    given = [form.cleaned_data for form in formset.forms]
    return [{"id": rule["id"], "text": rule["text"]} for rule in given if rule.get("id")]


def _shown(label: dict[str, Any]) -> dict[str, Any]:
    examples = [_line(one) for one in map(_whole, label["examples"])]
    return {**label, "colour": label["colour"].lower(), "examples": examples}


def _line(example: dict[str, Any]) -> str:
    sign = f"{NOT} " if example.get("not") else ""
    note = f" {NOTE} {example['note']}" if example.get("note") else ""
    return f"{sign}{example['text']}{note}"


def _whole(example: Any) -> dict[str, Any]:
    return example if isinstance(example, dict) else {"text": example}


def _examples(lines: list[str], before: list[Any]) -> list[Any]:
    """Read examples back; one that kept its text keeps what else is known of it."""
    known = {_whole(example)["text"].strip(): example for example in before}
    found = []
    for line in lines:
        text, _sign, note = (part.strip() for part in line.partition(NOTE))
        is_not = text.startswith(NOT)
        text = text.removeprefix(NOT).strip()
        if not text:
            continue
        earlier = known.get(text, text)
        extra = {k: v for k, v in _whole(earlier).items() if k not in {"text", "note", "not"}}
        said = ({"note": note} if note else {}) | ({"not": True} if is_not else {})
        is_plain = not said and not extra and not isinstance(earlier, dict)
        found.append(text if is_plain else {**extra, "text": text, **said})
    return found
