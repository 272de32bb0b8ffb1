"""What a label declares that its spans may carry: attributes with values, links to other spans.

An attribute is ``{name, type?, values?, required?}``, a link ``{name, targets?, single?,
required?}``; further keys are kept and mean nothing here. Values are strings in every type.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

Declaration = Mapping[str, Any]

#: Every type of attribute. A date may leave out its day, or month and day.
TYPES = ("text", "choice", "date", "yes_no")

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def type_of(attribute: Declaration) -> str:
    """Return the type of an attribute; one that only lists its values is a choice."""
    return attribute.get("type") or ("choice" if attribute.get("values") else "text")


def admits(attribute: Declaration, value: str) -> bool:
    """Say whether ``value`` is one that the attribute can have."""
    match type_of(attribute):
        case "choice":
            return value in attribute.get("values", ())
        case "date":
            return _is_date(value)
        case "yes_no":
            return value in {"yes", "no"}
    return True


def may_point_to(link: Declaration, label: str) -> bool:
    """Say whether the link may go to a span of ``label``; one without targets goes anywhere."""
    return not link.get("targets") or label in link["targets"]


def named(declarations: Iterable[Declaration], name: str) -> Declaration | None:
    """Return the declaration of that name, if there is one."""
    return next((one for one in declarations if one["name"] == name), None)


def missing(
    attributes: Iterable[Declaration],
    links: Iterable[Declaration],
    carried: Sequence[Mapping[str, str]],
) -> list[str]:
    """Return the names of what is required and not among ``carried``, a span's both lists."""
    given = {one["name"] for one in carried if one.get("value", "?").strip()}
    return [
        one["name"]
        for one in [*attributes, *links]
        if one.get("required") and one["name"] not in given
    ]


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "0001-01-01"[len(value) :])
    except ValueError:
        return False
    return True
