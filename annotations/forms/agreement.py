from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.enums import CardKind
from annotations.models import Batch, LabelDefinition


class ScopeForm(forms.Form):
    """What the figures are about; what makes no sense is passed over, and said by its field.

    ``batches`` say whether the person may know of them (``is_open_book``). Only ``open`` ones
    are offered; ``closed`` has the others.
    """

    batch = forms.UUIDField(label=_("Batch"), required=False, widget=forms.Select)
    label = forms.ChoiceField(label=_("Label"), required=False)

    def __init__(
        self, *args, batches: Iterable[Batch], labels: Iterable[LabelDefinition], **kwargs
    ):
        super().__init__(*args, **kwargs)
        known = {batch.uuid: batch for batch in batches}
        self.open = {uuid: batch for uuid, batch in known.items() if batch.is_open_book}
        self.closed = known.keys() - self.open.keys()
        self.labels = {definition.label.key: definition for definition in labels}
        self.fields["batch"].widget.choices = [
            ("", _("all batches")),
            *((str(uuid), batch.name) for uuid, batch in self.open.items()),
        ]
        self.fields["label"].choices = [
            ("", _("all labels")),
            *((key, definition.name) for key, definition in self.labels.items()),
        ]
        # The name of the first is a word of the language.
        for name, label in (("from", _("Handed in from")), ("to", _("Handed in until"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
            )

    def clean(self):
        given = super().clean()
        if given.get("from") and given.get("to") and given["to"] < given["from"]:
            self.add_error("to", _("This day comes before the first one."))
        return given

    @property
    def named(self) -> UUID | None:
        return self.cleaned_data.get("batch")

    @property
    def is_closed_book(self) -> bool:
        """Whether a batch is named of which the person may know nothing yet."""
        return self.named in self.closed

    @property
    def chosen(self) -> list[Batch]:
        return [batch for uuid, batch in self.open.items() if self.named in {None, uuid}]

    def query(self, but: str = "") -> str:
        """What the address of another page about the same keeps, with its ``&``.

        ``but`` is the field that is left out.
        """
        given = {n: value for n, value in self.cleaned_data.items() if value and n != but}
        return f"{urlencode(given)}&" if given else ""


class BehindForm(forms.Form):
    """Which cell of the page somebody wants to see behind; what makes no sense is passed over.

    ``a`` and ``b`` are two coders; ``one`` and ``other`` two labels that were mixed up, one of
    them empty where nothing was marked; ``coder`` with ``start`` and ``end`` is a stretch of
    somebody's work, with ``gold`` as compared with gold; ``word`` is disputed.
    """

    a = forms.CharField(max_length=400, required=False)
    b = forms.CharField(max_length=400, required=False)
    one = forms.CharField(max_length=60, required=False)
    other = forms.CharField(max_length=60, required=False)
    coder = forms.CharField(max_length=400, required=False)
    start = forms.DateTimeField(required=False)
    end = forms.DateTimeField(required=False)
    gold = forms.BooleanField(required=False)
    word = forms.CharField(max_length=200, required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        """What ``queries.agreement.ranked`` is asked for."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        wanted = {name: given[name] for name in ("start", "end", "word", "coder") if name in given}
        if "a" in given and "b" in given:
            wanted["pair"] = given["a"], given["b"]
        if "one" in given or "other" in given:
            wanted["labels"] = given.get("one"), given.get("other")
        if "coder" in given and "gold" in given:
            wanted["is_gold"] = True
        return wanted

    @property
    def in_queue(self) -> str:
        """What the adjudicator's queue is narrowed to, to show the disputes behind the cell."""
        wanted = self.wanted
        narrowed: dict[str, str | None] = {}
        if "pair" in wanted:
            narrowed["coder"], narrowed["against"] = wanted["pair"]
        elif "coder" in wanted:
            narrowed["coder"] = wanted["coder"]
        elif "labels" in wanted:
            one, other = wanted["labels"]
            narrowed["label"] = one or other
            narrowed["kind"] = CardKind.LABEL if one and other and one != other else None
        return urlencode({name: value for name, value in narrowed.items() if value})

    @property
    def query(self) -> str:
        """What the next page keeps, with its ``&``."""
        given = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return f"{urlencode(given)}&" if given else ""
