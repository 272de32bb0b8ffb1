"""Join the ES modules of a page into one file without comments, for serving.

In the source they stay apart. Fifty of them, served as they are, take fifty requests and, with
their comments, twice the bytes. Each becomes a function, run once and in the order in which a
browser would run it, that returns what the module exports.
"""

import re
from collections.abc import Callable

import rjsmin

_IMPORT = re.compile(
    r'^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from "\./(?P<file>[\w-]+\.js)";$', re.M
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|function|const) (?P<name>\w+))", re.M)
_NOTHING_EXPORTED = re.compile(r"^export \{\};$", re.M)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*|\bimport[.(].*", re.M)


class CannotJoin(Exception):
    """A module is written in a way that joining would not do justice to."""


def joined(entry: str, read: Callable[[str], str]) -> str:
    """Return the module ``entry`` and all that it imports as one module of the same effect.

    ``read`` returns a module's source by its file name; all of them lie in one folder.
    """
    parts: dict[str, str] = {}

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise CannotJoin(f"Modules import each other in a ring: {', '.join(importers)}.")
        if name in parts:
            return
        source = read(name)
        for found in _IMPORT.finditer(source):
            add(found["file"], (*importers, name))
        parts[name] = _as_function(name, rjsmin.jsmin(_without_modules(name, source)))

    add(entry, ())
    return "".join(parts.values())


def _variable(name: str) -> str:
    return "$" + name.removesuffix(".js").replace("-", "_")


def _without_modules(name: str, source: str) -> str:
    """Return the source with plain statements in place of its imports and exports."""
    names = _EXPORT.findall(source)
    source = _IMPORT.sub(_as_constant, source)
    source = _NOTHING_EXPORTED.sub("", _EXPORT.sub("", source))
    if left := _LEFT_OVER.search(re.sub(r"/\*.*?\*/", "", source, flags=re.S)):
        raise CannotJoin(f"{name}: “{left[0]}” can’t be joined.")
    return f"{source}\nreturn {{{', '.join(names)}}};\n"


def _as_constant(found: re.Match[str]) -> str:
    what = found["whole"] or f"{{{re.sub(r' as ', ': ', found['names'])}}}"
    return f"const {what} = {_variable(found['file'])};"


def _as_function(name: str, body: str) -> str:
    return f"const {_variable(name)}=(()=>{{{body}}})();\n"
