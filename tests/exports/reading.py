"""What somebody who downloads a release finds in it."""

import json
from typing import Any

from django.core.files.storage import default_storage

from exports.models import Release


def content(release: Release, name: str = "articles.jsonl") -> bytes:
    """Return the bytes of one published file."""
    with default_storage.open(release.files.get(name=name).path) as file:
        return file.read()


def records(release: Release) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content(release).splitlines()]
