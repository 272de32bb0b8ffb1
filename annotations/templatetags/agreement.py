"""What agreement figures say in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotations.models import LabelDefinition
from annotations.queries.codebook import in_codebook_order
from annotations.templatetags.workbench import label_chip

register = template.Library()
register.filter(in_codebook_order)

Figure = Mapping[str, Any]

#: What is customarily asked of α: of data to rely on, and of data for tentative conclusions
#: (Krippendorff 2019, Content Analysis, 4th edition, chapter 12).
RELIABLE, TENTATIVE = 0.8, 0.667

#: With fewer articles an interval is a rough one.
FEW = 10

WHY = {
    "pending": gettext_lazy("Not computed yet."),
    "no_articles": gettext_lazy("No article was handed in by two coders."),
    "no_characters": gettext_lazy("No text counts here: all of it is site furniture."),
    "one_category": gettext_lazy(
        "Everybody did the same everywhere, so there is no chance to correct for."
    ),
    "no_spans": gettext_lazy("Nobody marked anything here."),
    "no_pairs": gettext_lazy("No two coders share an article."),
    "no_overlap": gettext_lazy("No spans of two coders meet."),
    "too_few_units": gettext_lazy("Spans of two coders meet too seldom to say what chance gives."),
    "all_labels_only": gettext_lazy("This figure compares labels, and you look at one only."),
}


@register.filter
def three(value: float | None) -> str:
    """Write a figure with its three decimals; a dash where there is none."""
    return "–" if value is None else floatformat(value, 3)


@register.filter
def why(code: str) -> str:
    """Say why a figure can't be given."""
    return str(WHY.get(code, _("This figure can’t be given here.")))


@register.filter
def in_words(figure: Figure | float) -> str:
    """Write a figure, or why there is none, as plain text."""
    value = figure if isinstance(figure, int | float) else figure["value"]
    return why(figure["na"]) if value is None else three(value)


@register.filter
def figure(given: Figure | float) -> SafeString:
    """Write a figure for the cell of a table: the reason for having none is a small one."""
    if isinstance(given, int | float) or given["value"] is not None:
        return format_html("{}", in_words(given))
    return format_html('<span class="why">{}</span>', in_words(given))


@register.filter
def signed(change: float) -> str:
    """Write how far a figure went up or down."""
    sign = "±" if not round(change, 3) else "−" if change < 0 else "+"
    return f"{sign}{three(abs(change))}"


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """Return what a mapping has under a key that only the page knows."""
    return mapping.get(key)


@register.filter
def per_cent(share: float) -> str:
    """Write a share of one in per cent, as an attribute of a drawing takes it."""
    return f"{100 * min(1.0, max(0.0, share)):.2f}%"


@register.simple_tag
def alpha_reading(alpha: Figure) -> dict[str, str]:
    """Return what α means: in a few words (``verdict``), and in a sentence (``reading``)."""
    value, low = alpha["value"], alpha.get("low", -1.0)
    said = _of_one_article(value) if "low" not in alpha else ""
    if value <= 0:
        verdict = _("No better than chance")
        reading = _(
            "Coders who marked as much as these did, but at random, would agree as often. Look for"
            " a mistake first: two versions of the codebook, or articles mixed up."
        )
    elif value < TENTATIVE and low <= 0:
        verdict = _("Not told from chance")
        reading = _(
            "The interval reaches down to where chance would bring it. Code more articles."
        )
    elif value < TENTATIVE:
        verdict = _("Better than chance, but too low to rely on")
        reading = _(
            "Data with an α below 0.667 are customarily not relied on. The ladder shows where the"
            " coders part: mend the codebook there, then have a few articles coded anew."
        )
    elif value < RELIABLE and low < TENTATIVE:
        verdict = _("Tentative at best")
        reading = _(
            "α lies between 0.667 and 0.800, customarily enough for tentative conclusions; but its"
            " interval reaches below that."
        )
    elif value < RELIABLE:
        verdict = _("Good enough for tentative conclusions")
        reading = _("α lies between 0.667 and 0.800, and its interval not below that.")
    elif low < RELIABLE:
        verdict = _("High, but not settled")
        reading = _(
            "α lies above 0.800, what is customarily asked of data to rely on; but its interval"
            " reaches below that. More articles would settle it."
        )
    else:
        verdict = _("High enough to rely on, by the customary bound")
        reading = _(
            "α lies above 0.800, what is customarily asked of data to rely on, and so does its"
            " whole interval."
        )
    return {"verdict": verdict, "reading": said or reading}


def _of_one_article(value: float) -> str:
    """Say where α lies when there is no interval that could reach anywhere."""
    if value <= 0:
        return ""
    if value < TENTATIVE:
        return _("α lies below 0.667, and data with such an α are customarily not relied on.")
    if value < RELIABLE:
        return _("α lies between 0.667 and 0.800, customarily enough for tentative conclusions.")
    return _("α lies above 0.800, what is customarily asked of data to rely on.")


@register.simple_tag
def interval_reading(alpha: Figure) -> str:
    """Say what the interval of α means, and how far it can be trusted."""
    if "low" not in alpha:
        return _("One article gives no interval: the next may come out quite differently.")
    said = _("For articles of this kind, any α from %(low)s to %(high)s is plausible.") % {
        "low": three(alpha["low"]),
        "high": three(alpha["high"]),
    }
    if alpha["articles"] >= FEW:
        return said
    few = ngettext(
        "With %(count)s article that is no more than a hint.",
        "With %(count)s articles that is no more than a hint.",
        alpha["articles"],
    ) % {"count": alpha["articles"]}
    return f"{said} {few}"


@register.simple_tag
def label_named(labels: Mapping[str, LabelDefinition], key: str | None) -> SafeString | str:
    """Show a label by its key as the codebook shows it; ``None`` is where nothing was marked."""
    if key is None:
        return format_html('<span class="muted">{}</span>', _("nothing"))
    return label_chip(labels[key]) if key in labels else key


@register.simple_tag
def behind(wanted: Mapping[str, Any], labels: Mapping[str, LabelDefinition]) -> str:
    """Say what the articles behind a cell have in common."""
    if "pair" in wanted:
        a, b = wanted["pair"]
        return _("Coded by %(a)s and %(b)s") % {"a": a, "b": b}
    if "labels" in wanted:
        one, other = (_name(labels, key) for key in wanted["labels"])
        if one == other:
            return _("Both coders chose “%(label)s”") % {"label": one}
        return _("One chose “%(one)s”, the other “%(other)s”") % {"one": one, "other": other}
    if "word" in wanted:
        return _("“%(word)s” is disputed") % {"word": wanted["word"]}
    if "is_gold" in wanted:
        return _("%(coder)s against gold") % {"coder": wanted["coder"]}
    if "coder" in wanted:
        return _("Coded by %(coder)s and others") % {"coder": wanted["coder"]}
    return _("Articles, the worst first")


def _name(labels: Mapping[str, LabelDefinition], key: str | None) -> str:
    if key is None:
        return _("nothing")
    return labels[key].name if key in labels else key


@register.simple_tag
def mixed_up(confusion: Mapping[str, Any], labels: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of a confusion table: each cell with its share of the row, and its tint."""
    counts = {
        one: dict(zip(confusion["labels"], row, strict=True))
        for one, row in zip(confusion["labels"], confusion["counts"], strict=True)
    }
    names = in_codebook_order(counts, labels)
    return [
        {"label": one, "cells": _cells(one, {other: counts[one][other] for other in names})}
        for one in names
    ]


def _cells(one: str | None, counts: Mapping[str | None, int]) -> list[dict[str, Any]]:
    total = sum(counts.values())
    return [
        {
            "one": one,
            "other": other,
            "count": count,
            "share": count / total if total else None,
            "step": _step(count, total),
            "is_same": one == other,
        }
        for other, count in counts.items()
    ]


def _step(count: int, total: int) -> str:
    """Return the step on the ramp: how much of a row a cell has."""
    if not count:
        return "na"
    return str(1 + sum(count / total >= limit for limit in (0.02, 0.1, 0.25, 0.5)))


@dataclass(frozen=True)
class Part:
    """A share of the spans of two coders: how far they go together, of 1."""

    name: str
    share: float
    start: float
    dispute: str = ""


@register.simple_tag
def parting(mean: Mapping[str, Figure]) -> dict[str, Any] | None:
    """Return where two coders part on their way down the ladder, and what loses most.

    The F1s of a pair share their denominator, so the difference between two rungs is the
    share of spans that one rung keeps and the next does not.
    """
    found, extent, strict = (
        mean[kind]["value"] for kind in ("overlap_f1", "extent_f1", "strict_f1")
    )
    if found is None:
        return None
    shares = {
        "alike": (strict, ""),
        "label": (extent - strict, "label"),
        "boundary": (found - extent, "boundary"),
        "found": (1 - found, "missing"),
    }
    parts, start = [], 0.0
    for name, (share, dispute) in shares.items():
        parts.append(Part(name, max(0.0, share), start, dispute))
        start += max(0.0, share)
    most = max(parts[1:], key=lambda part: part.share)
    return {"parts": parts, "most": most.name if most.share > 0 else ""}
