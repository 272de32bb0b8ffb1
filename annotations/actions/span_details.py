"""The attributes and links of a span, held against what its label declares."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from annotations.algorithms import declarations
from annotations.models import LabelDefinition

Rows = list[dict[str, str]]


class Fault(NamedTuple):
    """Why an attribute or a link can't be kept, as a code and as a sentence."""

    code: str
    detail: str


def attribute_faults(
    definition: LabelDefinition, attributes: Rows, before: Rows
) -> Iterator[Fault]:
    """Yield what is wrong with ``attributes``; what was there ``before`` may stay as it is."""
    yield from _repeated(attributes)
    for given in attributes:
        if given in before:
            continue
        declared = declarations.named(definition.attributes, given["name"])
        if declared is None:
            yield _undeclared("unknown_attribute", definition, given["name"])
        elif not declarations.admits(declared, given["value"]):
            yield _not_admitted(declared, given["value"])


def link_faults(
    definition: LabelDefinition,
    links: Rows,
    before: Rows,
    *,
    own_id: str,
    label_of: Callable[[str], str | None],
) -> Iterator[Fault]:
    """Yield what is wrong with ``links``; ``label_of`` tells the label of a span by its id."""
    for place, given in enumerate(links):
        name, target = given["name"], given["target"]
        label = label_of(target)
        declared = declarations.named(definition.links, name)
        if label is None:
            yield Fault("unknown_target", _("A link points to a span that is not there."))
        elif given in links[:place]:
            yield Fault("repeated_link", _("“%(name)s” points to one span twice.") % given)
        elif given in before:
            continue
        elif declared is None:
            yield _undeclared("unknown_link", definition, name)
        elif target == own_id:
            yield Fault("links_to_itself", _("A span can’t be linked to itself."))
        elif not declarations.may_point_to(declared, label):
            detail = _("“%(name)s” can’t point to a span with the label “%(label)s”.")
            yield Fault("wrong_target", detail % {"name": name, "label": label})
        elif declared.get("single") and any(other["name"] == name for other in links[:place]):
            yield Fault("one_target_only", _("“%(name)s” points to one span only.") % given)


def kept(
    definition: LabelDefinition,
    attributes: Rows,
    links: Rows,
    label_of: Callable[[str], str | None],
) -> tuple[Rows, Rows]:
    """Return what of ``attributes`` and ``links`` a span may keep when it gets this label."""
    return (
        [one for one in attributes if not any(attribute_faults(definition, [one], []))],
        [
            one
            for one in links
            if not any(link_faults(definition, [one], [], own_id="", label_of=label_of))
        ],
    )


def _repeated(attributes: Iterable[dict[str, Any]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for given in attributes:
        if given["name"] in seen:
            yield Fault("repeated_attribute", _("“%(name)s” is given twice.") % given)
        seen.add(given["name"])


def _undeclared(code: str, definition: LabelDefinition, name: str) -> Fault:
    detail = _("The label “%(label)s” has no “%(name)s” in this codebook.")
    return Fault(code, detail % {"label": definition.name, "name": name})


def _not_admitted(declared: declarations.Declaration, value: str) -> Fault:
    named = {"name": declared["name"], "value": value}
    match declarations.type_of(declared):
        case "choice":
            choices = ", ".join(declared.get("values", ()))
            detail = _("“%(value)s” is none of the choices of “%(name)s”: %(choices)s.")
            return Fault("not_a_choice", detail % {**named, "choices": choices})
        case "date":
            detail = _("“%(name)s” is a date: 2023-09-21, 2023-09 or 2023, not “%(value)s”.")
            return Fault("not_a_date", detail % named)
    return Fault("not_yes_or_no", _("“%(name)s” is “yes” or “no”, not “%(value)s”.") % named)
