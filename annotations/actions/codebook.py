"""The codebook: every change is a new version, and the old ones stay as they were."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.algorithms import declarations
from annotations.algorithms.codebook_changes import LISTS
from annotations.algorithms.keys import LETTERS
from annotations.algorithms.palette import COLOURS, colour_at
from annotations.enums import AssignmentState, Change
from annotations.exceptions import Invalid
from annotations.models import (
    Assignment,
    AuditEvent,
    CodebookVersion,
    Label,
    LabelDefinition,
    Project,
    User,
)
from annotations.queries.codebook import as_contract, as_definitions

#: Letters that do something else while the text has the focus.
RESERVED_HOTKEYS = frozenset(LETTERS.values())

#: What a project begins with. Projects refine the definitions in later versions.
DEFAULT_LABELS: list[dict[str, Any]] = [
    {
        "key": "actor",
        "name": "Actor",
        "colour": COLOURS["blue"],
        "hotkey": "a",
        "definition": "A person, group or institution that acts, speaks or is acted upon.",
        "include": ["The longest name, with its title"],
        "exclude": ["Pronouns"],
    },
    {
        "key": "location",
        "name": "Location",
        "colour": COLOURS["green"],
        "hotkey": "l",
        "definition": "A place that can be found on a map: a country, region, town, road, site.",
        "include": ["Every name of a place, the contested ones too"],
        "exclude": ["A capital that stands for its government"],
    },
    {
        "key": "event",
        "name": "Event",
        "colour": COLOURS["amber"],
        "hotkey": "e",
        "definition": "Something that happened, or is said to happen, at some time in some place.",
        "include": ["The shortest stretch that says what happened"],
        "exclude": ["States that last, such as a conflict as a whole"],
        "links": [
            {"name": "participants", "targets": ["actor"]},
            {"name": "place", "targets": ["location"]},
        ],
    },
    {
        "key": "claim",
        "name": "Claim",
        "colour": COLOURS["plum"],
        "hotkey": "c",
        "definition": "A statement that somebody makes in the text and that could be disputed.",
        "include": ["What is said, quoted or reported, without the words that introduce it"],
        "exclude": ["What the article states in its own voice"],
        "links": [{"name": "speaker", "targets": ["actor"]}],
    },
]


class CannotPublish(Invalid):
    """The codebook contradicts itself or what came before it; ``errors`` says where."""

    code = "invalid_codebook"


@transaction.atomic
def publish(
    *,
    project: Project,
    labels: Sequence[dict[str, Any]],
    by: User | None,
    at: datetime,
    change: Change = Change.MEANING,
    note: str = "",
    rules: list[dict[str, str]] | None = None,
) -> CodebookVersion:
    """Publish the next version; ``labels`` are as in the API, in their order.

    A label of the last version that is not given is kept as retired: its
    spans still need it. Without ``rules`` the last version's are kept. A minor
    change moves all unfinished work that is on the last version to the new one, a
    change of meaning only work that has not begun.
    """
    project = lock_for_change(project, by=by)
    last = project.codebooks.order_by("-number").first()
    labels = [*labels, *_forgotten(last, labels)]
    rules = rules if rules is not None else last.rules if last else []
    if faults := [*twins(labels, rules), *_faults(labels)]:
        raise CannotPublish(_("The codebook can’t be published as it is."), errors=faults)

    version = CodebookVersion.objects.create(
        project=project,
        number=last.number + 1 if last else 1,
        change=change,
        note=note,
        rules=rules,
        published_by=by,
        published_at=at,
    )
    _define(version, labels)
    if last:
        _move_work(project, last, version)
    record(
        AuditEvent.Kind.CODEBOOK_PUBLISHED,
        target=project,
        by=by,
        at=at,
        version=version.number,
        change=change,
    )
    return version


def twins(
    labels: Sequence[dict[str, Any]], rules: Sequence[dict[str, str]]
) -> list[dict[str, str]]:
    """Return a fault for each label whose key, and each rule whose number, is there twice."""
    keys = Counter(label["key"] for label in labels)
    numbers = Counter(rule["id"] for rule in rules)
    return [
        *(
            _fault(place, "key", "duplicate_key", _("Two labels have this key."))
            for place, label in enumerate(labels)
            if keys[label["key"]] > 1
        ),
        *(
            {
                "field": f"rules.{place}.id",
                "code": "duplicate_rule",
                "detail": _("Two rules have the number “%(number)s”.") % {"number": rule["id"]},
            }
            for place, rule in enumerate(rules)
            if numbers[rule["id"]] > 1
        ),
    ]


def whole(labels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return labels with everything that the API says of one, by default where it is not given."""
    return [
        {
            "key": label["key"],
            "name": label.get("name") or label["key"],
            "colour": label.get("colour") or colour_at(position),
            "hotkey": label.get("hotkey", "").lower(),
            "definition": label.get("definition", ""),
            **{name: label.get(name, []) for name in LISTS},
            "retired": label.get("retired", False),
        }
        for position, label in enumerate(labels)
    ]


def _forgotten(last: CodebookVersion | None, labels: Sequence[dict[str, Any]]) -> list[dict]:
    """Return the last version's labels that are not among ``labels``, retired."""
    given = {label["key"] for label in labels}
    known = as_contract(last)["labels"] if last else []
    return [{**label, "retired": True} for label in known if label["key"] not in given]


def _faults(labels: Sequence[dict[str, Any]]) -> Iterable[dict[str, str]]:
    keys = {label["key"] for label in labels}
    hotkeys = Counter(
        label["hotkey"].lower()
        for label in labels
        if label.get("hotkey") and not label.get("retired")
    )
    for place, label in enumerate(labels):
        hotkey = label.get("hotkey", "").lower()
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", label.get("colour") or "#000000"):
            yield _fault(place, "colour", "not_a_colour", _("Write the colour as #rrggbb."))
        if hotkey and not re.fullmatch(r"[a-z]", hotkey):
            yield _fault(place, "hotkey", "not_a_letter", _("A hotkey is one letter, a to z."))
        elif hotkey in RESERVED_HOTKEYS:
            text = _("“%(key)s” already does something else while coding.") % {"key": hotkey}
            yield _fault(place, "hotkey", "reserved_hotkey", text)
        elif hotkeys[hotkey] > 1 and not label.get("retired"):
            yield _fault(place, "hotkey", "duplicate_hotkey", _("Two labels have this hotkey."))
        yield from _declaration_faults(place, label, keys)


def _declaration_faults(
    place: int, label: dict[str, Any], keys: Container[str]
) -> Iterable[dict[str, str]]:
    """Yield what is wrong with the attributes and links that a label declares."""
    for kind in ("attributes", "links"):
        names = Counter(one["name"] for one in label.get(kind, []))
        for number, one in enumerate(label.get(kind, [])):
            if names[one["name"]] > 1:
                text = _("The label has “%(name)s” twice.") % {"name": one["name"]}
                yield _fault(place, f"{kind}.{number}", "duplicate_name", text)
    for number, attribute in enumerate(label.get("attributes", [])):
        field = f"attributes.{number}"
        if declarations.type_of(attribute) not in declarations.TYPES:
            text = _("The type of an attribute is one of: %(types)s.")
            types = ", ".join(declarations.TYPES)
            yield _fault(place, f"{field}.type", "unknown_type", text % {"types": types})
        elif declarations.type_of(attribute) == "choice" and not _are_words(
            attribute.get("values")
        ):
            text = _("A choice lists its values, each a text of its own.")
            yield _fault(place, f"{field}.values", "no_values", text)
    for number, link in enumerate(label.get("links", [])):
        targets = link.get("targets") or []
        if targets and not (_are_words(targets) and all(target in keys for target in targets)):
            text = _("A link points to labels of this codebook.")
            yield _fault(place, f"links.{number}.targets", "unknown_target", text)


def _are_words(values: Any) -> bool:
    is_list = isinstance(values, list) and bool(values)
    return is_list and all(isinstance(value, str) and value.strip() for value in values)


def _fault(place: int, field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": f"labels.{place}.{field}", "code": code, "detail": detail}


def _define(version: CodebookVersion, labels: Sequence[dict[str, Any]]) -> None:
    keys = [label["key"] for label in labels]
    Label.objects.bulk_create(
        [Label(project=version.project, key=key) for key in keys], ignore_conflicts=True
    )
    rows = {row.key: row for row in Label.objects.filter(project=version.project, key__in=keys)}
    definitions = as_definitions(whole(labels))
    for definition in definitions:
        definition.codebook, definition.label = version, rows[definition.label.key]
    LabelDefinition.objects.bulk_create(definitions)


def _move_work(project: Project, last: CodebookVersion, version: CodebookVersion) -> None:
    # Only work on the last version moves: older work was left there because a
    # meaning changed, and a minor change on top must not smuggle that one in.
    work = Assignment.objects.filter(task__batch__project=project, codebook=last)
    if version.change == Change.MINOR:
        work = work.unfinished()
    else:
        work = work.filter(state=AssignmentState.ASSIGNED)
    work.update(codebook=version)
