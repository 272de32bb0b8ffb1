"""doccano's JSONL: a text a line, its spans as ``[start, end, label]`` or as entities."""

from collections.abc import Iterator
from typing import Any

from annotations.importing import decoding, json_stream, jsonl, standoff
from annotations.importing.problems import Problem
from annotations.importing.shapes import fields, items, string, whole_number
from annotations.importing.sources import Tools, Unit
from annotations.importing.standoff import Mark

#: What tells a line of doccano's from a record.
MARKS = {"label", "labels", "entities"}

_TEXTS = ("text", "data")
_OURS = {*_TEXTS, *MARKS, "id", "relations", "Comments", "comments", "cats", "meta"}
_ENTITY = {"id", "label", "start_offset", "end_offset"}
_RELATION = {"id", "from_id", "to_id", "type"}
_LINE = "the line"
#: What doccano calls the file with everybody's work together.
_EVERYBODY = {"all", "unknown"}

count = jsonl.count


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield each line as an article with the spans of whoever the file is named after."""
    stem = unit.source.path.stem
    coder = "doccano" if stem in _EVERYBODY else stem
    with decoding.as_utf8(unit.source) as file:
        for number, line in jsonl.lines(file):
            try:
                if isinstance(line, Problem):
                    raise line
                yield number, _record(json_stream.parse(line), coder)
            except Problem as problem:
                row = None if isinstance(line, Problem) else line.decode("utf-8", "replace")
                yield number, problem.at("", row=row and row.rstrip("\r\n"))


def _record(value: dict[str, Any], coder: str) -> dict[str, Any]:
    name = next((name for name in _TEXTS if name in value), "text")
    fields(value, _LINE, required={name}, optional=value)
    text = string(value, name, _LINE)
    marks = [
        *items(value, "label", _LINE, _triple),
        *items(value, "labels", _LINE, _triple),
        *items(value, "entities", _LINE, _entity),
    ]
    by_id = {mark.id: mark for mark in marks}
    for start, link in items(value, "relations", _LINE, _relation):
        for end in (start, link["target"]):
            if end not in by_id:
                raise Problem("unknown_target", f"A relation has the end “{end}”, which is none.")
        by_id[start].links.append(link)
    spans = standoff.settle(text, marks, [standoff.CODE_POINTS])
    record: dict[str, Any] = {"text": text, "codings": [{"coder": coder, "spans": spans}]}
    meta = {n: v for n, v in value.items() if n not in _OURS and not isinstance(v, dict | list)}
    inner = value.get("meta")
    meta |= inner if isinstance(inner, dict) else {}
    if meta:
        record["meta"] = meta
    if isinstance(value.get("id"), int | str):
        record["id"] = f"doccano-{value['id']}"
    return record


def _triple(value: Any, where: str) -> Mark:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[2], str):
        raise Problem("bad_span", f"{where} is no [start, end, label].")
    return Mark(whole_number(value[0], where), whole_number(value[1], where), value[2])


def _entity(value: Any, where: str) -> Mark:
    fields(value, where, required=_ENTITY - {"id"}, optional={"id"})
    return Mark(
        whole_number(value["start_offset"], where),
        whole_number(value["end_offset"], where),
        string(value, "label", where),
        id=str(value.get("id", where)),
    )


def _relation(value: Any, where: str) -> tuple[str, dict[str, str]]:
    fields(value, where, required=_RELATION - {"id"}, optional={"id"})
    link = {"name": string(value, "type", where), "target": str(value["to_id"])}
    return str(value["from_id"]), link
