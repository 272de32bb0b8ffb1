"""Label Studio's JSON: an array of tasks, each with the annotations of its people."""

from collections.abc import Iterator
from typing import Any

from annotations.importing import decoding, json_stream, standoff
from annotations.importing.problems import Problem
from annotations.importing.shapes import fields, items, string, whole_number
from annotations.importing.sources import Tools, Unit
from annotations.importing.standoff import Mark

_TASK = "the task"
_LABELS = ("labels", "hypertextlabels", "paragraphlabels")
#: Results that say something of a region which another result has marked.
_SAID_OF_A_REGION = ("choices", "textarea", "rating", "number", "datetime")
_UNITS = (standoff.UTF_16, standoff.CODE_POINTS)


def count(unit: Unit) -> int:
    with decoding.as_utf8(unit.source) as file:
        return sum(1 for _ in json_stream.items(file))


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield each task as an article: annotations are codings, predictions suggestions."""
    with decoding.as_utf8(unit.source) as file:
        for number, item in json_stream.items(file):
            if isinstance(item, Problem):
                yield number, item
                continue
            try:
                yield number, _record(json_stream.parse(item))
            except Problem as problem:
                yield number, problem.at("", row=item.decode("utf-8", "replace"))


def _record(task: dict[str, Any]) -> dict[str, Any]:
    data = task.get("data")
    fields(data, "“data” of the task", optional=data or ())
    name = _text_name(data)
    text = data[name]
    meta = {n: v for n, v in data.items() if n != name and not isinstance(v, dict | list)}
    record: dict[str, Any] = {"text": text, "meta": meta}
    if isinstance(task.get("id"), int | str):
        record["id"] = f"task-{task['id']}"

    old = task.get("completions", [])
    annotations = [
        a
        for a in [*_objects(task, "annotations"), *_objects({"annotations": old}, "annotations")]
        if not a.get("was_cancelled")
    ]
    codings = [
        {"coder": _coder(annotation), "spans": _spans(text, annotation)}
        for annotation in annotations
    ]
    if codings:
        record["codings"] = codings
    truths = [c for a, c in zip(annotations, codings, strict=True) if a.get("ground_truth")]
    if truths:
        record["spans"] = [
            span | {"coders": [truths[-1]["coder"]]} for span in truths[-1]["spans"]
        ]
    suggestions = [
        {"origin": str(guess.get("model_version") or "Label Studio"), "spans": _spans(text, guess)}
        for guess in _objects(task, "predictions")
    ]
    if suggestions:
        record["suggestions"] = suggestions
    return record


def _text_name(data: dict[str, Any]) -> str:
    """Return which field of a task's data is the text: ``text``, or else the longest."""
    if isinstance(data.get("text"), str):
        return "text"
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    if not texts:
        raise Problem("no_text", "The task has no text in its data.")
    return max(texts, key=lambda name: len(texts[name]))


def _coder(annotation: dict[str, Any]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("username") or by.get("id")
    return str(by) if isinstance(by, int | str) and by != "" else "Label Studio"


def _spans(text: str, annotation: dict[str, Any]) -> list[dict[str, Any]]:
    results = _objects(annotation, "result")
    marks: dict[str, Mark] = {}
    for number, result in enumerate(results):
        value = result.get("value")
        kind = result.get("type")
        if isinstance(value, dict) and kind in _LABELS and kind in value:
            name = str(result.get("id") or number)
            for position, label in enumerate(items(value, kind, "a result", _name)):
                marks[name if position == 0 else f"{name}/{position}"] = _mark(value, label, name)
    for result in results:
        value, kind = result.get("value"), result.get("type")
        region = marks.get(str(result.get("id")))
        if kind == "relation":
            _link(result, marks)
        elif kind in _SAID_OF_A_REGION and region and isinstance(value, dict):
            said = value.get("text" if kind == "textarea" else kind, "")
            for one in said if isinstance(said, list) else [said]:
                name = str(result.get("from_name") or kind)
                region.attributes.append({"name": name, "value": str(one)})
    return standoff.settle(text, list(marks.values()), _UNITS, owner=_coder(annotation))


def _mark(value: dict[str, Any], label: str, name: str) -> Mark:
    place = value.get("globalOffsets", value)
    fields(place, "the place of a result", required={"start", "end"}, optional=place)
    return Mark(
        whole_number(place["start"], "“start” of a result"),
        whole_number(place["end"], "“end” of a result"),
        label,
        string(value, "text", "a result", default=None),
        id=name,
    )


def _link(result: dict[str, Any], marks: dict[str, Mark]) -> None:
    start, end = str(result.get("from_id")), str(result.get("to_id"))
    if start not in marks or end not in marks:
        raise Problem("unknown_target", "A relation has an end that is no region.")
    for name in items(result, "labels", "a relation", _name) or ["relation"]:
        marks[start].links.append({"name": name, "target": end})


def _objects(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return items(holder, name, _TASK, lambda value, where: fields(value, where, optional=value))


def _name(value: Any, where: str) -> str:
    return string({"name": value}, "name", where)
