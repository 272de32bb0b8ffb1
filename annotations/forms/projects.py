from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.actions import projects
from annotations.models import Project


class ProjectForm(forms.Form):
    """What a project is called."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.RegexField(
        r"\A[a-z0-9][a-z0-9-]*\Z",
        label=_("Short name"),
        max_length=80,
        required=False,
        help_text=_("Part of every address, and it never changes. Left empty, the name gives it."),
        error_messages={"invalid": _("Use small letters, digits and hyphens.")},
    )
    description = forms.CharField(
        label=_("What it is about"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SettingsForm(forms.Form):
    """What the admins of a project decide for it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(
        label=_("What it is about"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    auto_decide = forms.ChoiceField(
        label=_("What is decided without a person"),
        choices=[
            ("unanimous", _("Spans that all coders marked identically")),
            ("majority", _("Also spans that more than half of the coders marked")),
            ("none", _("Nothing: every span is ruled on")),
        ],
    )
    auto_finish = forms.BooleanField(
        label=_("An article without disputes finishes by itself"), required=False
    )
    show_names = forms.BooleanField(
        label=_("Adjudicators see who coded what"),
        help_text=_("Otherwise coders appear as letters, shuffled for each article."),
        required=False,
    )
    adjudicate_own = forms.BooleanField(
        label=_("Adjudicators may rule on articles that they coded themselves"), required=False
    )
    feedback = forms.BooleanField(
        label=_("Coders see where they were overruled"),
        help_text=_("Once all their work in the batch is adjudicated."),
        required=False,
    )
    reasons = forms.CharField(
        label=_("Reasons to choose from when ruling"),
        help_text=_("One a line."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_reasons(self) -> list[str]:
        lines = self.cleaned_data["reasons"].splitlines()
        return [line.strip()[:200] for line in lines if line.strip()][:50]

    @classmethod
    def of(cls, project: Project) -> "SettingsForm":
        """Return the form filled in with what holds now."""
        settings = projects.DEFAULT_SETTINGS | project.settings
        texts = {"name": project.name, "description": project.description}
        return cls(initial={**settings, **texts, "reasons": "\n".join(settings["reasons"])})
