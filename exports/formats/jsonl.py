"""The canonical format: one record a line, and for one record only one possible line."""

import json
from typing import Any

import orjson

NAME = "articles.jsonl"


def line(record: dict[str, Any]) -> bytes:
    """Write a record with sorted keys, no spaces, characters as they are, ended by ``\\n``."""
    return _dump(record, has_floats=_has_floats(record)) + b"\n"


def dump(value: Any) -> bytes:
    """Write any value in the form that it has in a line."""
    return _dump(value, has_floats=_is_or_holds_float(value))


def _dump(value: Any, *, has_floats: bool) -> bytes:
    """What ``json`` writes is the form.

    ``orjson`` is ten times as fast and writes the same, but for floats and numbers of more than
    64 bits, which it refuses.
    """
    if not has_floats:
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            pass
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def _has_floats(record: dict[str, Any]) -> bool:
    """Say whether there are numbers in a record on which writers of JSON differ.

    Only meta and attributes may hold any JSON; every other field is text or an integer.
    """
    if _is_or_holds_float(record.get("meta")):
        return True
    for layer in (record, *record.get("codings", ())):
        for span in layer.get("spans", ()):
            if span["attributes"] and _is_or_holds_float(span["attributes"]):
                return True
    return False


def _is_or_holds_float(value: Any) -> bool:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, float)
    return any(map(_is_or_holds_float, value))
