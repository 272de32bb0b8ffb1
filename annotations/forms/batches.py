from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from annotations.enums import JobState, Role, Strategy
from annotations.models import Article, Project
from annotations.queries.batch_plan import Wish

ALL = "all"
IMPORT = "import"
SAMPLE = "sample"
IDS = "ids"
ARTICLES_LISTED = 300


class BatchForm(forms.Form):
    """Which articles, to whom, how. ``wish`` is what the planner takes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    source = forms.ChoiceField(
        label=_("Articles"),
        choices=[
            (ALL, _("all of the project")),
            (IMPORT, _("those of one import")),
            (SAMPLE, _("a random sample")),
            (IDS, _("picked by hand")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )
    sample = forms.IntegerField(label=_("How many"), min_value=1, required=False)
    coders = forms.MultipleChoiceField(label=_("Coders"), widget=forms.CheckboxSelectMultiple)
    coders_per_article = forms.IntegerField(
        label=_("Coders per article"), min_value=1, max_value=50, initial=2
    )
    strategy = forms.ChoiceField(
        label=_("How they get their articles"),
        choices=Strategy.choices,
        initial=Strategy.BALANCED,
        required=False,
        widget=forms.RadioSelect,
    )
    due = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    one_per_cluster = forms.BooleanField(
        label=_("Nobody gets two versions of one story"),
        required=False,
        help_text=_("Articles that can't be placed so are named before anything is made."),
    )
    suggestions = forms.BooleanField(
        label=_("Coders see suggestions"),
        required=False,
        help_text=_(
            "Spans that an import brought as suggestions, to accept or to refuse. They speed up "
            "coding, and pull coders towards them: leave this off where agreement is measured."
        ),
    )
    seed = forms.IntegerField(label=_("Seed"), initial=0, min_value=-(2**53), max_value=2**53)

    def __init__(self, *args, project: Project, **kwargs):
        super().__init__(*args, **kwargs)
        coders = project.members.current().people().filter(roles__contains=[Role.CODER])
        names = coders.order_by("user__username").values_list("user__username", flat=True)
        self.fields["coders"].choices = [(name, name) for name in names]
        self.fields["import"] = forms.ChoiceField(
            label=_("Import"), required=False, choices=list(_imports(project))
        )
        self.fields["ids"] = forms.MultipleChoiceField(
            label=_("Articles picked"),
            required=False,
            choices=list(_articles(project)),
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self):
        given = super().clean()
        source = given.get("source")
        is_missing = source in {SAMPLE, IMPORT, IDS} and not given.get(source)
        if is_missing and source not in self.errors:
            self.add_error(source, _("Say which articles."))
        return given

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        source = given["source"]
        return Wish(
            name=given.get("name", ""),
            articles={source: given[source] if source != ALL else True},
            coders=given["coders"],
            coders_per_article=given["coders_per_article"],
            strategy=given["strategy"] or Strategy.BALANCED,
            one_per_cluster=given["one_per_cluster"],
            suggestions=given["suggestions"],
            due=given["due"],
            seed=given["seed"],
        )


def _imports(project: Project):
    ready = project.imports.filter(state=JobState.READY)
    for job in ready.annotate(n=Count("articles")).filter(n__gt=0).order_by("-created_at"):
        when = f"{job.created_at:%Y-%m-%d %H:%M}"
        yield str(job.uuid), _("%(when)s (%(count)s articles)") % {"when": when, "count": job.n}


def _articles(project: Project):
    found = Article.objects.published().filter(project=project, withdrawn_at=None)
    for article in found.defer("text").order_by("-pk")[:ARTICLES_LISTED]:
        yield str(article.uuid), article.title
