"""The codebook as the API, the coding page and releases show it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from annotations.models import CodebookVersion, Label, LabelDefinition, Project
from annotations.models.prepared import prepared


def current(project: Project) -> CodebookVersion:
    """Return the latest version; every project has one."""
    return project.codebooks.order_by("-number")[:1].get()


def definitions(version: CodebookVersion) -> list[LabelDefinition]:
    """Return the labels of a version in their order, the retired ones included."""
    return _definitions(version.pk)


@prepared
def _definitions(version: int) -> QuerySet[LabelDefinition]:
    rows = LabelDefinition.objects.filter(codebook=version)
    return rows.select_related("label").order_by("position")


def current_definitions(project: Project) -> list[LabelDefinition]:
    """Return the labels of the latest version, in one query."""
    latest = project.codebooks.order_by("-number").values("pk")[:1]
    found = LabelDefinition.objects.filter(codebook=latest).select_related("label")
    return list(found.order_by("position"))


def in_codebook_order(keys: Iterable[str | None], labels: Iterable[str]) -> list[str | None]:
    """Put label keys in the order of a codebook's; any others after them, and ``None`` last."""
    places: dict[str | None, int] = {key: place for place, key in enumerate(labels)}
    return sorted(keys, key=lambda key: (key is None, places.get(key, len(places)), key or ""))


def rules_of(project: Project, numbers: Iterable[int | None]) -> dict[int | None, dict[str, str]]:
    """Return the text of each rule by its id, for each version of these ``numbers``.

    A rule that a version lacks has its text from the next one that has it, because a ruling on
    older work may cite it too.
    """
    versions = list(project.codebooks.order_by("-number").values_list("number", "rules"))
    latest, _rules = versions[0]
    return {
        number: {
            rule["id"]: rule["text"]
            for version, rules in versions
            if version >= (number or latest)
            for rule in rules
        }
        for number in set(numbers)
    }


def as_contract(version: CodebookVersion) -> dict[str, Any]:
    """Return ``{version, labels, rules}`` as the API writes them."""
    return {
        "version": version.number,
        "labels": [
            {
                "key": definition.label.key,
                "name": definition.name,
                "colour": definition.colour,
                "hotkey": definition.hotkey,
                "definition": definition.definition,
                "include": definition.include,
                "exclude": definition.exclude,
                "examples": definition.examples,
                "attributes": definition.attributes,
                "links": definition.links,
                "retired": definition.is_retired,
            }
            for definition in definitions(version)
        ],
        "rules": version.rules,
    }


def as_definitions(labels: Iterable[Mapping[str, Any]]) -> list[LabelDefinition]:
    """Return labels of a draft or a file, in their order, as rows that are not saved."""
    return [
        LabelDefinition(
            label=Label(key=label["key"]),
            position=position,
            is_retired=label.get("retired", False),
            **{name: value for name, value in label.items() if name not in {"key", "retired"}},
        )
        for position, label in enumerate(labels)
    ]
