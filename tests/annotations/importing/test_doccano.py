import json

import pytest

from annotations.importing import records
from tests.annotations.importing.files import rows, surfaces

TEXT = "Ada 😀\r\nin Velmora"


def exported(*values, name="max.jsonl"):
    return name, "\r\n".join(json.dumps(value) for value in values).encode()


def test_triples_are_spans_of_whom_the_file_is_named_after():
    line = {
        "id": 4,
        "text": TEXT,
        "label": [[0, 3, "actor"], [10, 17, "location"]],
        "Comments": [],
    }
    [(_, value)] = rows(exported(line | {"outlet": "Post"}))
    record = records.check(value)
    assert (record.key, record.meta, record.codings[0].coder) == (
        "doccano-4",
        {"outlet": "Post"},
        "max",
    )
    assert surfaces(value) == [("actor", "Ada"), ("location", "Velmora")]


def test_entities_come_with_their_relations():
    entities = [
        {"id": 11, "label": "actor", "start_offset": 0, "end_offset": 3},
        {"id": 12, "label": "location", "start_offset": 10, "end_offset": 17},
    ]
    relation = {"id": 1, "from_id": 11, "to_id": 12, "type": "in"}
    line = {"text": TEXT, "entities": entities, "relations": [relation]}
    [(_, value)] = rows(exported(line, name="all.jsonl"))
    coding = records.check(value).codings[0]
    assert coding.coder == "doccano"
    assert coding.spans[0]["links"] == [{"name": "in", "target": coding.spans[1]["id"]}]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"text": TEXT, "label": [[0, 99, "actor"]]}, "span_outside_text"),
        ({"text": TEXT, "label": ["positive"]}, "bad_span"),
        ({"text": TEXT, "label": [[0, "3", "actor"]]}, "wrong_type"),
        ({"label": []}, "missing_field"),
        (
            {"text": TEXT, "label": [], "relations": [{"from_id": 1, "to_id": 2, "type": "x"}]},
            "unknown_target",
        ),
    ],
)
def test_a_bad_line_is_refused_and_the_next_is_read(line, code):
    first = {"text": "a", "label": []}
    found = rows(exported(first, line, first))
    assert [number for number, _ in found] == [1, 2, 3]
    assert found[1][1].code == code
    assert json.loads(found[1][1].row) == line
