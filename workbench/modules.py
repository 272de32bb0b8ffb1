"""Join the ES modules of a page into one file without comments, for serving.

In the source they stay apart. Fifty of them, served as they are, take fifty requests and, with
their comments, twice the bytes. Each becomes a function, run once and in the order in which a
browser would run it, that returns what the module exports.
"""

import re
from collections.abc import Callable

import rjsmin

_IMPORT = re.compile(
    r'^import (?:(?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from )?"\./(?P<file>[\w-]+\.js)";$',
    re.M,
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
    parts: list[str] = []
    constants: dict[str, str] = {}

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise CannotJoin(f"Modules import each other in a ring: {', '.join(importers)}.")
        if name in constants:
            return
        source = read(name)
        for found in _IMPORT.finditer(source):
            add(found["file"], (*importers, name))
        constants[name] = f"${len(constants)}"
        body = rjsmin.jsmin(_without_modules(name, source, constants))
        parts.append(f"const {constants[name]}=(()=>{{{body}}})();\n")

    add(entry, ())
    return "".join(parts)


def _without_modules(name: str, source: str, constants: dict[str, str]) -> str:
    """Return the source with plain statements in place of its imports and exports."""

    def as_constant(found: re.Match[str]) -> str:
        if not found["whole"] and found["names"] is None:
            return ""  # imported for what it does
        what = found["whole"] or f"{{{re.sub(r' as ', ': ', found['names'])}}}"
        return f"const {what} = {constants[found['file']]};"

    names = _EXPORT.findall(source)
    source = _NOTHING_EXPORTED.sub("", _EXPORT.sub("", _IMPORT.sub(as_constant, source)))
    if left := _LEFT_OVER.search(re.sub(r"/\*.*?\*/", "", source, flags=re.S)):
        raise CannotJoin(f"{name}: “{left[0]}” can’t be joined.")
    return f"{source}\nreturn {{{', '.join(names)}}};\n"
