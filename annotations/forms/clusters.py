from django import forms
from django.utils.translation import gettext_lazy as _

MOST_AT_ONCE = 200


class ClusterSearchForm(forms.Form):
    """What the list of clusters can be narrowed by."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Words of a title")}),
    )


class LookForm(forms.Form):
    """Which two versions are looked at side by side, and what is looked for to be put in."""

    base = forms.UUIDField(required=False)
    version = forms.UUIDField(required=False)
    find = forms.CharField(
        label=_("Search all articles"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class CorrectionForm(forms.Form):
    """One correction of a cluster: what is done, and with which articles or cluster."""

    do = forms.ChoiceField(choices=[(do, do) for do in ("take_out", "put_in", "split", "merge")])
    article = forms.CharField(required=False, widget=forms.MultipleHiddenInput)
    other = forms.CharField(label=_("Name of the other cluster"), required=False, max_length=200)

    def clean_article(self):
        given = self.data.getlist("article")[: MOST_AT_ONCE + 1]
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("These are too many at once."))
        return [forms.UUIDField().clean(one) for one in given]
