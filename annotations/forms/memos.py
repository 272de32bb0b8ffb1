"""A coder's question about words of an article, and the admin's answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotations.forms.lines import ProseField
from annotations.queries.coding import SpanRow


class AskForm(forms.Form):
    """What the question is about: one of the coder's own spans, or other words of the text."""

    span = forms.ChoiceField(label=_("About which span?"), required=False)
    words = forms.CharField(
        label=_("Or about which other words?"),
        max_length=1_000,
        required=False,
        help_text=_("As they stand in the article; of several such places, the first is meant."),
    )
    label = forms.ChoiceField(label=_("And which label?"), required=False)
    text = ProseField(label=_("Your question"), rows=4, max_length=4_000)

    def __init__(
        self,
        *args,
        article: str,
        spans: Sequence[SpanRow],
        labels: Sequence[tuple[str, str]],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.article = article
        self.spans = {span["id"]: span for span in spans}
        names = dict(labels)
        shown = [
            (span["id"], f"{names.get(span['label'], span['label'])}: {span['quote'][:80]}")
            for span in spans
        ]
        self.fields["span"].choices = [("", _("none of them")), *shown]
        self.fields["label"].choices = [("", _("that of the span, or none")), *labels]
        self.fields["text"].required = True

    def clean(self):
        given = super().clean()
        if "span" in self.errors or "words" in self.errors:
            return given
        span = self.spans.get(given.get("span", ""))
        if span is None:
            start = self.article.find(given["words"]) if given.get("words") else -1
            if start < 0:
                said = _("Choose a span, or write words that stand in the article.")
                self.add_error("words", said)
                return given
            span = {"start": start, "end": start + len(given["words"]), "label": ""}
        given["about"] = {
            "start": span["start"],
            "end": span["end"],
            "label": given.get("label") or span["label"],
        }
        return given


class AnswerForm(forms.Form):
    """The answer, with the question as its readers see it."""

    asked = ProseField(
        label=_("The question, as the coders read it"),
        rows=3,
        max_length=4_000,
        help_text=_("In your own words: nobody is to guess who asked, or what somebody coded."),
    )
    answer = ProseField(label=_("Answer"), rows=3, max_length=4_000)
    readers = forms.ChoiceField(
        label=_("Who reads it"),
        choices=[("all", _("everybody in the project")), ("one", _("only who asked"))],
        widget=forms.RadioSelect,
        initial="all",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["asked"].required = self.fields["answer"].required = True


class SearchForm(forms.Form):
    """What to look for among the answers."""

    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
