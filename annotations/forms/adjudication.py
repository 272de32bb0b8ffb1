from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotations.enums import CardKind
from annotations.models import Project, Task, User
from annotations.queries import agreement, codebook, disputes


class QueueForm(forms.Form):
    """Which articles to show of the adjudicator's queue. What makes no sense is passed over."""

    kind = forms.ChoiceField(label=_("Dispute"), required=False)
    label = forms.ChoiceField(label=_("Label"), required=False)
    coder = forms.ChoiceField(label=_("Coder"), required=False)
    against = forms.ChoiceField(label=_("Differs from"), required=False)

    def __init__(self, *args, project: Project, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", _("any")),
            *(
                (kind.value, kind.label)
                for kind in CardKind
                if kind not in {CardKind.AGREED, CardKind.ADDED}
            ),
        ]
        labels = codebook.definitions(codebook.current(project))
        self.fields["label"].choices = [
            ("", _("any")),
            *((definition.label.key, definition.name) for definition in labels),
        ]

        tasks = Task.objects.visible_to(user).filter(batch__project=project)
        called = agreement.called(project, user)
        #: The member UUID of everybody whose work can be asked for, by what they are called here.
        self.coders = {called[coder]: coder for coder in disputes.coders_in(tasks)}
        for name in ("coder", "against"):
            self.fields[name].choices = [("", _("any")), *((c, c) for c in sorted(self.coders))]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that were set, as an address has them."""
        self.full_clean()
        return {name: given for name, given in self.cleaned_data.items() if given}

    def narrowed(self, tasks: QuerySet[Task]) -> QuerySet[Task]:
        """Keep the tasks that have what was asked for, all of it on one card."""
        wanted = self.wanted
        coders = [self.coders[wanted.pop(name)] for name in ("coder", "against") if name in wanted]
        return disputes.with_card(tasks, **wanted, coders=coders)
