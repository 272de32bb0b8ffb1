"""The difference between two releases as one JSON document, written piece by piece."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from exports.difference import ArticleChange, Difference
from exports.manifest import Manifest
from exports.models import Release
from exports.span_changes import Span, SpanChange

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


def write(
    since: Release, release: Release, difference: Difference, changes: Iterable[ArticleChange]
) -> Iterator[bytes]:
    """Yield the document: articles in the order of the releases, and the counts after them."""
    head = {
        "since": _named(since),
        "release": _named(release),
        "codebooks": codebooks(since.manifest, release.manifest),
    }
    yield _dump(head)[:-1] + b',"articles":['
    separator = b""
    for change in changes:
        yield separator + _dump(_article(change))
        separator = b","
    counts = {
        "articles": difference.articles.as_json(),
        "spans": difference.spans.as_json() if difference.spans else None,
        "spans_by_label": {name: one.as_json() for name, one in difference.labels.items()},
    }
    yield b'],"counts":' + _dump(counts) + b"}"


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


def _article(change: ArticleChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "change": change.kind,
        "fields": {
            name: {"before": old, "after": new} for name, (old, new) in change.fields.items()
        },
        "spans": [_span(one) for one in change.spans],
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


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
