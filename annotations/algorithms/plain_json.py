"""JSON from outside, read so that every part of it can be kept and be written again."""

import json
from typing import Any

import orjson

#: Nobody means more, and Python gives up where it writes what it has just read.
DEEPEST = 50


class HasNul(json.JSONDecodeError):
    """A text holds a NUL, which none in a database can."""


def read(body: bytes) -> Any:
    """Return the value: it has no NaN, no lone surrogates, no NUL and nothing nested deeply.

    Raises ``JSONDecodeError`` for what is not such a value.
    """
    value = orjson.loads(body)
    if body.count(b"[") + body.count(b"{") > DEEPEST or b"\\u0000" in body:
        _refuse_tangle([value])
    return value


class Decoder(json.JSONDecoder):
    """Reads as strictly for those that take a decoder, as forms do."""

    def decode(self, text: str, *rest: Any) -> Any:
        return read(text.encode("utf-8", "surrogatepass"))


def _refuse_tangle(level: list[Any]) -> None:
    """Look at all values of one depth after another."""
    for _ in range(DEEPEST + 1):
        if any(isinstance(value, str) and "\0" in value for value in level):
            raise HasNul("it holds a NUL", "", 0)
        level = [part for value in level for part in _parts(value)]
        if not level:
            return
    raise json.JSONDecodeError(f"it is nested over {DEEPEST} deep", "", 0)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []
