"""Small questions about parsed JSON, each answered with a value or a ``Problem``."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from annotations.importing.problems import Problem

#: Of one article, by whoever: a short file can put a million of them on one character.
MOST_SPANS = 20_000
#: What all of them cover together, in characters, for each is kept with its words.
MOST_COVERED = 4_000_000

T = TypeVar("T")

_MISSING = object()


def fields(value: Any, where: str, *, required: Iterable[str] = (), optional: Iterable[str]):
    """Return ``value`` if it is an object with these fields and no others."""
    if not isinstance(value, dict):
        raise Problem("wrong_type", f"{where} must be an object.")
    required = set(required)
    for name in value:
        if name not in required and name not in optional:
            raise Problem("unknown_field", f"{where} has an unknown field “{shown(name)}”.")
    for name in sorted(required):
        if name not in value:
            raise Problem("missing_field", f"{where} has no “{name}”.")
    return value


def string(
    holder: dict[str, Any],
    name: str,
    where: str,
    *,
    default: Any = _MISSING,
    longest: int | None = None,
    is_empty_allowed: bool = True,
) -> Any:
    """Return a text of the object, or ``default`` if it is absent; null needs ``None`` for one."""
    value = holder.get(name, default)
    if value is default and (name not in holder or default is None):
        return default
    if not isinstance(value, str):
        raise Problem("wrong_type", f"“{name}” of {where} must be a text.")
    if not value and not is_empty_allowed:
        raise Problem("empty_field", f"“{name}” of {where} is empty.")
    if longest is not None and len(value) > longest:
        raise Problem("too_long", f"“{name}” of {where} is longer than {longest} characters.")
    return value


def whole_number(value: Any, what: str, *, least: int = 0, most: int | None = None) -> int:
    """Return ``value`` if it is an integer in the range; ``true`` is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Problem("wrong_type", f"{what} must be a whole number.")
    if value < least or (most is not None and value > most):
        raise Problem("out_of_range", f"{what} is {value}, which is out of range.")
    return value


def items(holder: dict[str, Any], name: str, where: str, read: Callable[[Any, str], T]) -> list[T]:
    """Return what ``read`` makes of each item of a list; an absent list is empty."""
    value = holder.get(name, [])
    if not isinstance(value, list):
        raise Problem("wrong_type", f"“{name}” of {where} must be a list.")
    prefix = "" if where == "the record" else f"{where}."
    return [read(item, f"{prefix}{name}[{number}]") for number, item in enumerate(value)]


def refuse_unstorable(value: Any, path: str = "") -> None:
    """Refuse halves of surrogate pairs anywhere, and NUL where it would have to be kept."""
    if isinstance(value, str):
        if _holds_surrogate(value):
            raise Problem(
                "lone_surrogate",
                f"“{path}” holds half of a surrogate pair, which is no character.",
            )
        if "\0" in value and path != "text" and not path.endswith("quote"):
            raise Problem("nul_character", f"“{path}” holds a NUL character.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            refuse_unstorable(name, f"a field name of {path or 'the record'}")
            refuse_unstorable(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            refuse_unstorable(inner, f"{path}[{number}]")


def _holds_surrogate(text: str) -> bool:
    # Encoding is many times as fast as looking through the characters.
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def refuse_crowd(spans: int, covered: int) -> None:
    """Refuse more spans than people can have marked in an article."""
    if spans > MOST_SPANS:
        raise Problem("too_many_spans", f"An article may have {MOST_SPANS} spans in all.")
    if covered > MOST_COVERED:
        detail = f"Its spans cover over {MOST_COVERED} characters, each counted as often."
        raise Problem("too_many_spans", detail)


def shown(text: str, most: int = 60) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
