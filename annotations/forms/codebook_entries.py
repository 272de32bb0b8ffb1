"""A ruling that becomes an example or a rule in the codebook's draft."""

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.algorithms.examples import LONGEST
from annotations.forms.codebook import NOT, NOTE
from annotations.forms.lines import ProseField
from annotations.queries.codebook_entries import Proposal

KINDS = {
    "example": _("An example: this is what is tagged"),
    "not": _("An example: this is not tagged"),
    "rule": _("A rule"),
}


class EntryForm(forms.Form):
    """What it becomes; each kind has fields of its own."""

    kind = forms.ChoiceField(
        label=_("What it becomes"), choices=KINDS.items(), widget=forms.RadioSelect
    )
    label = forms.ChoiceField(label=_("Label"), required=False)
    example = ProseField(
        label=_("The text, [what is tagged] in brackets"), rows=3, max_length=LONGEST
    )
    number = forms.CharField(label=_("Number"), max_length=40, required=False)
    text = ProseField(label=_("Rule"), rows=3, max_length=5_000)
    note = ProseField(label=_("Note"), rows=2, max_length=2_000)

    def __init__(self, *args, proposal: Proposal, **kwargs):
        kind = "rule" if proposal.is_rule else "not" if proposal.is_not else "example"
        initial = {
            "kind": kind,
            "label": proposal.label,
            "example": proposal.text,
            "number": proposal.number,
            "text": proposal.note,
            "note": proposal.note[:2_000],
        }
        super().__init__(*args, initial=initial, auto_id="entry-%s", **kwargs)
        self.fields["label"].choices = proposal.labels

    def clean(self):
        given = super().clean()
        kind = given.get("kind")
        wanted = {"rule": ("number", "text"), None: ()}.get(kind, ("label", "example"))
        for name in wanted:
            if name not in self.errors and not given.get(name, "").strip():
                self.add_error(name, _("This is needed here."))
        example = given.get("example", "")
        if kind != "rule" and (NOTE in example or example.lstrip().startswith(NOT)):
            said = _("An example can’t have %(note)s in it or begin with %(sign)s.")
            self.add_error("example", said % {"note": NOTE, "sign": NOT})
        return given
