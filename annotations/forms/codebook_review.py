"""Which spans of an earlier meaning to show, and which of them to give to review."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.forms.lines import ProseField
from annotations.queries.codebook_review import Standing, Touched


class ReviewFilterForm(forms.Form):
    """What to show; what makes no sense is passed over."""

    batch = forms.ChoiceField(label=_("Batch"), required=False)
    label = forms.ChoiceField(label=_("Label"), required=False)
    standing = forms.ChoiceField(
        choices=Standing.choices, required=False, widget=forms.HiddenInput
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args, counts: Sequence[Touched], labels: Sequence[tuple[str, str]], **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.counts = counts
        self.batches = {str(one.batch.uuid): one.batch.uuid for one in counts}
        named = [(str(one.batch.uuid), one.batch.name) for one in counts]
        self.fields["batch"].choices = [("", _("all batches")), *named]
        self.fields["label"].choices = [("", _("all labels")), *labels]
        self.full_clean()

    @property
    def wanted_standing(self) -> str:
        """What is asked for, else what there is; the earliest work first."""
        there = (
            one for one in Standing.values if any(touched.pieces[one] for touched in self.counts)
        )
        return self.cleaned_data.get("standing") or next(there, Standing.PROGRESS)

    @property
    def wanted_batch(self) -> UUID | None:
        return self.batches.get(self.cleaned_data.get("batch", ""))

    @property
    def wanted_label(self) -> str:
        return self.cleaned_data.get("label", "")

    @property
    def query(self) -> str:
        """What the address of another page keeps, with its ``&``."""
        given = {name: self.cleaned_data.get(name) for name in ("batch", "label")}
        kept = {name: value for name, value in given.items() if value}
        return f"{urlencode(kept)}&" if kept else ""


class ReviewForm(forms.Form):
    """Those that are ticked, or all that the filters leave, and what their coders are told."""

    scope = forms.ChoiceField(choices=[("ticked", ""), ("all", "")], required=False)
    note = ProseField(label=_("What to look at"), rows=3, max_length=10_000)
    is_confirmed = forms.BooleanField(required=False)

    @property
    def chosen(self) -> list[UUID] | None:
        """What is ticked; none of it is said where all is meant."""
        if self["scope"].value() == "all":
            return None
        return [one for given in self.data.getlist("chosen") if (one := _uuid(given))]


def _uuid(given: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(given)
    return None
