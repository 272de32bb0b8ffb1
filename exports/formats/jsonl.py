"""The canonical format: one record a line, and for one record only one possible line."""

import json
from typing import Any

NAME = "articles.jsonl"


def line(record: dict[str, Any]) -> bytes:
    """Write a record with sorted keys, no spaces, characters as they are, ended by ``\\n``."""
    text = json.dumps(
        record, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode() + b"\n"
