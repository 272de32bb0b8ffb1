"""Where a release comes from, noted when it is frozen: batches, labels, what stayed out."""

from typing import Any

from django.db.models import Count

from annotations.queries import codebook
from exports.models import Release
from exports.omissions import omitted
from exports.recipe import Recipe

#: What a data card says of a label; colours and hotkeys are the interface's.
LABEL = ("key", "name", "definition", "include", "exclude", "attributes", "links", "retired")


def of(release: Release, recipe: Recipe, version: int | None) -> dict[str, Any]:
    """Return what the manifest says of the origin of items whose gold goes up to ``version``."""
    return {
        "batches": _batches(release),
        "labels": _labels(release, version),
        "omitted": omitted(release.project, recipe),
    }


def _batches(release: Release) -> list[dict[str, Any]]:
    rows = release.items.values("task__batch__uuid", "task__batch__name")
    counted = rows.annotate(articles=Count("pk")).order_by(
        "task__batch__created_at", "task__batch"
    )
    return [
        {"id": str(uuid), "name": name, "articles": articles}
        for uuid, name, articles in counted.values_list(
            "task__batch__uuid", "task__batch__name", "articles"
        )
    ]


def _labels(release: Release, used: int | None) -> list[dict[str, Any]]:
    """Describe the labels by the latest version that was decided by, or else by the latest."""
    versions = release.project.codebooks.order_by("-number")
    version = versions.filter(number=used).first() or versions.first()
    if version is None:
        return []
    return [
        {name: label[name] for name in LABEL} for label in codebook.as_contract(version)["labels"]
    ]
