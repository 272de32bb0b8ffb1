"""JSON values out of a file, one at a time: the lines of JSONL, the items of one long array."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from annotations.importing.problems import Problem

LONGEST = 8 * 2**20
#: A short line can hold millions of empty lists, each of which takes its place in memory.
MOST_VALUES = 200_000
DEEPEST = 50
_PIECE = 2**16
_TEXT = re.compile(rb'"[^"]*"')
_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
# Outside a text what opens, closes or begins a text; within one what ends it, or is escaped.
_OUTSIDE = re.compile(rb'["\[\]{},]')
_INSIDE = re.compile(rb'["\\]')


def parse(data: bytes) -> dict[str, Any]:
    """Return the object that ``data`` is. Raises ``Problem`` if it is none, or ambiguous."""
    _refuse_tangle(data)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        detail = f"Byte {error.start + 1} of the line is not UTF-8."
        raise Problem("undecodable", detail) from error
    try:
        value = json.loads(
            text, parse_constant=_no_number, parse_float=_number, object_pairs_hook=_no_repeats
        )
    except json.JSONDecodeError as error:
        detail = f"Not JSON at character {error.pos + 1}: {error.msg}."
        raise Problem("bad_json", detail) from error
    except RecursionError as error:
        raise Problem("bad_json", "The record is nested too deeply.") from error
    except ValueError as error:
        raise Problem("bad_json", "A number has too many digits.") from error
    if not isinstance(value, dict):
        raise Problem("wrong_type", "The line is JSON, but not an object.")
    return value


def items(file: BinaryIO) -> Iterator[tuple[int, bytes | Problem]]:
    """Yield the bytes of each item of an array, and the line that it starts at.

    One item is held at a time. What follows a fault in the array's own
    punctuation can't be told, and is not read.
    """
    held = bytearray()
    line = 1
    depth = position = 0
    is_text = is_started = False
    while piece := file.read(_PIECE):
        held += piece
        while True:
            found = (_INSIDE if is_text else _OUTSIDE).search(held, position)
            if found is None:
                position = max(position, len(held))
                break
            mark = found[0]
            position = found.end()
            if is_text:
                if mark == b"\\":
                    position += 1
                else:
                    is_text = False
                continue
            if not is_started:
                if mark != b"[" or held[: found.start()].strip():
                    yield line, Problem("bad_json", "It is no JSON array.")
                    return
                line += held.count(b"\n", 0, position)
                del held[:position]
                is_started, depth, position = True, 1, 0
            elif mark == b'"':
                is_text = True
            elif mark in b"[{":
                depth += 1
            elif mark == b"," and depth > 1:
                continue
            else:
                depth -= mark != b","
                if depth <= 1 and (mark == b"," or depth == 0):
                    if item := bytes(held[: found.start()]):
                        start = len(item) - len(item.lstrip())
                        if item.strip():
                            yield line + item.count(b"\n", 0, start), item.strip()
                    line += held.count(b"\n", 0, position)
                    del held[:position]
                    position = 0
                    if depth == 0:
                        return
        if len(held) > LONGEST:
            yield line, Problem("line_too_long", f"An item exceeds {LONGEST >> 20} MB.")
            return
    yield line, Problem("bad_json", "The array is cut off.")


def _refuse_tangle(data: bytes) -> None:
    """Look at how many values there are, and how deep, before any of them is made."""
    marks = (data.count(mark) for mark in (b"[", b"{", b","))
    lists, objects, commas = marks
    if lists + objects <= DEEPEST and commas <= MOST_VALUES:
        return
    bare = _TEXT.sub(b"", data.replace(rb"\\", b"").replace(rb"\"", b""))
    if sum(bare.count(mark) for mark in (b"[", b"{", b",")) > MOST_VALUES:
        raise Problem("too_many_values", f"The record holds over {MOST_VALUES} values.")
    brackets = bare.translate(None, _BUT_BRACKETS)
    for _ in range(DEEPEST):
        fewer = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            return  # All of them are paired; where they are not, the parser says it better.
        brackets = fewer
    raise Problem("bad_json", f"The record is nested over {DEEPEST} deep.")


def _no_number(constant: str) -> None:
    raise Problem("bad_json", f"{constant} is not a number in JSON.")


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise Problem("bad_json", f"The number {digits[:40]} is too large.")
    return number


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise Problem("field_repeated", f"The field “{twice[:60]}” is there twice.")
    return value
