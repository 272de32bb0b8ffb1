import uuid

import pytest

from annotations.importing import records
from annotations.importing.problems import Problem

TEXT = "Ada Brandt spoke in Velmora."
ADA = {"start": 0, "end": 10, "label": "actor"}


def problem_of(record: dict) -> str:
    with pytest.raises(Problem) as caught:
        records.check(record)
    return caught.value.code


def test_only_the_text_is_required_and_names_the_article():
    record = records.check({"text": TEXT})

    assert record.key == record.text_sha256
    assert record.spans is None
    assert record.codings == []
    assert not record.is_cluster_given


def test_the_absence_of_gold_and_empty_gold_are_two_things():
    assert records.check({"text": TEXT, "spans": []}).spans == []


def test_a_cluster_of_null_is_given():
    record = records.check({"text": TEXT, "cluster": None})
    assert (record.cluster, record.is_cluster_given) == (None, True)


def test_offsets_are_held_against_the_text_as_sent_and_moved_onto_the_canonical_one():
    sent = "One.\r\nAda 😀 Brandt\r\nspoke."
    start = sent.index("Ada")
    quote = "Ada 😀 Brandt\r\nspoke"
    record = records.check(
        {
            "text": sent,
            "zones": [{"start": 0, "end": 6, "kind": "title"}],
            "codings": [
                {
                    "coder": "a",
                    "spans": [
                        {
                            "start": start,
                            "end": start + len(quote),
                            "label": "actor",
                            "quote": quote,
                        }
                    ],
                }
            ],
        }
    )

    [span] = record.codings[0].spans
    assert record.text[span["start"] : span["end"]] == span["quote"] == "Ada 😀 Brandt\nspoke"
    assert record.zones == [{"start": 0, "end": 5, "kind": "title"}]


def test_gold_without_a_source_is_adjudicated():
    [span] = records.check({"text": TEXT, "spans": [ADA]}).spans
    assert span["source"] == "adjudicated"
    assert span["coders"] == []
    assert span["decision"] is None


def test_ids_that_are_no_uuids_become_uuids_and_links_follow():
    record = records.check(
        {
            "text": TEXT,
            "spans": [
                {**ADA, "id": "T1"},
                {
                    "start": 20,
                    "end": 27,
                    "label": "location",
                    "id": "T2",
                    "links": [{"name": "of", "target": "T1"}],
                },
            ],
        }
    )

    first, second = record.spans
    assert uuid.UUID(first["id"]).version == 5
    assert second["links"] == [{"name": "of", "target": first["id"]}]
    assert (
        first["id"] == records.check({"text": TEXT, "spans": [{**ADA, "id": "T1"}]}).spans[0]["id"]
    )


def test_uuids_are_kept():
    name = str(uuid.uuid4())
    assert records.check({"text": TEXT, "spans": [{**ADA, "id": name}]}).spans[0]["id"] == name


def test_spans_without_ids_get_the_same_ones_every_time_and_repeats_get_their_own():
    value = {"text": TEXT, "codings": [{"coder": "a", "spans": [ADA, ADA]}]}
    first, second = records.check(value).codings[0].spans
    assert first["id"] != second["id"]
    assert records.check(value).codings[0].spans == [first, second]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({}, "missing_field"),
        ({"text": 3}, "wrong_type"),
        ({"text": " \n"}, "empty_text"),
        ({"text": "half \ud83d of it"}, "lone_surrogate"),
        ({"text": TEXT, "meta": {"title": "\ude00"}}, "lone_surrogate"),
        ({"text": TEXT, "meta": {"title": "a\0b"}}, "nul_character"),
        ({"text": TEXT, "meta": {"tags": ["a"]}}, "wrong_type"),
        ({"text": TEXT, "title": "Outside meta"}, "unknown_field"),
        ({"text": TEXT, "id": ""}, "empty_field"),
        ({"text": TEXT, "id": "x" * 401}, "too_long"),
        ({"text": TEXT, "text_sha256": "0" * 64}, "hash_mismatch"),
        ({"text": TEXT, "codebook_version": True}, "wrong_type"),
        ({"text": TEXT, "codebook_version": 0}, "out_of_range"),
        ({"text": TEXT, "cluster": 7}, "wrong_type"),
        ({"text": TEXT, "spans": None}, "wrong_type"),
        ({"text": TEXT, "spans": [{**ADA, "colour": "red"}]}, "unknown_field"),
        ({"text": TEXT, "spans": [{**ADA, "source": "guess"}]}, "bad_source"),
        ({"text": TEXT, "spans": [{**ADA, "start": -1}]}, "out_of_range"),
        ({"text": TEXT, "spans": [{**ADA, "start": True}]}, "wrong_type"),
        ({"text": TEXT, "spans": [{**ADA, "end": 0}]}, "bad_span"),
        ({"text": TEXT, "spans": [{**ADA, "end": 99}]}, "span_outside_text"),
        ({"text": TEXT, "spans": [{**ADA, "quote": "Ada Brand"}]}, "quote_mismatch"),
        ({"text": TEXT, "spans": [{**ADA, "id": "a"}, {**ADA, "id": "a"}]}, "span_id_repeated"),
        (
            {"text": TEXT, "spans": [{**ADA, "links": [{"name": "of", "target": "x"}]}]},
            "unknown_target",
        ),
        (
            {"text": TEXT, "codings": [{"coder": "a", "spans": []}, {"coder": "a", "spans": []}]},
            "coder_repeated",
        ),
        ({"text": TEXT, "codings": [{"coder": "a"}]}, "missing_field"),
        ({"text": TEXT, "codings": [{"coder": "", "spans": []}]}, "empty_field"),
        ({"text": TEXT, "zones": [{"start": 0, "end": 3, "kind": "advert"}]}, "bad_zone"),
        (
            {
                "text": TEXT,
                "zones": [{"start": 0, "end": 12, "kind": "boilerplate"}],
                "spans": [ADA],
            },
            "span_in_boilerplate",
        ),
    ],
)
def test_a_fault_refuses_the_record_and_says_which(record, code):
    assert problem_of(record) == code


def test_a_problem_names_the_field_and_the_place():
    with pytest.raises(Problem) as caught:
        records.check({"text": TEXT, "codings": [{"coder": "a", "spans": [{**ADA, "kind": 1}]}]})
    assert caught.value.detail == "codings[0].spans[0] has an unknown field “kind”."
