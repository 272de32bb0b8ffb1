"""Articles as JSON records, one a line."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from annotations.importing.problems import Problem

LONGEST_LINE = 32 * 2**20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield each line's number and its record, or why there is none. Blank lines are passed over.

    One line is held at a time, whatever the size of the file.
    """
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
            yield number, Problem("line_too_long", f"The line exceeds {LONGEST_LINE >> 20} MB.")
            continue
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if line.strip():
            yield number, _parse(line)


def count(file: BinaryIO) -> int:
    """Return how many records ``read`` will come to."""
    found = 0
    is_blank = True
    while piece := file.readline(2**20):
        is_blank = is_blank and not piece.strip()
        if piece.endswith(b"\n"):
            found += not is_blank
            is_blank = True
    return found + (not is_blank)


def _parse(line: bytes) -> dict[str, Any] | Problem:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return Problem("undecodable", f"Byte {error.start + 1} of the line is not UTF-8.")
    try:
        value = json.loads(
            text, parse_constant=_no_number, parse_float=_number, object_pairs_hook=_no_repeats
        )
    except Problem as problem:
        return problem
    except json.JSONDecodeError as error:
        return Problem("bad_json", f"Not JSON at character {error.pos + 1}: {error.msg}.")
    except RecursionError:
        return Problem("bad_json", "The record is nested too deeply.")
    except ValueError:
        return Problem("bad_json", "A number has too many digits.")
    if not isinstance(value, dict):
        return Problem("wrong_type", "The line is JSON, but not an object.")
    return value


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
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem("field_repeated", f"The field “{twice[:60]}” is there twice.")
    return value
