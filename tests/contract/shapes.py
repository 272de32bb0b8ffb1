"""What an answer is made of.

A shape is a type, a question (a function), a value, a list of one shape, a dict of
exactly these names, or a tuple of shapes of which one must fit.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID


def is_uuid(value: Any) -> bool:
    return isinstance(value, str) and str(UUID(value)) == value


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def is_day(value: Any) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def is_sha256(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def is_card_id(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None


def is_address(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in {"http", "https"}


def is_anything(value: Any) -> bool:
    return True


def is_offsets(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and 0 <= value[0] < value[1]


def maybe(shape: Any) -> tuple[Any, None]:
    return (shape, None)


def page_of(shape: Any) -> dict[str, Any]:
    return {"next": maybe(is_address), "previous": maybe(is_address), "results": [shape]}


def misfits(value: Any, shape: Any, path: str = "answer") -> Iterator[str]:
    """Yield what of ``value`` is not as ``shape`` says, and where."""
    if isinstance(shape, tuple):
        if all(any(misfits(value, one, path)) for one in shape):
            yield f"{path} is {value!r}"
    elif isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{path} is {value!r}, no object"
            return
        if shape.keys() != value.keys():
            extra, missing = value.keys() - shape.keys(), shape.keys() - value.keys()
            yield f"{path} has {sorted(extra)} and lacks {sorted(missing)}"
        for name in shape.keys() & value.keys():
            yield from misfits(value[name], shape[name], f"{path}.{name}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path} is {value!r}, no list"
            return
        for place, item in enumerate(value):
            yield from misfits(item, shape[0], f"{path}[{place}]")
    elif isinstance(shape, type):
        # JSON's true is no number.
        if not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool):
            yield f"{path} is {value!r}, no {shape.__name__}"
    elif callable(shape):
        try:
            fits = shape(value)
        except (ValueError, TypeError):
            fits = False
        if not fits:
            yield f"{path}: {shape.__name__} says no to {value!r}"
    elif value != shape:
        yield f"{path} is {value!r}, not {shape!r}"


def assert_fits(value: Any, shape: Any) -> None:
    faults = list(misfits(value, shape))
    assert not faults, "\n".join(faults)


PROBLEM = {"type": str, "title": str, "status": int, "detail": str, "code": str}

SPAN = {
    "id": str,
    "rev": int,
    "start": int,
    "end": int,
    "label": str,
    "quote": str,
    "attributes": [{"name": str, "value": str}],
    "links": [{"name": str, "target": is_uuid}],
    "note": str,
}

ZONE = {"start": int, "end": int, "kind": str}

#: An article within a task or an assignment.
ARTICLE_TO_READ = {
    "id": is_uuid,
    "key": str,
    "text": str,
    "text_sha256": is_sha256,
    "meta": dict,
    "zones": [ZONE],
}

LABEL = {
    "key": str,
    "name": str,
    "colour": str,
    "hotkey": str,
    "definition": str,
    "include": [str],
    "exclude": [str],
    "examples": list,
    "attributes": list,
    "links": list,
    "retired": bool,
}

CODEBOOK = {"version": int, "labels": [LABEL], "rules": [{"id": str, "text": str}]}
