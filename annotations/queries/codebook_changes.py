"""What changed from one codebook to another, in words that a page can show."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotations.algorithms.codebook_changes import Changes, compare
from annotations.algorithms.declarations import type_of
from annotations.models import CodebookVersion
from annotations.queries import codebook


def between(before: CodebookVersion, after: CodebookVersion) -> Changes:
    """Return what ``after`` says otherwise than ``before``. Two queries."""
    return of_contents(codebook.as_contract(before), codebook.as_contract(after))


def of_contents(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Return the changes between two ``{labels, rules}``, such as a version and its draft."""
    return compare(_shown(before), _shown(after))


def _shown(content: Mapping[str, Any]) -> dict[str, Any]:
    labels = [
        {
            **label,
            "examples": [_example(one) for one in label.get("examples", [])],
            "attributes": [_attribute(one) for one in label.get("attributes", [])],
            "links": [_link(one) for one in label.get("links", [])],
        }
        for label in content["labels"]
    ]
    return {"labels": labels, "rules": content["rules"]}


def _example(example: Any) -> str:
    if isinstance(example, str):
        return example
    text = _("not: %(text)s") % example if example.get("not") else example["text"]
    return f"{text} – {example['note']}" if example.get("note") else text


def _attribute(one: Mapping[str, Any]) -> str:
    kinds = {"text": _("words"), "date": _("a date"), "yes_no": _("yes or no")}
    kind = kinds.get(type_of(one)) or ", ".join(one.get("values", []))
    return _declared(f"{one['name']}: {kind}", one)


def _link(one: Mapping[str, Any]) -> str:
    targets = ", ".join(one.get("targets") or [_("any label")])
    many = _("one") if one.get("single") else _("any number")
    return _declared(f"{one['name']} → {targets} ({many})", one)


def _declared(text: str, one: Mapping[str, Any]) -> str:
    return _("%(text)s, required") % {"text": text} if one.get("required") else text
