"""Changes of a codebook as templates show them: with the names of fields, and labels as chips."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from annotations.algorithms.codebook_changes import Changes, FieldChange
from annotations.forms.codebook import LabelForm
from annotations.queries.codebook import as_definitions

TITLES = {
    **{name: field.label for name, field in LabelForm.base_fields.items()},
    "attributes": _("Attributes"),
    "links": _("Links"),
}


def shown(changes: Changes) -> dict[str, Any]:
    """Return the context of ``annotations/codebook/_changes.html``."""
    chips = as_definitions(change.label for change in changes.labels)
    for chip, change in zip(chips, changes.labels, strict=True):
        chip.position = change.position
    return {
        "is_empty": not changes,
        "has_other_order": changes.has_other_order,
        "rules": changes.rules,
        "labels": [
            {"kind": change.kind, "chip": chip, "fields": list(_named(change.fields))}
            for change, chip in zip(changes.labels, chips, strict=True)
        ],
    }


def _named(fields: Iterable[FieldChange]) -> Iterable[dict[str, Any]]:
    for field in fields:
        yield {"title": TITLES[field.name], "parts": field.parts, "is_list": field.is_list}
