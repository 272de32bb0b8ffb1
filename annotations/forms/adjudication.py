from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotations.enums import CardKind
from annotations.models import Project, Task, User
from annotations.queries import agreement, codebook, disputes


class QueueForm(forms.Form):
    """Which articles to show of the adjudicator's queue. What makes no sense is passed over."""

    batch = forms.ChoiceField(label=_("Batch"), required=False)
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
        batches = disputes.batches_of(tasks).values_list("uuid", "name")
        named = [(str(uuid), name) for uuid, name in batches]
        self.fields["batch"].choices = [("", _("any")), *named]
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
        """Keep the tasks that have what was asked for, but for the batch all of it on one card."""
        wanted = self.wanted
        if "batch" in wanted:
            tasks = tasks.filter(batch__uuid=wanted.pop("batch"))
        coders = [self.coders[wanted.pop(name)] for name in ("coder", "against") if name in wanted]
        return disputes.with_card(tasks, **wanted, coders=coders)
