"""The difference between two releases as one JSON document, written piece by piece."""

import json
from collections.abc import Iterator
from typing import Any

from exports.difference import ArticleChange
from exports.manifest import Manifest
from exports.models import Comparison, Release, ReleaseChange
from exports.span_changes import Span, SpanChange

CHUNK = 500
SPAN = (
    "id",
    "start",
    "end",
    "label",
    "quote",
    "attributes",
    "links",
    "note",
    "source",
    "decision",
)


def write(comparison: Comparison) -> Iterator[bytes]:
    """Yield the document: articles in the order of the releases, and the counts after them."""
    since, release = comparison.since, comparison.release
    head = {
        "since": _named(since),
        "release": _named(release),
        "codebooks": codebooks(since.manifest, release.manifest),
    }
    yield _dump(head)[:-1].encode() + b',"articles":['
    separator = ""
    changes = comparison.changes.order_by("number").values_list("said", flat=True)
    for said in changes.iterator(CHUNK):
        yield (separator + said).encode()
        separator = ","
    yield b'],"counts":' + _dump(comparison.counts).encode() + b"}"


def article(change: ArticleChange) -> str:
    """Return what the document says of one article."""
    return _dump(
        {
            "id": change.id,
            "change": change.kind,
            "fields": {
                name: {"before": old, "after": new} for name, (old, new) in change.fields.items()
            },
            "spans": [_span(one) for one in change.spans],
        }
    )


def read(change: ReleaseChange) -> ArticleChange:
    """Return the change that was kept."""
    said = json.loads(change.said)
    return ArticleChange(
        said["change"],
        said["id"],
        change.title,
        {name: (pair["before"], pair["after"]) for name, pair in said["fields"].items()},
        [
            SpanChange(one["change"], one["before"], one["after"], tuple(one["parts"]))
            for one in said["spans"]
        ],
    )


def codebooks(before: Manifest, after: Manifest) -> list[dict[str, Any]]:
    """Say which of the two used each version of the codebook."""
    old, new = (
        {codebook["version"]: codebook["sha256"] for codebook in manifest["codebooks"]}
        for manifest in (before, after)
    )
    return [
        {
            "version": version,
            "sha256": (new | old)[version],
            "before": version in old,
            "after": version in new,
        }
        for version in sorted(old | new)
    ]


def _named(release: Release) -> dict[str, Any]:
    return {
        "id": str(release.uuid),
        "number": release.number,
        "name": release.name,
        "state": release.state,
        "content_hash": release.content_hash,
    }


def _span(change: SpanChange) -> dict[str, Any]:
    return {
        "change": change.kind,
        "parts": list(change.parts),
        "before": _said(change.before),
        "after": _said(change.after),
    }


def _said(span: Span | None) -> dict[str, Any] | None:
    return span and {name: span[name] for name in SPAN if name in span}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
