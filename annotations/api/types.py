"""Which JSON type a field takes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import fields, relations, serializers

_TEXTS = (
    fields.CharField,
    fields.ChoiceField,
    fields.DateField,
    fields.DateTimeField,
    fields.UUIDField,
    relations.SlugRelatedField,
)


def refuse_other_types(known: Mapping[str, fields.Field], data: Mapping[str, Any]) -> None:
    """Raise ``ValidationError`` if a value of ``data`` is of another type than its field takes.

    ``null`` is left to the fields, and so are the fields of nested serializers.
    """
    faults = {name: fault_of(known[name], value) for name, value in data.items()}
    if found := {name: fault for name, fault in faults.items() if fault}:
        raise serializers.ValidationError(found)


def fault_of(field: fields.Field, value: Any) -> Any:
    """Say what is wrong with the type of ``value``, nested as it is; ``None`` if nothing is."""
    if value is None:
        return None
    if isinstance(field, _TEXTS):
        return None if isinstance(value, str) else [_("This is to be a text.")]
    if isinstance(field, fields.BooleanField):
        return None if isinstance(value, bool) else [_("This is to be true or false.")]
    if isinstance(field, fields.IntegerField):
        # In JSON 1.0 is as whole a number as 1.
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        is_number = is_whole and not isinstance(value, bool)
        return None if is_number else [_("This is to be a whole number.")]
    if isinstance(field, fields.FloatField):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number else [_("This is to be a number.")]
    if isinstance(field, fields.ListField) and isinstance(value, list):
        found = {str(at): fault_of(field.child, item) for at, item in enumerate(value)}
    elif isinstance(field, fields.DictField) and isinstance(value, dict):
        found = {name: fault_of(field.child, item) for name, item in value.items()}
    else:
        return None
    return {name: fault for name, fault in found.items() if fault} or None
