"""Every line that leaves is what the two schemas allow; what they forbid does not come in."""

import copy
import json
import os
from pathlib import Path

import jsonschema
import pytest

from annotations.enums import Role
from exports.verification import SCHEMA
from tests.annotations.actions.uploads import file_of, imported
from tests.exports import golden, reading
from tests.exports.worlds import built
from tests.factories import CodebookFactory, MemberFactory

#: What the product promises of a release, and what any record is, on its way in or out.
RELEASED = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
RECORD = Path(__file__).parents[3] / "shared" / "design" / "article-record.schema.json"

SPAN = {"start": 0, "end": 10, "label": "actor"}
GOOD = {
    "id": "a",
    "text": "Ada Brandt spoke in Velmora.",
    "meta": {"title": "Talks", "words": 5, "is_wire": True, "author": None},
    "zones": [{"start": 0, "end": 5, "kind": "byline"}],
    "cluster": None,
    "split": "train",
    "codebook_version": 1,
    "spans": [SPAN | {"source": "majority", "coders": ["ann"], "decision": None}],
    "codings": [{"coder": "ann", "spans": [SPAN]}],
    "suggestions": [{"origin": "model-7", "spans": [SPAN]}],
}
FORBIDDEN = [
    {"oops": 1},
    {"id": ""},
    {"id": 7},
    {"text": 7},
    {"text_sha256": "nothing"},
    {"meta": []},
    {"meta": {"author": {"name": "Ada"}}},
    {"zones": {}},
    {"zones": [{"start": 0, "end": 5, "kind": "poem"}]},
    {"zones": [{"start": 0, "end": 5}]},
    {"zones": [{"start": 0, "end": 5, "kind": "title", "note": ""}]},
    {"zones": [{"start": 0, "end": 0, "kind": "title"}]},
    {"cluster": 7},
    {"split": 7},
    {"codebook_version": "one"},
    {"spans": {}},
    {"spans": [{"start": 0, "end": 10}]},
    {"spans": [SPAN | {"label": ""}]},
    {"spans": [SPAN | {"start": -1}]},
    {"spans": [SPAN | {"start": 0.5}]},
    {"spans": [SPAN | {"end": "10"}]},
    {"spans": [SPAN | {"id": 7}]},
    {"spans": [SPAN | {"note": 7}]},
    {"spans": [SPAN | {"colour": "red"}]},
    {"spans": [SPAN | {"source": "rumour"}]},
    {"spans": [SPAN | {"coders": "ann"}]},
    {"spans": [SPAN | {"decision": 7}]},
    {"spans": [SPAN | {"attributes": [{"name": "tone"}]}]},
    {"spans": [SPAN | {"attributes": [{"name": "tone", "value": 7}]}]},
    {"spans": [SPAN | {"links": [{"name": "speaker"}]}]},
    {"codings": [{"coder": "ann"}]},
    {"codings": [{"coder": "", "spans": []}]},
    {"codings": [{"coder": "ann", "spans": [], "at": "noon"}]},
    {"codings": [{"coder": "ann", "spans": [SPAN | {"source": "single"}]}]},
    {"suggestions": [{"spans": []}]},
    {"suggestions": [{"origin": "model-7", "spans": [], "score": 1}]},
]


@pytest.fixture
def record_schema():
    if not RECORD.exists():
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("The schema of records is not beside the repository (../shared).")
    return jsonschema.Draft202012Validator(json.loads(RECORD.read_text()))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"text": False},
        {"include": ["gold", "codings"], "real_names": True},
        {"include": ["codings"], "text": False},
        {"splits": {"train": 0.5, "test": 0.5}},
    ],
)
def test_every_line_of_a_release_is_as_both_schemas_say(recipe, record_schema):
    lines = reading.records(built(golden.corpus(), **recipe))

    assert lines
    for line in lines:
        assert [error.message for error in RELEASED.iter_errors(line)] == []
        assert [error.message for error in record_schema.iter_errors(line)] == []


@pytest.mark.django_db
def test_what_the_schema_allows_comes_in_and_what_it_forbids_is_named_by_file_and_line(
    record_schema,
):
    admin = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)
    wrong = [
        copy.deepcopy(GOOD) | {"id": f"b{at}"} | at_fault for at, at_fault in enumerate(FORBIDDEN)
    ]
    assert record_schema.is_valid(GOOD)
    assert [at_fault for at_fault in FORBIDDEN if record_schema.is_valid(GOOD | at_fault)] == []

    job = imported(admin, GOOD, *wrong)

    refused = set(job.problems.values_list("file", "line"))
    assert (job.state, job.created) == ("ready", 1)
    assert refused == {(file_of().name, at) for at in range(2, len(wrong) + 2)}


def test_a_release_is_held_to_no_less_than_any_record(record_schema):
    """What only an import may have is left out of the comparison."""
    released = json.loads((Path(golden.FOLDER) / "articles.jsonl").read_bytes().splitlines()[0])
    given = [fault for fault in FORBIDDEN if "suggestions" not in fault]

    assert RELEASED.is_valid(released)
    assert [fault for fault in given if RELEASED.is_valid(released | fault)] == []
