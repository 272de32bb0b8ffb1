from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.enums import Priority, Strategy
from annotations.models import Batch

MOST_A_DAY = 1_000
LONGEST_LEASE = 365

LEASE_HELP = {
    Strategy.POOL: _(
        "An article on which its coder has done nothing for so many days goes back to the pool. "
        "What was saved is kept. Left empty, nobody loses an article."
    ),
    Strategy.BALANCED: _(
        "A coder who has done nothing in this batch for so many days is reminded; the articles "
        "stay where they are. Left empty, nobody is reminded."
    ),
}


class BatchSettingsForm(forms.Form):
    """What the admins set for a batch, also while it is under way."""

    name = forms.CharField(label=_("Name"), max_length=200)
    due = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        help_text=_("Coders are given articles of the batch with the highest priority first."),
    )
    daily_quota = forms.IntegerField(
        label=_("Articles a day for each coder"),
        min_value=1,
        max_value=MOST_A_DAY,
        required=False,
        help_text=_(
            "Nobody is given more than that a day; what is begun can always be finished. "
            "Left empty, there is no limit."
        ),
    )
    lease_days = forms.IntegerField(
        label=_("Days until work counts as abandoned"),
        min_value=1,
        max_value=LONGEST_LEASE,
        required=False,
    )

    def __init__(self, *args, batch: Batch, **kwargs):
        now = {name: getattr(batch, name) for name in self.base_fields}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["lease_days"].help_text = LEASE_HELP[Strategy(batch.strategy)]
