"""What goes beyond one card: the same words elsewhere, remarks, and who is at an article."""

from tests.contract.people import only
from tests.contract.shapes import assert_fits, is_card_id, is_moment, is_uuid
from tests.contract.test_adjudication import ACTOR, CARD, DECISION, NAME_ONLY, RULERS, TASK, rule

ALIKE = CARD + "alike/"
SPREAD = CARD + "spread/"
HISTORY = CARD + "history/"
REMARKS = CARD + "remarks/"
TAKE = TASK + "take/"

PRECEDENT = {"outcome": str, "labels": [str], "rules": [str], "count": int}
PLACE_SHAPE = {
    "task": is_uuid,
    "article": {"id": is_uuid, "key": str, "title": str},
    "card": is_card_id,
    "before": str,
    "words": str,
    "after": str,
}
SPREAD_SHAPE = {
    "version": int,
    "state": str,
    "decision": is_uuid,
    "cards": int,
    "articles": int,
    "left": int,
    "here": [str],
}
ON_RECORD = {name: fits for name, fits in DECISION.items() if name != "stale"} | {"standing": str}
REMARK = {"id": is_uuid, "text": str, "by": str, "at": is_moment}


def another(study):
    """Return a second task on which the coders differ in the same way."""
    return study.make_coded_task([ACTOR], [NAME_ONLY])


def test_the_same_question_is_read_by_those_who_rule(study):
    other = another(study)

    assert study.everybody("GET", ALIKE) == RULERS
    seen = study.ask("adjudicator", "GET", ALIKE).json()

    assert_fits(seen, {"precedents": [PRECEDENT], "waiting": int, "places": [PLACE_SHAPE]})
    assert (seen["precedents"], seen["waiting"]) == ([], 1)
    (place,) = seen["places"]
    assert (place["task"], place["words"]) == (str(other.uuid), "Mayor Ada Brandt")


def test_a_ruling_is_spread_and_taken_back(study):
    other = another(study)
    ruled = rule(study, outcome="reject", rule="R4").json()
    body = {"base_version": ruled["version"]}

    assert study.everybody("POST", SPREAD, body) == RULERS
    answer = study.ask("adjudicator", "POST", SPREAD, body)

    assert_fits(answer.json(), SPREAD_SHAPE)
    assert (answer.json()["cards"], answer.json()["left"]) == (1, 0)
    assert answer.json()["decision"] == ruled["card"]["decision"]["id"]
    found = study.ask("adjudicator", "GET", f"tasks/{other.uuid}/adjudication/").json()
    assert [card["decision"]["rule"] for card in found["cards"]] == ["R4"]
    seen = study.ask("adjudicator", "GET", ALIKE).json()
    assert seen["precedents"] == [{"outcome": "reject", "labels": [], "rules": ["R4"], "count": 1}]

    back = SPREAD + answer.json()["decision"] + "/"
    assert study.everybody("DELETE", back) == RULERS
    undone = study.ask("adjudicator", "DELETE", back)

    assert_fits(undone.json(), SPREAD_SHAPE)
    assert undone.json()["cards"] == 1
    found = study.ask("adjudicator", "GET", f"tasks/{other.uuid}/adjudication/").json()
    assert [card["decision"] for card in found["cards"]] == [None]


def test_what_nobody_ruled_on_is_not_spread(study):
    version = study.ask("adjudicator", "GET", TASK).json()["version"]

    refused = study.ask("adjudicator", "POST", SPREAD, {"base_version": version})

    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_spread")


def test_a_spread_on_an_old_version_is_refused(study):
    ruled = rule(study, outcome="reject").json()

    refused = study.ask("adjudicator", "POST", SPREAD, {"base_version": ruled["version"] - 1})

    assert (refused.status_code, refused.json()["code"]) == (409, "stale")


def test_remarks_stay_with_the_card_in_their_order(study):
    assert study.everybody("GET", REMARKS) == RULERS
    created = RULERS | only("adjudicator", "adjudication token", status=201, others=404)
    created |= {"admin": 403, "admin token": 403}
    assert study.everybody("POST", REMARKS, {"text": "Title or not?"}) == created

    for text in ("Title or not?", "R2 says no."):
        assert_fits(study.ask("adjudicator", "POST", REMARKS, {"text": text}).json(), REMARK)

    seen = study.ask("adjudicator", "GET", REMARKS).json()
    assert_fits(seen, [REMARK])
    assert [remark["text"] for remark in seen] == ["Title or not?", "R2 says no."]
    empty = study.ask("adjudicator", "POST", REMARKS, {"text": " "})
    assert empty.status_code == 422


def test_every_ruling_on_a_card_stays_on_record_and_so_do_those_that_came_too_late(study):
    assert study.everybody("GET", HISTORY) == RULERS
    first = rule(study, outcome="reject", reason="Far-fetched").json()
    rule(study, outcome="accept", coder="B", confidence=70)
    late = {"outcome": "unclear", "note": "Ask.", "base_version": first["version"]}
    assert study.ask("adjudicator", "PUT", CARD, late).status_code == 409

    seen = study.ask("adjudicator", "GET", HISTORY).json()

    assert_fits(seen, [ON_RECORD])
    assert [(row["outcome"], row["standing"]) for row in seen] == [
        ("unclear", "refused"),
        ("accept", "in_force"),
        ("reject", "superseded"),
    ]
    assert [row["coder"] for row in seen] == [None, "B", None]
    assert (seen[0]["note"], seen[1]["confidence"]) == ("Ask.", 70)
    assert seen[2]["reason"] == "Far-fetched"
    assert {row["by"] for row in seen} == {study.adjudicator.user.username}


def test_an_article_is_taken_by_one_adjudicator_at_a_time(study):
    assert study.everybody("POST", TAKE, {}) == RULERS
    taken = study.ask("adjudicator", "POST", TAKE, {})
    assert_fits(taken.json(), {"version": int, "state": str})

    refused = study.ask("adjudication token", "POST", TAKE, {})

    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    assert study.adjudicator.user.username in refused.json()["detail"]
    over = study.ask("adjudication token", "POST", TAKE, {"take_over": True})
    assert over.status_code == 200
