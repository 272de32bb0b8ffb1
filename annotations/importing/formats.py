"""Which reader a file needs, by its name and by what is in it."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from types import ModuleType
from typing import Any

from annotations.importing import (
    brat,
    conll,
    decoding,
    doccano,
    html,
    jsonl,
    labelstudio,
    tables,
    txt,
    webanno,
    xmi,
)
from annotations.importing.problems import Problem
from annotations.importing.sources import Tools, Unit

ZIP = "zip"
#: What is read beside other files only, or not at all: type systems, settings of tools.
BESIDE = "beside"
TABLES = ("csv", "tsv", "xlsx", "parquet")
#: Those whose documents can have a file for each coder.
CODED = ("brat", "xmi", "webanno")

#: Every format, and its reader: this is the one place.
_READERS: dict[str, ModuleType] = {
    "txt": txt,
    "html": html,
    "jsonl": jsonl,
    "csv": tables,
    "tsv": tables,
    "xlsx": tables,
    "parquet": tables,
    "brat": brat,
    "xmi": xmi,
    "webanno": webanno,
    "labelstudio": labelstudio,
    "doccano": doccano,
    "conll": conll,
}
FORMATS = (*_READERS, ZIP)
#: What a browser offers to choose.
SUFFIXES = (
    *(".txt", ".text", ".html", ".htm", ".xhtml", ".jsonl", ".ndjson", ".json", ".csv", ".tsv"),
    *(".xlsx", ".parquet", ".ann", ".xmi", ".xml", ".conll", ".conllu", ".iob", ".bio", ".zip"),
)
#: How much of a file ``recognise`` wants to see.
HEAD = 2**16

#: What folders hold besides articles: of a saved page, and settings.
_PASSED_OVER = (
    *(".css", ".js", ".map", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".ico"),
    *(".woff", ".woff2", ".ttf", ".eot", ".mp3", ".mp4", ".conf"),
)
_BY_SUFFIX = {
    **dict.fromkeys((".txt", ".text"), "txt"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".csv",), "csv"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".conll", ".conllu", ".iob", ".iob2", ".bio"), "conll"),
    **dict.fromkeys(_PASSED_OVER, BESIDE),
    **{".xlsx": "xlsx", ".ann": "brat", ".xmi": "xmi", ".zip": ZIP},
}
_TABBED = {".tsv", ".tab"}
_BY_CONTENT = {"", ".json", ".md", ".jsonl", ".ndjson", ".xml", *_TABBED}
_TASKS = re.compile(
    r'\[\s*(?:\]|\{.*"(?:data|annotations|completions|predictions)"\s*:)', re.DOTALL
)


def recognise(name: str, head: bytes, wanted: str = "") -> str | None:
    """Return the format of a file by its name and first bytes, or ``None`` if none reads it.

    Where it is said to be ``wanted`` that is taken, but for archives and for what lies beside.
    """
    found = _recognise(name, head)
    if not wanted or wanted == ZIP or found in (ZIP, BESIDE):
        return found
    return "txt" if wanted == "brat" and found != "brat" else wanted


def _recognise(name: str, head: bytes) -> str | None:
    suffix = PurePath(name).suffix.lower()
    if PurePath(name).name.startswith("."):
        return BESIDE
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]  # what is in it need not be made out
    if suffix not in _BY_CONTENT:
        return None
    start = head[:HEAD].decode(decoding.encoding_of(head[:HEAD], is_whole=False), "replace")
    start = start.lstrip("\ufeff").lstrip()
    if suffix in _TABBED:
        return "webanno" if start.startswith("#FORMAT=WebAnno TSV") else "tsv"
    if suffix == ".xml":
        return BESIDE if "typeSystemDescription" in start else "xmi" if "XMI" in start else None
    if suffix == ".json" and _TASKS.match(start):
        return "labelstudio"
    if start.startswith("{"):
        return "doccano" if _is_doccano(start) else "jsonl"
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    return None if suffix == ".json" or b"\0" in head else "txt"


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield the records of a unit as line and record, or line and what is wrong with it."""
    try:
        yield from _READERS[unit.format].read(unit, tools)
    except Problem as problem:
        # A fault below the reader: the archive is damaged, the file is longer than it says.
        yield problem.line or 1, problem


def count(unit: Unit) -> int:
    """Return how many records the unit holds, as far as can be told without reading them."""
    try:
        return _READERS[unit.format].count(unit)
    except Problem:
        return 1


def _is_doccano(start: str) -> bool:
    try:
        first = json.loads(start.partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(first, dict)
        and bool(doccano.MARKS & first.keys())
        and not {"spans", "codings"} & first.keys()
    )
