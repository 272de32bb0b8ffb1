"""The difference between two releases as its page tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotations.models import LabelDefinition
from exports.difference import ArticleChange
from exports.span_changes import Span, SpanChange

Words = str | Promise

FIELDS: dict[str, Words] = {
    "text_sha256": gettext_lazy("Text"),
    "zones": gettext_lazy("Zones"),
    "cluster": gettext_lazy("Versions of one story"),
    "split": gettext_lazy("Split"),
    "codebook_version": gettext_lazy("Codebook version"),
    "codings": gettext_lazy("Coders’ own spans"),
}
PARTS: dict[str, Words] = {
    "label": gettext_lazy("another label"),
    "extent": gettext_lazy("other borders"),
    "attributes": gettext_lazy("other attributes"),
    "links": gettext_lazy("other links"),
    "note": gettext_lazy("another note"),
    "ruling": gettext_lazy("decided again"),
}
#: Fields of which it is enough to know that they differ.
_SILENT = {"text_sha256", "zones"}


@dataclass(frozen=True)
class FieldInWords:
    name: Words
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class SpanInWords:
    """A change with the chips of both labels and the attributes that differ."""

    kind: str
    before: Span | None
    after: Span | None
    chip_before: LabelDefinition | None
    chip_after: LabelDefinition | None
    parts: str
    has_moved: bool
    fields: list[FieldInWords]


@dataclass(frozen=True)
class ArticleInWords:
    kind: str
    id: str
    title: str
    fields: list[FieldInWords]
    spans: list[SpanInWords]


def tell(change: ArticleChange, chips: Mapping[str, LabelDefinition]) -> ArticleInWords:
    """Put a change into words; ``chips`` are the labels by key."""
    fields = [line for name, pair in change.fields.items() for line in _field(name, *pair)]
    spans = [_span(one, chips) for one in change.spans]
    return ArticleInWords(change.kind, change.id, change.title, fields, spans)


def _field(name: str, old: Any, new: Any) -> Iterator[FieldInWords]:
    if name == "meta":
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield FieldInWords(key, _value(old.get(key)), _value(new.get(key)))
    elif name == "codings":
        yield FieldInWords(FIELDS[name], _codings(old), _codings(new))
    elif name in _SILENT:
        yield FieldInWords(FIELDS[name])
    else:
        yield FieldInWords(FIELDS[name], _value(old), _value(new))


def _value(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)


def _codings(sizes: dict[str, int]) -> str:
    coders = ngettext("%(n)d coder", "%(n)d coders", sizes["coders"]) % {"n": sizes["coders"]}
    spans = ngettext("%(n)d span", "%(n)d spans", sizes["spans"]) % {"n": sizes["spans"]}
    return f"{coders}, {spans}"


def _span(change: SpanChange, chips: Mapping[str, LabelDefinition]) -> SpanInWords:
    old, new = change.before, change.after
    fields = []
    if old and new:
        if "attributes" in change.parts:
            fields.append(FieldInWords(_("Attributes"), _attributes(old), _attributes(new)))
        if "note" in change.parts:
            fields.append(
                FieldInWords(_("Note"), _value(old.get("note")), _value(new.get("note")))
            )
    return SpanInWords(
        kind=change.kind,
        before=old,
        after=new,
        chip_before=chips.get(old["label"]) if old else None,
        chip_after=chips.get(new["label"]) if new else None,
        parts=get_text_list([str(PARTS[name]) for name in change.parts], _("and")),
        has_moved="extent" in change.parts,
        fields=fields,
    )


def _attributes(span: Span) -> str:
    said = sorted(f"{pair['name']}: {pair['value']}" for pair in span["attributes"])
    return "; ".join(said) or "–"
