"""A codebook as a YAML file, as the workbench writes it and people keep it beside their papers."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import yaml
from django.utils.translation import gettext as _

MOST_BYTES = 1_000_000
MOST_ENTRIES = 200
#: How deep a codebook goes: labels, a label, its attributes, one of them, its values.
_DEEPEST = 8
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TEXTS = {"key": 60, "name": 100, "colour": 20, "hotkey": 1, "definition": 20_000}
#: Control characters but for tabs and line breaks, and halves of surrogate pairs.
_UNKEPT = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\U0010ffff]")
_LINES = ("include", "exclude")
_DECLARED = ("attributes", "links")


class CannotRead(Exception):
    """The file is no codebook; the message names the line and what is wrong there."""


def read(raw: bytes) -> dict[str, Any]:
    """Return ``{labels, rules}`` as the API has them, or raise :class:`CannotRead`.

    Words are taken as they stand: ``no`` is a text, and so is ``1.10``.
    """
    if len(raw) > MOST_BYTES:
        raise CannotRead(_("The file has more than 1 MB."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead(_("The file is not UTF-8 text.")) from None
    try:
        _refuse_tricks(text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _fault(mark.line if mark else 0, _("This is no YAML.")) from None
    except yaml.YAMLError:
        raise CannotRead(_("The file is no YAML.")) from None
    if root is None:
        raise CannotRead(_("The file is empty."))
    parts = _fields(root, {"labels", "rules"})
    if "labels" not in parts:
        raise _fault(root.start_mark.line, _("A codebook has “labels”."))
    rules = parts.get("rules")
    return {
        "labels": [_label(node) for node in _entries(parts["labels"])],
        "rules": [_rule(node) for node in _entries(rules)] if rules else [],
    }


def write(content: dict[str, Any]) -> str:
    """Return ``{labels, rules}`` as text that :func:`read` reads back."""
    whole = {"labels": content["labels"], "rules": content["rules"]}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=92)


def _refuse_tricks(text: str) -> None:
    """Refuse what makes a small file large: aliases, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise _fault(event.start_mark.line, _("Aliases (*) are not read: write it out."))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _fault(event.start_mark.line, _("This is nested too deeply."))


def _label(node: yaml.Node) -> dict[str, Any]:
    allowed = {*_TEXTS, *_LINES, *_DECLARED, "examples", "retired"}
    parts = _fields(node, allowed)
    if "key" not in parts:
        raise _fault(node.start_mark.line, _("A label has a “key”."))
    readers: dict[str, Callable[[yaml.Node], Any]] = {
        **{name: _text_of(most) for name, most in _TEXTS.items()},
        **{name: _list_of(_text_of(2_000)) for name in _LINES},
        **{name: _list_of(_declaration) for name in _DECLARED},
        "examples": _list_of(_example),
        "retired": _flag,
    }
    label = {name: readers[name](part) for name, part in parts.items()}
    if not label["key"].strip():
        raise _fault(node.start_mark.line, _("A label has a “key”."))
    return label


def _rule(node: yaml.Node) -> dict[str, str]:
    parts = _fields(node, {"id", "text"})
    if len(parts) < 2:
        raise _fault(node.start_mark.line, _("A rule has an “id” and a “text”."))
    return {"id": _text_of(40)(parts["id"]), "text": _text_of(5_000)(parts["text"])}


def _example(node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _text_of(2_000)(node)
    parts = _fields(node)
    if "text" not in parts:
        raise _fault(node.start_mark.line, _("An example has a “text”."))
    return {name: _plain(part) for name, part in parts.items()} | {
        "text": _text_of(2_000)(parts["text"])
    }


def _declaration(node: yaml.Node) -> dict[str, Any]:
    parts = _fields(node)
    if "name" not in parts:
        raise _fault(node.start_mark.line, _("An attribute or a link has a “name”."))
    words = {"name": _text_of(100), "type": _text_of(20)}
    lists = {name: _list_of(_text_of(2_000)) for name in ("values", "targets")}
    readers = words | lists | {"required": _flag, "single": _flag}
    return {name: readers.get(name, _plain)(part) for name, part in parts.items()}


def _fields(node: yaml.Node, allowed: Iterable[str] | None = None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _fault(node.start_mark.line, _("Names with values are expected here."))
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = _text_of(100)(key)
        if allowed is not None and name not in allowed:
            said = _("“%(name)s” means nothing here. Known are: %(known)s.")
            known = ", ".join(sorted(allowed))
            raise _fault(key.start_mark.line, said % {"name": name, "known": known})
        if name in found:
            said = _("“%(name)s” is here twice.")
            raise _fault(key.start_mark.line, said % {"name": name})
        found[name] = value
    return found


def _entries(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise _fault(node.start_mark.line, _("A list is expected here."))
    if len(node.value) > MOST_ENTRIES:
        said = _("A list has at most %(most)s entries.") % {"most": MOST_ENTRIES}
        raise _fault(node.start_mark.line, said)
    return node.value


def _list_of(reader: Callable[[yaml.Node], Any]) -> Callable[[yaml.Node], list[Any]]:
    return lambda node: [reader(entry) for entry in _entries(node)]


def _text_of(most: int) -> Callable[[yaml.Node], str]:
    def reader(node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise _fault(node.start_mark.line, _("A text is expected here."))
        text = node.value
        if len(text) > most:
            said = _("The text has more than %(most)s characters.") % {"most": most}
            raise _fault(node.start_mark.line, said)
        if _UNKEPT.search(text):
            raise _fault(node.start_mark.line, _("The text has characters that can’t be kept."))
        return text

    return reader


def _flag(node: yaml.Node) -> bool:
    value = node.value if isinstance(node, yaml.ScalarNode) else ""
    if value not in {"true", "false"}:
        raise _fault(node.start_mark.line, _("true or false is expected here."))
    return value == "true"


def _plain(node: yaml.Node) -> Any:
    """Return what else is said of an example or a declaration, which is kept as it is."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(entry) for entry in _entries(node)]
    if isinstance(node, yaml.MappingNode):
        return {name: _plain(part) for name, part in _fields(node).items()}
    text = _text_of(2_000)(node)
    if node.tag == "tag:yaml.org,2002:bool" and text in {"true", "false"}:
        return text == "true"
    if node.tag == "tag:yaml.org,2002:int" and text.lstrip("-").isdecimal() and len(text) < 16:
        return int(text)
    return text


def _fault(line: int, said: str) -> CannotRead:
    return CannotRead(_("Line %(line)s: %(said)s") % {"line": line + 1, "said": said})
