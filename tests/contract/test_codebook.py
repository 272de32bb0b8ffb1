import pytest

from tests.contract.people import ADMINS, MEMBERS, TOKENS, only
from tests.contract.shapes import CODEBOOK, assert_fits

ADDRESS = "projects/study/codebook/"
MOOD = {
    "key": "mood",
    "name": "Mood",
    "colour": "#884422",
    "hotkey": "z",
    "definition": "How somebody feels.",
    "include": ["Anger"],
    "exclude": ["Weather"],
    "examples": ["She was [furious].", {"text": "[Glad] to hear", "note": "adjectives too"}],
    "attributes": [{"name": "tone", "values": ["glad", "sad"]}],
    "links": [{"name": "holder"}],
    "retired": False,
}


def test_every_member_reads_the_codebook_and_admins_publish_the_next(study):
    body = {"labels": [MOOD], "rules": [], "change": "minor", "note": "One label is enough."}

    assert study.everybody("GET", ADDRESS) == only(*MEMBERS, *TOKENS)
    assert study.everybody("PUT", ADDRESS, body) == only(*ADMINS)
    assert_fits(study.ask("coder", "GET", ADDRESS).json(), CODEBOOK)


def test_what_is_read_can_be_sent_back_as_the_next_version(study):
    read = study.ask("admin", "GET", ADDRESS).json()
    rule = {"id": "R1", "text": "The longest name counts."}
    wanted = {**read, "labels": [*read["labels"], MOOD], "rules": [rule]}

    published = study.ask("admin", "PUT", ADDRESS, {**wanted, "change": "meaning", "note": "Mood"})

    assert published.status_code == 200
    assert published.json() == wanted | {"version": read["version"] + 1}
    assert study.ask("coder", "GET", ADDRESS).json() == published.json()


@pytest.mark.parametrize(
    ("change", "version"), [("minor", 2), ("meaning", 1)], ids=["at once", "not to work begun"]
)
def test_an_assignment_pins_its_version(study, change, version):
    study.ask("coder", "POST", "projects/study/next/")
    read = study.ask("admin", "GET", ADDRESS).json()
    study.ask("admin", "PUT", ADDRESS, {**read, "change": change})

    work = study.ask("coder", "GET", "assignments/{assignment}/").json()

    assert work["codebook"]["version"] == version


def test_a_label_left_out_is_retired_and_never_gone(study):
    study.ask("admin", "PUT", ADDRESS, {"labels": [MOOD]})

    labels = study.ask("admin", "GET", ADDRESS).json()["labels"]

    assert {label["key"]: label["retired"] for label in labels} == {
        "mood": False,
        "actor": True,
        "location": True,
        "event": True,
        "claim": True,
    }


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"labels": [MOOD | {"hotkey": "t"}]}, 422, "labels.0.hotkey"),
        ({"labels": [MOOD, MOOD]}, 422, "labels.0.key"),
        ({"labels": [MOOD | {"colour": "red"}]}, 422, "labels.0.colour"),
        ({"labels": []}, 422, "labels"),
        ({"labels": [MOOD], "change": "huge"}, 422, "change"),
        ({"labels": [MOOD | {"icon": "star"}]}, 400, "icon"),
        ({"labels": [MOOD], "rules": [{"id": "R1"}]}, 422, "rules.0.text"),
    ],
)
def test_a_codebook_that_can_not_be_names_the_place(study, body, status, field):
    refused = study.ask("admin", "PUT", ADDRESS, body)

    assert refused.status_code == status
    assert field in [error["field"] for error in refused.json()["errors"]]
