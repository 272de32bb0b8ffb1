import pytest

from annotations.models import Task
from tests.contract.people import ADJUDICATORS, ADMINS, only
from tests.contract.shapes import (
    ARTICLE_TO_READ,
    CODEBOOK,
    SPAN,
    assert_fits,
    is_card_id,
    is_moment,
    is_offsets,
    is_uuid,
    maybe,
    page_of,
)
from tests.world import ACTOR, NAME_ONLY, PLACE

QUEUE = "projects/study/tasks/"
TASK = "tasks/{task}/adjudication/"
CARD = TASK + "cards/{card}/"
RULERS = only(*ADJUDICATORS, others=404) | {"admin": 403, "admin token": 403}

ROW = {
    "id": is_uuid,
    "state": str,
    "article": {"id": is_uuid, "key": str, "title": str},
    "batch": {"id": is_uuid, "name": str},
    "coders_wanted": int,
    "cards_open": int,
    "cards_disputed": int,
    "version": int,
    "adjudicated_at": maybe(is_moment),
}
DECISION = {
    "id": is_uuid,
    "outcome": str,
    "coder": maybe(str),
    "spans": [SPAN],
    "reason": str,
    "note": str,
    "rule": str,
    "confidence": maybe(int),
    "by": maybe(str),
    "at": is_moment,
    "automatic": bool,
    "stale": bool,
}
CARD_SHAPE = {
    "id": is_card_id,
    "kind": str,
    "start": int,
    "end": int,
    "candidates": [{"coder": str, "spans": [SPAN]}],
    "decision": maybe(DECISION),
    "remarks": int,
}
GOLD = SPAN | {"source": str, "coders": [str], "decision": is_uuid}
DOCUMENT = {
    "id": is_uuid,
    "version": int,
    "state": str,
    "article": ARTICLE_TO_READ,
    "codebook": CODEBOOK,
    "coders": [str],
    "cards": [CARD_SHAPE],
    "added": [{"start": int, "end": int, "decision": DECISION}],
    "gold": [GOLD],
    "reasons": [str],
    "tokens": [is_offsets],
}


def read(study):
    return study.ask("adjudicator", "GET", TASK).json()


def ruling(study, **fields):
    return {"base_version": read(study)["version"], **fields}


def rule(study, **fields):
    return study.ask("adjudicator", "PUT", CARD, ruling(study, **fields))


def test_the_queue_is_for_adjudicators_and_admins_most_disputed_first(study):
    assert study.everybody("GET", QUEUE) == only(*ADJUDICATORS, *ADMINS)

    seen = study.ask("adjudicator", "GET", QUEUE).json()

    assert_fits(seen, page_of(ROW))
    disputes = [row["cards_disputed"] for row in seen["results"]]
    assert (len(disputes), disputes[0]) == (3, 1)
    assert disputes == sorted(disputes, reverse=True)


def test_the_queue_is_narrowed(study):
    def found(query):
        rows = study.ask("adjudicator", "GET", f"{QUEUE}?{query}").json()["results"]
        return {row["id"] for row in rows}

    coded, done, fresh = (str(task.uuid) for task in (study.coded, study.done, study.open))
    assert found("state=coded") == {coded}
    assert found("state=open") == {fresh}
    assert found(f"batch={study.batch.uuid}") == {fresh}
    assert found("kind=boundary") == {coded}
    assert found("label=location") == {coded, done}
    assert found("kind=boundary&label=location") == set()
    refused = study.ask("adjudicator", "GET", f"{QUEUE}?kind=feud")
    assert refused.status_code == 422


def test_a_task_is_read_by_adjudicators_alone(study):
    assert study.everybody("GET", TASK) == RULERS

    seen = read(study)

    assert_fits(seen, DOCUMENT | {"coders": [str], "state": "coded"})
    assert seen["coders"] == ["A", "B"]
    assert {card["kind"] for card in seen["cards"]} == {"boundary", "agreed"}
    assert [span["quote"] for span in seen["gold"]] == ["Velmora"]
    assert [(span["source"], span["coders"]) for span in seen["gold"]] == [
        ("unanimous", ["A", "B"])
    ]


def test_nothing_that_an_adjudicator_reads_names_a_coder_or_an_assignment(study):
    seen = study.ask("adjudicator", "GET", TASK).content.decode()

    for assignment in study.coded.assignments.select_related("coder__user"):
        coder = assignment.coder
        for secret in (assignment.uuid, coder.uuid, coder.user.uuid, coder.user.username):
            assert f'"{secret}"' not in seen


def test_names_are_shown_where_the_project_says_so(study):
    study.ask("admin", "PATCH", "projects/study/", {"settings": {"show_names": True}})

    named = study.coded.assignments.values_list("coder__user__username", flat=True)
    assert read(study)["coders"] == sorted(named)


def test_adjudicators_alone_rule(study):
    assert study.everybody("PUT", CARD, ruling(study, outcome="reject")) == RULERS


@pytest.mark.parametrize(
    ("fields", "quotes"),
    [
        ({"outcome": "accept", "coder": "A"}, 1),
        ({"outcome": "edit", "spans": [ACTOR, NAME_ONLY]}, 2),
        ({"outcome": "reject"}, 0),
        ({"outcome": "unclear"}, 0),
    ],
    ids=lambda value: value["outcome"] if isinstance(value, dict) else "",
)
def test_every_outcome_is_a_decision_with_who_when_and_why(study, fields, quotes):
    why = {"reason": "Rule 4", "note": "With the title.", "rule": "R4", "confidence": 80}

    answer = rule(study, **fields, **why)

    assert answer.status_code == 200
    assert_fits(answer.json(), {"version": int, "state": "adjudicating", "card": CARD_SHAPE})
    assert_fits(
        answer.json()["card"]["decision"],
        DECISION
        | why
        | {
            "outcome": fields["outcome"],
            "coder": fields.get("coder"),
            "by": study.adjudicator.user.username,
            "automatic": False,
            "stale": False,
        },
    )
    seen = read(study)
    assert seen["version"] == answer.json()["version"]
    assert len(seen["gold"]) == 1 + quotes


def test_a_span_as_it_was_read_can_be_sent_back(study):
    spans = [span for card in read(study)["cards"] for span in card["candidates"][0]["spans"]]
    boundary = [span for span in spans if span["label"] == "actor"]

    assert rule(study, outcome="edit", spans=boundary).status_code == 200


def test_an_automatic_decision_is_overruled_and_kept(study):
    (agreed,) = [card for card in read(study)["cards"] if card["kind"] == "agreed"]
    assert (agreed["decision"]["automatic"], agreed["decision"]["by"]) == (True, None)

    address = f"{TASK}cards/{agreed['id']}/"
    answer = study.ask("adjudicator", "PUT", address, ruling(study, outcome="reject"))

    assert answer.json()["card"]["decision"]["automatic"] is False
    assert read(study)["gold"] == []


def test_a_ruling_that_comes_too_late_is_409_and_kept(study):
    body = ruling(study, outcome="reject")
    rule(study, outcome="unclear")

    late = study.ask("adjudicator", "PUT", CARD, body)

    assert (late.status_code, late.json()["code"]) == (409, "stale")
    draft = study.coded.ruling_drafts.get()
    assert (draft.card_id, draft.body["outcome"]) == (study.card.card_id, "reject")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"outcome": "shrug"}, 422),
        ({"outcome": "accept"}, 422),
        ({"outcome": "accept", "coder": "C"}, 422),
        ({"outcome": "edit"}, 422),
        ({"outcome": "edit", "spans": [ACTOR | {"end": 999}]}, 422),
        ({"outcome": "edit", "spans": [ACTOR | {"label": "mood"}]}, 422),
        ({"outcome": "reject", "confidence": 101}, 422),
        ({"outcome": "reject", "because": "x"}, 400),
    ],
)
def test_a_ruling_that_can_not_be_is_refused(study, fields, status):
    assert rule(study, **fields).status_code == status


def test_a_card_that_is_not_there_is_404(study):
    address = f"{TASK}cards/{'0' * 32}/"

    answer = study.ask("adjudicator", "PUT", address, ruling(study, outcome="reject"))

    assert answer.status_code == 404


def test_a_card_is_reopened_by_a_decision_that_supersedes(study):
    rule(study, outcome="reject")
    address = f"{CARD}?base_version={read(study)['version']}"

    assert study.everybody("DELETE", address) == RULERS
    answer = study.ask("adjudicator", "DELETE", address)

    assert_fits(answer.json(), {"version": int, "state": str, "card": CARD_SHAPE})
    assert answer.json()["card"]["decision"] is None
    by_hand = study.coded.decisions.filter(is_automatic=False)
    assert list(by_hand.order_by("pk").values_list("outcome", flat=True)) == ["reject", "reopen"]


@pytest.mark.parametrize("query", ["", "?base_version=x", "?base_version=-1"])
def test_reopening_says_on_which_version(study, query):
    refused = study.ask("adjudicator", "DELETE", CARD + query)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["base_version"]


def test_a_span_that_nobody_coded_is_added_and_taken_back(study):
    span = {"label": "event", "start": 42, "end": 47, "attributes": [], "note": "Implied."}
    body = ruling(study, **span)

    assert study.everybody("POST", TASK + "spans/", body) == {
        name: 201 if status == 200 else status for name, status in RULERS.items()
    }
    added = study.ask("adjudicator", "POST", TASK + "spans/", body)
    assert added.status_code == 201
    assert_fits(added.json(), {"version": int, "state": str, "span": GOLD})
    assert added.json()["span"] in read(study)["gold"]

    where = f"{TASK}spans/{added.json()['span']['id']}/?base_version={added.json()['version']}"
    assert study.everybody("DELETE", where) == RULERS
    gone = study.ask("adjudicator", "DELETE", where)
    assert_fits(gone.json(), {"version": int, "state": str})
    assert [row["label"] for row in read(study)["gold"]] == ["location"]
    assert list(
        study.coded.decisions.filter(is_automatic=False)
        .order_by("pk")
        .values_list("outcome", flat=True)
    ) == ["add", "withdraw"]


def test_a_task_is_finished_once_no_card_is_open(study):
    early = study.ask("adjudicator", "POST", TASK + "finish/")
    rule(study, outcome="accept", coder="A")

    assert study.everybody("POST", TASK + "finish/") == RULERS
    done = study.ask("adjudicator", "POST", TASK + "finish/")
    again = study.ask("adjudicator", "POST", TASK + "finish/")

    assert (early.status_code, early.json()["code"]) == (409, "cards_open")
    assert_fits(done.json(), {"version": int, "state": "adjudicated"})
    assert (again.status_code, again.json()) == (200, done.json())
    assert study.coded.golds.count() == 1


def test_what_is_finished_is_reopened_before_it_is_ruled_on(study):
    rule(study, outcome="reject")
    study.ask("adjudicator", "POST", TASK + "finish/")
    late = rule(study, outcome="unclear")
    added = study.ask(
        "adjudicator", "POST", TASK + "spans/", ruling(study, label="event", start=0, end=5)
    )

    assert study.everybody("POST", TASK + "reopen/") == RULERS
    opened = study.ask("adjudicator", "POST", TASK + "reopen/")
    again = study.ask("adjudicator", "POST", TASK + "reopen/")

    assert [answer.status_code for answer in (late, added)] == [409, 409]
    assert_fits(opened.json(), {"version": int, "state": "adjudicating"})
    assert again.status_code == 409
    assert rule(study, outcome="unclear").status_code == 200


def test_work_is_returned_to_the_coder_behind_a_letter(study):
    body = {"coder": "A", "note": "The second paragraph is missing."}

    assert study.everybody("POST", TASK + "return/", body) == RULERS
    answer = study.ask("adjudicator", "POST", TASK + "return/", body)

    assert_fits(answer.json(), {"version": int, "state": "open"})
    returned = study.coded.assignments.get(state="returned")
    assert returned.return_note == body["note"]
    assert study.ask("adjudicator", "POST", TASK + "return/", body).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [({"note": "x"}, 422), ({"coder": "Z", "note": "x"}, 422), ({"coder": "A", "by": 1}, 400)],
)
def test_a_return_that_can_not_be_is_refused(study, body, status):
    assert study.ask("adjudicator", "POST", TASK + "return/", body).status_code == status


def test_who_coded_a_task_does_not_rule_on_it(study):
    own = study.coded.assignments.select_related("coder__user").first().coder
    own.roles = ["adjudicator", "coder"]
    own.save(update_fields=["roles"])
    client = study.bearer(own.user)

    assert client.get(study.path(TASK)).status_code == 404
    assert str(study.coded.uuid) not in client.get(study.path(QUEUE)).content.decode()


def test_a_task_that_is_still_open_has_no_cards_to_rule_on(study):
    address = f"tasks/{study.open.uuid}/adjudication/"
    seen = study.ask("adjudicator", "GET", address)

    assert (seen.status_code, seen.json()["cards"], seen.json()["gold"]) == (200, [], [])
    assert study.ask("adjudicator", "POST", address + "finish/").status_code == 409
    assert Task.objects.get(pk=study.open.pk).state == "open"


def test_the_world_is_what_these_tests_say(study):
    """Both coders saw one place alike; they differ on where the name of a person begins."""
    coded = study.coded.assignments.order_by("pk")
    found = [
        [(span["start"], span["end"], span["label"]) for span in row.submissions.get().spans]
        for row in coded
    ]
    assert found == [
        [(span["start"], span["end"], span["label"]) for span in spans]
        for spans in ([ACTOR, PLACE], [NAME_ONLY, PLACE])
    ]
