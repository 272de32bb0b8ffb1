"""What an admin fills in to ask for a release."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.models import Batch, Project, User
from exports.formats import DERIVED
from exports.recipe import Recipe

SPLITS = ("train", "dev", "test")
INCLUDE = {
    "gold": (["gold"], _("Gold: adjudicated articles only")),
    "both": (["gold", "codings"], _("Gold and each coder’s own spans")),
    "codings": (
        ["codings"],
        _("Coders’ spans only, unadjudicated articles too: for admins with no part in them"),
    ),
}


class ErasureForm(forms.Form):
    """The name once more, typed, because it is gone afterwards and can't be brought back."""

    username = forms.CharField(label=_("Type the user name to confirm"), max_length=150)

    def __init__(self, *args: Any, person: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["username"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_username(self) -> str:
        if self.cleaned_data["username"] != self.person.username:
            raise forms.ValidationError(_("This is not the user name of the person."))
        return self.cleaned_data["username"]


class RetractionForm(forms.Form):
    """Why a release is taken back. The action says so if nothing is given."""

    reason = forms.CharField(required=False, max_length=2_000)


class DifferenceForm(forms.Form):
    """What the page of a difference shows; whatever makes no sense is as good as not given."""

    KINDS = ("added", "removed", "changed")

    since = forms.UUIDField(required=False)
    show = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS], required=False)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    @property
    def asked(self) -> dict[str, Any]:
        """Return the fields that have a value."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ReleaseForm(forms.Form):
    """Mirrors the recipe; what can't be built is said by the action."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("What it will be cited as. The number is given by the workbench."),
    )
    batches = forms.ModelMultipleChoiceField(
        label=_("Batches"),
        queryset=Batch.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    include = forms.ChoiceField(
        label=_("What goes in"),
        choices=[(value, label) for value, (_parts, label) in INCLUDE.items()],
        initial="gold",
        widget=forms.RadioSelect,
    )
    formats = forms.MultipleChoiceField(
        label=_("Other formats"),
        choices=[(name, format.TITLE) for name, format in DERIVED.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The records are always written as JSONL, which says all. The release tells what "
            "another format can’t say."
        ),
    )
    outlet = forms.CharField(label=_("Outlet"), max_length=400, required=False)
    language = forms.CharField(label=_("Language"), max_length=100, required=False)
    published_from = forms.DateField(label=_("Published from"), required=False)
    published_to = forms.DateField(label=_("Published to"), required=False)
    train = forms.DecimalField(label=_("Train, %"), min_value=0, max_value=100, required=False)
    dev = forms.DecimalField(label=_("Dev, %"), min_value=0, max_value=100, required=False)
    test = forms.DecimalField(label=_("Test, %"), min_value=0, max_value=100, required=False)
    stratify = forms.BooleanField(
        label=_("Give each split the same mix of outlets"), required=False
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=0,
        min_value=0,
        max_value=2**53,
        help_text=_("Decides the splits and the coders’ numbers. The same seed, the same bytes."),
    )
    text = forms.BooleanField(
        label=_("Include the texts"),
        initial=True,
        required=False,
        help_text=_("Without them, only offsets and hashes leave: for texts with rights."),
    )
    real_names = forms.BooleanField(
        label=_("Show coders’ names"),
        required=False,
        help_text=_("Only admins can see such a release."),
    )

    def __init__(self, *args, project: Project, **kwargs):
        super().__init__(*args, **kwargs)
        batches = Batch.objects.published().filter(project=project, is_training=False)
        self.fields["batches"].queryset = batches.order_by("-created_at", "pk")
        for name in ("published_from", "published_to"):
            self.fields[name].widget.input_type = "date"

    @property
    def recipe(self) -> Recipe:
        given = self.cleaned_data
        wanted = {
            "outlet": given["outlet"],
            "language": given["language"],
            "from": given["published_from"],
            "to": given["published_to"],
        }
        shares = {name: float(Decimal(given[name]) / 100) for name in SPLITS if given[name]}
        chosen = [str(batch.uuid) for batch in given["batches"]]
        return Recipe(
            batches=chosen or None,
            filter={name: str(value) for name, value in wanted.items() if value},
            formats=["jsonl", *given["formats"]],
            include=INCLUDE[given["include"]][0],
            splits=shares or None,
            stratify="outlet" if given["stratify"] else None,
            seed=given["seed"],
            text=given["text"],
            real_names=given["real_names"],
        )

    def add_faults(self, faults: list[dict[str, str]]) -> None:
        """Show what the action found wrong, beside the field where there is one."""
        fields = {
            "splits": "train",
            "filter.from": "published_from",
            **{name: name for name in self.fields},
        }
        for fault in faults:
            self.add_error(fields.get(fault["field"]), fault["detail"])
