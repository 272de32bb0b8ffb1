import re
from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.algorithms import keys
from annotations.models import User

COMMAND_NAMES = {
    "grow": _("Grow to the sentence"),
    "tag-all": _("Tag the same words everywhere"),
    "delete": _("Delete the open span"),
    "undo": _("Undo"),
    "note": _("Note on a span"),
    "details": _("Details of a span"),
    "next-span": _("Next span"),
    "previous-span": _("Previous span"),
    "switch-edge": _("Move the other edge"),
    "codebook": _("Codebook entry"),
    "flag": _("Flag the article"),
}


class PreferencesForm(forms.Form):
    """How a person works on the annotation page: the caret, and the single keys."""

    caret = forms.ChoiceField(
        label=_("Caret"),
        choices=[
            ("cell", _("The current word is always selected, and the arrows move by word")),
            ("standard", _("The browser’s own caret: the arrows move by character")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Some screen readers and braille displays follow the browser’s caret better."),
    )
    has_letters = forms.BooleanField(
        label=_("Single keys tag and command"),
        required=False,
        help_text=_(
            "Switch them off if you dictate, or if stray keys trouble you: "
            "everything has a button too."
        ),
    )

    first_steps = forms.BooleanField(
        label=_("Show the first steps over the article"),
        required=False,
        help_text=_("A strip that has you try the most needed keys once, one after another."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        held = user.coding_preferences
        initial = {
            "caret": held.get("caret", "cell"),
            "has_letters": held.get("has_letters", True),
            "first_steps": held.get("first_steps", True),
        }
        letters = keys.letters_of(held.get("keys", {}))
        super().__init__(data, initial=initial | letters)
        for command, name in COMMAND_NAMES.items():
            self.fields[command] = forms.CharField(label=name, max_length=1, required=True)

    @property
    def key_fields(self) -> list[forms.BoundField]:
        return [self[command] for command in COMMAND_NAMES]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        letters = {
            command: given[command].lower() for command in COMMAND_NAMES if command in given
        }
        often = Counter(letters.values())
        for command, letter in letters.items():
            if not re.fullmatch("[a-z]", letter):
                self.add_error(command, _("Choose a letter from A to Z."))
            elif often[letter] > 1:
                self.add_error(command, _("This letter is given to another command too."))
        return given

    @property
    def wanted(self) -> dict[str, Any]:
        """What the action keeps: only what differs from what everybody has."""
        given = self.cleaned_data
        moved = {
            command: given[command].lower()
            for command, usual in keys.LETTERS.items()
            if given[command].lower() != usual
        }
        kept = ("caret", "has_letters", "first_steps")
        return {name: given[name] for name in kept} | {"keys": moved}
