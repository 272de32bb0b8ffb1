import csv
import io
import json
from collections import defaultdict

import pytest

from annotations.importing import json_stream, records
from annotations.importing.problems import Problem
from tests.annotations.importing.files import CORPORA, rows, surfaces


def region(start, end, text, label="actor", name="r1", kind="labels"):
    value = {"start": start, "end": end, "text": text, kind: [label]}
    return {"id": name, "from_name": "label", "to_name": "text", "type": kind, "value": value}


def task(*results, text="Ada 😀 Brandt spoke", **annotation):
    made = {"completed_by": {"id": 3, "email": "max@example.org"}, "result": list(results)}
    return {"id": 7, "data": {"text": text, "outlet": "Post"}, "annotations": [made | annotation]}


def export(*tasks, encoding="utf-8") -> tuple[str, bytes]:
    return "export.json", json.dumps(tasks, ensure_ascii=False, indent=1).encode(encoding)


def test_the_spans_of_a_real_corpus_in_utf_16_land_on_their_surfaces():
    lines = (CORPORA / "toxicspans/articles.jsonl").read_text().splitlines()
    texts = {
        record["id"].removeprefix("tox-"): record["text"] for record in map(json.loads, lines)
    }
    with (CORPORA / "toxicspans/astral_raw_utf16_offsets.csv").open() as file:
        spans = list(csv.DictReader(file))
    results = defaultdict(lambda: defaultdict(list))
    for number, span in enumerate(spans):
        results[span["comment_id"]][span["worker"]].append(
            region(
                int(span["start_utf16"]),
                int(span["end_utf16"]),
                span["surface"],
                span["type"],
                f"r{number}",
            )
        )
    tasks = [
        {
            "id": int(comment),
            "data": {"text": texts[comment]},
            "annotations": [
                {"completed_by": int(worker), "result": found} for worker, found in by.items()
            ],
        }
        for comment, by in results.items()
    ]

    found = set()
    for _, value in rows(export(*tasks, encoding="utf-16")):
        assert not isinstance(value, Problem), value.detail
        record = records.check(value)
        for coding in record.codings:
            for span in coding.spans:
                surface = record.text[span["start"] : span["end"]]
                place = (span["start"], span["end"])
                found.add((record.key, coding.coder, span["label"], *place, surface))
    assert found == {
        (
            f"task-{span['comment_id']}",
            span["worker"],
            span["type"],
            int(span["start_codepoint"]),
            int(span["end_codepoint"]),
            span["surface"],
        )
        for span in spans
    }
    moved = [span for span in spans if span["start_utf16"] != span["start_codepoint"]]
    assert moved, "there is no span behind an astral character, and nothing is shown"


def test_a_task_is_an_article_with_its_people_its_truth_and_its_guesses():
    value = task(region(7, 13, "Brandt"), ground_truth=True)
    value["annotations"] += [
        {"completed_by": 9, "result": []},
        {"completed_by": 10, "result": [region(0, 3, "Ada")], "was_cancelled": True},
    ]
    value["predictions"] = [{"model_version": "v2", "result": [region(0, 3, "Ada")]}]
    [(line, found)] = rows(export(value))
    record = records.check(found)
    assert (line, record.key, record.meta) == (2, "task-7", {"outlet": "Post"})
    assert [coding.coder for coding in record.codings] == ["max@example.org", "9"]
    assert surfaces(found) == [("actor", "Brandt")]
    assert [(s["quote"], s["coders"]) for s in record.spans] == [("Brandt", ["max@example.org"])]
    [guess] = record.suggestions
    assert (guess.origin, [span["quote"] for span in guess.spans]) == ("v2", ["Ada"])


def test_relations_and_what_is_said_of_a_region_come_with_it():
    results = [
        region(0, 3, "Ada", name="a"),
        region(14, 19, "spoke", "speech", name="b"),
        {"type": "relation", "from_id": "b", "to_id": "a", "labels": ["speaker"]},
        {"id": "a", "type": "choices", "from_name": "side", "value": {"choices": ["north"]}},
    ]
    [(_, value)] = rows(export(task(*results)))
    actor, speech = records.check(value).codings[0].spans
    assert actor["attributes"] == [{"name": "side", "value": "north"}]
    assert speech["links"] == [{"name": "speaker", "target": actor["id"]}]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (task(region(8, 14, "Brandt")), "quote_mismatch"),
        (task(region(7, 99, "Brandt")), "span_outside_text"),
        (task({"type": "relation", "from_id": "x", "to_id": "y"}), "unknown_target"),
        ({"id": 7, "data": {}}, "no_text"),
        ({"id": 7}, "wrong_type"),
        (17, "wrong_type"),
    ],
)
def test_a_bad_task_is_refused_by_its_line_and_the_next_is_read(value, code):
    (_, before), (_, problem), (_, after) = rows(export(task(), value, task()))
    assert (before["id"], problem.code, after["id"]) == ("task-7", code, "task-7")
    assert json.loads(problem.row) == value


@pytest.mark.parametrize("cut", [b"[", b'[{"a": 1}', b'[{"a": 1},', b'[{"a": "', b"", b"{}"])
def test_an_array_that_is_cut_off_is_told_at_its_end(cut):
    *_, (_, last) = json_stream.items(io.BytesIO(cut))
    assert last.code == "bad_json"


def test_items_are_found_whatever_is_in_them_and_wherever_they_are_cut(monkeypatch):
    values = [{"a": '}],[{"\\" \\\\'}, [1, [2, {"b": []}]], "x,y", 5, {}]
    data = json.dumps(values, indent=2).encode()
    for size in (1, 2, 3, 7, 1000):
        monkeypatch.setattr(json_stream, "_PIECE", size)
        found = list(json_stream.items(io.BytesIO(data)))
        assert [json.loads(item) for _, item in found] == values
        assert [line for line, _ in found] == [2, 5, 14, 15, 16]
