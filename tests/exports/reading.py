"""What somebody who downloads a release finds in it."""

import json
from typing import Any

from exports import folders
from exports.models import Release


def content(release: Release, name: str = "articles.jsonl") -> bytes:
    """Return the bytes of one published file."""
    return b"".join(folders.pieces(release.files.get(name=name).path))


def records(release: Release) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content(release).splitlines()]
