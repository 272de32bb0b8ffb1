"""What differs between two codebooks, and how changes of two people come together.

A codebook is ``{labels: [{key, …}], rules: [{id, text}]}`` as the API writes it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Codebook = Mapping[str, Any]
Label = Mapping[str, Any]
Sign = Literal["same", "removed", "added"]

#: What a label says of itself besides its key, in the order in which pages show it.
TEXTS = ("name", "colour", "hotkey", "definition")
LISTS = ("include", "exclude", "examples", "attributes", "links")
_WORD = re.compile(r"\S+\s*|\s+")
#: From here on words that are everywhere no longer anchor a comparison, which would be slow.
_MANY_WORDS = 2_000


@dataclass(frozen=True)
class Part:
    """A stretch of a text, or one entry of a list."""

    sign: Sign
    content: Any


@dataclass(frozen=True)
class FieldChange:
    name: str
    parts: Sequence[Part]

    @property
    def is_list(self) -> bool:
        """Whether the parts are entries of a list and not stretches of one text."""
        return self.name in LISTS


@dataclass(frozen=True)
class LabelChange:
    """What became of one label; ``label`` is its last form, ``position`` its place in the end."""

    kind: Literal["added", "retired", "restored", "changed"]
    position: int
    label: Label
    fields: Sequence[FieldChange]


@dataclass(frozen=True)
class RuleChange:
    id: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Changes:
    labels: Sequence[LabelChange]
    rules: Sequence[RuleChange]
    #: The labels stand in another order, which also gives them other shapes.
    has_other_order: bool

    def __bool__(self) -> bool:
        return bool(self.labels or self.rules or self.has_other_order)


def compare(before: Codebook, after: Codebook) -> Changes:
    """Return what ``after`` says otherwise than ``before``.

    A label that is missing from ``after`` counts as retired, as it will be when published.
    """
    old = {label["key"]: label for label in before["labels"]}
    new = {label["key"]: label for label in after["labels"]}
    gone = [{**label, "retired": True} for key, label in old.items() if key not in new]
    changes = [
        _label_change(old.get(label["key"]), position, label)
        for position, label in enumerate([*new.values(), *gone])
    ]
    return Changes(
        labels=[change for change in changes if change],
        rules=list(_rule_changes(before["rules"], after["rules"])),
        has_other_order=_order(old, new) != _order(new, old),
    )


def merge(base: Codebook, ours: Codebook, theirs: Codebook) -> dict[str, Any]:
    """Return ``theirs`` with what ``ours`` has changed since ``base``.

    Label by label and field by field, rule by rule; where both changed the same field, ours
    is taken. The order is ours, what only they have added comes last.
    """
    was, own, other = (_by(one["labels"], "key") for one in (base, ours, theirs))
    labels = [
        _fields(was.get(key, {}), label, other[key]) if key in other else dict(label)
        for key, label in own.items()
    ]
    labels += [dict(label) for key, label in other.items() if key not in own]
    rule_was, rule_own, rule_other = (_by(one["rules"], "id") for one in (base, ours, theirs))
    rules = [
        _fields(rule_was.get(number, {}), rule, rule_other[number])
        if number in rule_other
        else dict(rule)
        for number, rule in rule_own.items()
        if number in rule_other or rule_was.get(number) != rule
    ]
    rules += [
        dict(rule)
        for number, rule in rule_other.items()
        if number not in rule_own and rule_was.get(number) != rule
    ]
    return {"labels": labels, "rules": rules}


def _by(items: Iterable[Mapping[str, Any]], name: str) -> dict[str, Mapping[str, Any]]:
    return {item[name]: item for item in items}


def _fields(base: Label, ours: Label, theirs: Label) -> dict[str, Any]:
    return {
        **theirs,
        **{name: value for name, value in ours.items() if name not in base or base[name] != value},
    }


def _order(keys: Iterable[str], shared: Iterable[str]) -> list[str]:
    return [key for key in keys if key in shared]


def _label_change(old: Label | None, position: int, new: Label) -> LabelChange | None:
    known = old or {}
    fields = []
    for name in TEXTS:
        one, other = known.get(name) or "", new.get(name) or ""
        if one != other:
            fields.append(FieldChange(name, _stretches(one, other, name == "definition")))
    for name in LISTS:
        entries = _entries(known.get(name) or [], new.get(name) or [])
        if any(part.sign != "same" for part in entries):
            fields.append(FieldChange(name, entries))
    was_retired, is_retired = bool(known.get("retired")), bool(new.get("retired"))
    if old is None:
        return LabelChange("added", position, new, fields)
    if was_retired != is_retired:
        return LabelChange("retired" if is_retired else "restored", position, new, fields)
    return LabelChange("changed", position, new, fields) if fields else None


def _rule_changes(before: Sequence[Label], after: Sequence[Label]) -> Iterable[RuleChange]:
    old, new = _by(before, "id"), _by(after, "id")
    for number in [*new, *(number for number in old if number not in new)]:
        one = old.get(number, {}).get("text", "")
        other = new.get(number, {}).get("text", "")
        if one != other:
            yield RuleChange(number, _stretches(one, other, bool(one and other)))


def _stretches(before: str, after: str, by_word: bool) -> list[Part]:
    """Return a text with what was taken out of it and what was put in."""
    one, other = (_WORD.findall(text) if by_word else [text] for text in (before, after))
    found = []
    for sign, text in _steps(one, other):
        if joined := "".join(text):
            found.append(Part(sign, joined))
    return found


def _entries(before: Sequence[Any], after: Sequence[Any]) -> list[Part]:
    one, other = [_Same(entry) for entry in before], [_Same(entry) for entry in after]
    return [Part(sign, same.entry) for sign, part in _steps(one, other) for same in part]


class _Same:
    """An entry of a list, comparable whatever it consists of."""

    def __init__(self, entry: Any) -> None:
        self.entry = entry

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.entry == other.entry

    def __hash__(self) -> int:
        return hash(repr(self.entry))


def _steps(one: Sequence[Any], other: Sequence[Any]) -> Iterable[tuple[Sign, Sequence[Any]]]:
    is_long = max(len(one), len(other)) > _MANY_WORDS
    matcher = SequenceMatcher(None, one, other, autojunk=is_long)
    for code, a, b, c, d in matcher.get_opcodes():
        if code == "equal":
            yield "same", other[c:d]
        else:
            yield "removed", one[a:b]
            yield "added", other[c:d]
