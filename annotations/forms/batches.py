from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from annotations.enums import JobState, Order, Priority, Role, Strategy, Versions
from annotations.forms.articles import SearchForm
from annotations.models import Article, Project, SourceFile
from annotations.queries.batch_plan import Wish

SEARCH = "search"
IDS = "ids"
ARTICLES_LISTED = 300
BATCHES_LISTED = 100
NAMES_LISTED = 200

#: The choice among batches that means none of them.
UNBATCHED = "none"


class BatchForm(forms.Form):
    """Which articles, to whom, how. ``wish`` is what the planner takes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    source = forms.ChoiceField(
        label=_("How to choose them"),
        choices=[(SEARCH, _("by a search")), (IDS, _("by hand"))],
        initial=SEARCH,
        required=False,
        widget=forms.RadioSelect,
    )
    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=400,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("All of them in title, key or text")}
        ),
    )
    outlet = forms.CharField(
        label=_("Outlet"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"list": "outlets", "placeholder": _("any")}),
    )
    language = forms.CharField(
        label=_("Language"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "languages", "placeholder": _("any")}),
    )
    to = forms.DateField(
        label=_("Published until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    batch = forms.ChoiceField(label=_("In a batch"), required=False)
    cluster = forms.CharField(label=_("Story"), required=False, max_length=200)
    versions = forms.ChoiceField(
        label=_("Versions of one story"),
        choices=[("", _("as they are found")), *Versions.choices],
        required=False,
    )
    sample = forms.IntegerField(
        label=_("Only so many"),
        min_value=1,
        max_value=10**6,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": _("all")}),
    )
    order = forms.ChoiceField(label=_("Order"), choices=Order.choices, required=False)
    coders = forms.MultipleChoiceField(label=_("Who"), widget=forms.CheckboxSelectMultiple)
    coders_per_article = forms.IntegerField(
        label=_("Coders per article"), min_value=1, max_value=50, initial=2
    )
    overlap = forms.IntegerField(
        label=_("… for this share of them, %"),
        min_value=0,
        max_value=100,
        initial=100,
        required=False,
    )
    strategy = forms.ChoiceField(
        label=_("How they get their articles"),
        choices=Strategy.choices,
        initial=Strategy.BALANCED,
        required=False,
        widget=forms.RadioSelect,
    )
    one_per_cluster = forms.BooleanField(
        label=_("Nobody gets two versions of one story"),
        required=False,
        help_text=_("Articles that can’t be placed so are named before anything is made."),
    )
    due = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    hours_a_day = forms.FloatField(
        label=_("Hours a day, to plan with"),
        min_value=0.25,
        max_value=24,
        initial=4,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.25"}),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        empty_value=Priority.NORMAL,
        initial=Priority.NORMAL,
        required=False,
    )
    suggestions = forms.BooleanField(
        label=_("Coders see suggestions"),
        required=False,
        help_text=_(
            "Spans that an import brought as suggestions, to accept or to refuse. They speed up "
            "coding, and pull coders towards them: leave this off where agreement is measured."
        ),
    )
    training = forms.BooleanField(
        label=_("This is training"),
        required=False,
        help_text=_(
            "Only articles whose gold is there; every coder codes all of them and sees at once "
            "what differs. Nothing of it enters gold, releases or agreement."
        ),
    )
    checks = forms.IntegerField(
        label=_("Check articles"),
        min_value=0,
        max_value=1000,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": _("none")}),
    )
    required_f1 = forms.FloatField(
        label=_("Required strict F1 with gold"),
        min_value=0.001,
        max_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.01", "placeholder": _("any")}),
    )
    required_articles = forms.IntegerField(
        label=_("… over so many training articles"),
        min_value=1,
        max_value=1000,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": "–"}),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=0,
        min_value=-(2**53),
        max_value=2**53,
        required=False,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        coders = project.members.current().people().filter(roles__contains=[Role.CODER])
        names = coders.order_by("user__username").values_list("user__username", flat=True)
        self.fields["coders"].choices = [(name, name) for name in names]
        self.fields["batch"].choices = list(_batches(project))
        self.fields["from"] = forms.DateField(
            label=_("Published from"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
        )
        self.fields["import"] = forms.ChoiceField(
            label=_("Import"), required=False, choices=[("", _("any")), *_imports(project)]
        )
        self.fields["ids"] = forms.MultipleChoiceField(
            label=_("Articles picked"),
            required=False,
            choices=list(_articles(project)),
            widget=forms.CheckboxSelectMultiple,
        )
        self._project = project

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The outlets and the languages that articles have, to choose from."""
        return _names(self._project)

    @staticmethod
    def initial_for(search: SearchForm) -> dict[str, Any]:
        """Return what the form begins with to take over a search of the articles."""
        return {name: str(value) for name, value in search.wanted.items()}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("source") == IDS and not given.get("ids") and "ids" not in self.errors:
            self.add_error("ids", _("Say which articles."))
        asked = ("required_f1", "required_articles")
        if not self.errors.keys() & set(asked):
            for name, other in (asked, asked[::-1]):
                if given.get(name) is None and given.get(other) is not None:
                    self.add_error(name, _("Say both: how well, and over how many articles."))
        return given

    @property
    def hours(self) -> float:
        """How long each coder is expected to work a day; the plan's, not the batch's."""
        return self.cleaned_data["hours_a_day"] or self.fields["hours_a_day"].initial

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(
            name=given.get("name", ""),
            articles=self._asked,
            coders=given["coders"],
            coders_per_article=given["coders_per_article"],
            overlap=1.0 if given["overlap"] is None else given["overlap"] / 100,
            strategy=given["strategy"] or Strategy.BALANCED,
            order=given["order"] or Order.IMPORTED,
            one_per_cluster=given["one_per_cluster"],
            suggestions=given["suggestions"],
            training=given["training"],
            checks=given["checks"] or 0,
            required_f1=given["required_f1"],
            required_articles=given["required_articles"],
            priority=given["priority"],
            due=given["due"],
            seed=given["seed"] or 0,
        )

    @property
    def _asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        versions = {"clusters": given["versions"]} if given["versions"] else {}
        if given["source"] == IDS:
            return {"ids": given["ids"], **versions}
        names = ("q", "outlet", "language", "from", "to", "cluster", "import", "batch")
        search = {name: given[name] for name in names if given[name]}
        if search.get("batch") == UNBATCHED:
            del search["batch"]
            search["unbatched"] = True
        sample = {"sample": given["sample"]} if given["sample"] else {}
        return {"search": search, **sample, **versions}


def _imports(project: Project):
    has_some = Exists(Article.objects.filter(import_job=OuterRef("pk")))
    first = SourceFile.objects.filter(import_job=OuterRef("pk")).order_by("position")
    ready = project.imports.filter(has_some, state=JobState.READY)
    named = ready.annotate(file=Subquery(first.values("name")[:1])).order_by("-created_at")
    for uuid, at, count, file in named.values_list("uuid", "created_at", "created", "file"):
        told = ngettext(
            "%(file)s, %(when)s (%(count)s article)",
            "%(file)s, %(when)s (%(count)s articles)",
            count,
        )
        when = f"{at:%Y-%m-%d %H:%M}"
        yield str(uuid), told % {"file": file or "–", "when": when, "count": count}


def _batches(project: Project):
    yield "", _("any or none")
    yield UNBATCHED, _("in none yet")
    latest = project.batches.published().order_by("-created_at", "-pk")
    for uuid, name in latest.values_list("uuid", "name")[:BATCHES_LISTED]:
        yield str(uuid), _("in “%(name)s”") % {"name": name}


def _articles(project: Project):
    found = Article.objects.published().filter(project=project, withdrawn_at=None)
    for article in found.only("uuid", "key", "meta").order_by("-pk")[:ARTICLES_LISTED]:
        yield str(article.uuid), article.title


def _names(project: Project) -> dict[str, list[str]]:
    found = (
        Article.objects.published()
        .filter(project=project)
        .order_by()
        .values_list(KeyTextTransform("outlet", "meta"), KeyTextTransform("language", "meta"))
        .distinct()[:NAMES_LISTED]
    )
    both = list(found)
    return {
        "outlets": sorted({outlet for outlet, _language in both if outlet}),
        "languages": sorted({language for _outlet, language in both if language}),
    }
