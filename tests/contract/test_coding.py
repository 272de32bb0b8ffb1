"""Assignments, as their coders work on them."""

from uuid import uuid4

import pytest

from annotations.enums import AssignmentState
from annotations.models import Assignment
from tests.contract.people import ADMINS, CODERS, only
from tests.contract.shapes import (
    ARTICLE_TO_READ,
    CODEBOOK,
    SPAN,
    assert_fits,
    is_day,
    is_moment,
    is_offsets,
    is_uuid,
    maybe,
    page_of,
)
from tests.factories import TEXT, AssignmentFactory

WORK = "assignments/{assignment}/"
ROW = {
    "id": is_uuid,
    "state": str,
    "doc_rev": int,
    "batch": is_uuid,
    "due": maybe(is_day),
    "article": {"id": is_uuid, "key": str, "title": str},
    "coder": str,
    "flag": str,
    "return_note": str,
    "started_at": maybe(is_moment),
    "saved_at": maybe(is_moment),
    "submitted_at": maybe(is_moment),
}
DOCUMENT = {
    "id": is_uuid,
    "state": str,
    "doc_rev": int,
    "batch": {"id": is_uuid, "name": str},
    "due": maybe(is_day),
    "flag": str,
    "return_note": str,
    "article": ARTICLE_TO_READ,
    "codebook": CODEBOOK,
    "spans": [SPAN],
    "suggestions": [dict],
    "refused": [str],
    "tokens": [is_offsets],
    "sentences": [is_offsets],
    "tokenizer": str,
}


def op(**fields):
    span = {"label": "actor", "start": 6, "end": 16, "quote": "Ada Brandt"}
    return {
        "op_id": str(uuid4()),
        "seq": 1,
        "type": "create",
        "span_id": str(uuid4()),
        **span,
        **fields,
    }


def steps(study, *ops, **fields):
    return {
        "client_id": "laptop",
        "since": 0,
        "text_sha256": study.article.text_sha256,
        "codebook_version": 1,
        "ops": list(ops),
        **fields,
    }


def handed_in(doc_rev=0, **fields):
    return {"submission_id": str(uuid4()), "doc_rev": doc_rev, **fields}


def test_coders_list_the_own_work_and_admins_everybodys_without_spans(study):
    assert study.everybody("GET", "projects/study/assignments/") == only(*ADMINS, *CODERS)

    listed = {
        name: study.ask(name, "GET", "projects/study/assignments/").json()
        for name in ("admin", "coder", "other")
    }
    for seen in listed.values():
        assert_fits(seen, page_of(ROW))
    assert {name: len(seen["results"]) for name, seen in listed.items()} == {
        "admin": 5,
        "coder": 1,
        "other": 0,
    }


def test_a_list_of_work_is_narrowed(study):
    def found(query):
        rows = study.ask("admin", "GET", f"projects/study/assignments/?{query}").json()
        return len(rows["results"])

    assert found("state=submitted") == 4
    assert found(f"batch={study.batch.uuid}") == 1
    assert found(f"coder={study.coder.user.username}") == 1
    assert found(f"coder={study.coder.user.username}&state=submitted") == 0
    refused = study.ask("admin", "GET", "projects/study/assignments/?state=lost")
    assert refused.status_code == 422


def test_next_is_the_callers_own_work_started(study):
    assert study.everybody("POST", "projects/study/next/") == only("coder") | {
        "other": 204,
        "coding token": 204,
    }

    given = study.ask("coder", "POST", "projects/study/next/")
    again = study.ask("coder", "POST", "projects/study/next/")
    read = study.ask("coder", "GET", WORK)

    assert_fits(given.json(), DOCUMENT | {"id": str(study.assignment.uuid), "state": "coding"})
    assert given.json() == again.json() == read.json()
    assert given["ETag"] == again["ETag"] == read["ETag"] == '"0"'


def test_work_is_read_by_its_coder_alone(study):
    assert study.everybody("GET", WORK) == only("coder", others=404) | {
        "admin": 403,
        "admin token": 403,
    }
    shown = study.ask("coder", "GET", WORK)
    assert_fits(shown.json(), DOCUMENT)
    assert shown["ETag"] == f'"{shown.json()["doc_rev"]}"'
    words = [TEXT[start:end] for start, end in shown.json()["tokens"]]
    assert words[:4] == ["Mayor", "Ada", "Brandt", "said"]
    assert [TEXT[start:end] for start, end in shown.json()["sentences"]] == [TEXT]


def test_steps_are_saved_by_their_coder_alone(study):
    assert study.everybody("POST", WORK + "ops/", steps(study, op())) == (
        only("coder", others=404) | {"admin": 403, "admin token": 403}
    )


def test_every_kind_of_step_is_answered_and_seen(study):
    first, second = op(), op(label="location", start=25, end=32, quote="Velmora")
    update = op(
        type="update",
        span_id=first["span_id"],
        base_rev=1,
        note="The mayor.",
        start=0,
        end=16,
        quote="Mayor Ada Brandt",
    )
    delete = {
        "op_id": str(uuid4()),
        "seq": 4,
        "type": "delete",
        "span_id": second["span_id"],
        "base_rev": 1,
    }
    flag = {"op_id": str(uuid4()), "seq": 5, "type": "flag", "reason": "Two stories in one."}
    note = {"op_id": str(uuid4()), "seq": 6, "type": "note", "span_id": first["span_id"]} | {
        "base_rev": 2,
        "note": "Sure.",
    }
    sent = steps(study, first, second, update, delete, flag, note)

    saved = study.ask("coder", "POST", WORK + "ops/", sent)
    read = study.ask("coder", "GET", WORK).json()

    assert saved.status_code == 200
    result = {"op_id": is_uuid, "status": "applied"}
    assert_fits(
        saved.json(),
        {
            "doc_rev": 6,
            "results": [(result, result | {"span": maybe(SPAN)})],
            "changes": [
                {"rev": int, "span_id": is_uuid, "span": maybe(SPAN), "client_id": "laptop"}
            ],
        },
    )
    assert [row["op_id"] for row in saved.json()["results"]] == [op["op_id"] for op in sent["ops"]]
    (span,) = read["spans"]
    assert_fits(span, SPAN | {"id": first["span_id"], "quote": "Mayor Ada Brandt"})
    assert (read["flag"], span["note"], read["state"]) == (
        "Two stories in one.",
        "Sure.",
        "coding",
    )


def test_a_step_that_comes_again_is_a_duplicate_with_the_first_result(study):
    sent = steps(study, op())
    study.ask("coder", "POST", WORK + "ops/", sent)

    again = study.ask("coder", "POST", WORK + "ops/", sent)

    assert [row["status"] for row in again.json()["results"]] == ["duplicate"]
    assert again.json()["doc_rev"] == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"quote": "Ada Brand"}, "invalid"),
        ({"end": 9999}, "invalid"),
        ({"start": 16, "end": 6}, "invalid"),
        ({"type": "update", "base_rev": 1}, "gone"),
    ],
)
def test_a_step_that_breaks_a_rule_is_answered_for_itself(study, change, status):
    answer = study.ask("coder", "POST", WORK + "ops/", steps(study, op(**change)))

    assert answer.status_code == 200
    assert [row["status"] for row in answer.json()["results"]] == [status]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text_sha256": "0" * 64}, "text_changed"),
        ({"ops": [op(label="mood")]}, "codebook_changed"),
    ],
)
def test_steps_on_another_text_or_codebook_are_kept_as_a_draft(study, change, code):
    refused = study.ask("coder", "POST", WORK + "ops/", steps(study, op(), **change))

    assert (refused.status_code, refused.json()["code"]) == (409, code)
    (draft,) = study.ask("coder", "GET", WORK + "drafts/").json()["results"]
    assert_fits(draft, {"id": is_uuid, "reason": code, "ops": [dict], "received_at": is_moment})


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"ops": [op()] * 201}, 422, "ops"),
        ({"ops": [{"op_id": "1"}]}, 422, "ops.0.op_id"),
        ({"ops": [op(type="paint")]}, 422, "ops.0.type"),
        ({"since": -1}, 422, "since"),
        ({"ops": [op(colour="red")]}, 400, "colour"),
        ({"user": 1}, 400, "user"),
    ],
)
def test_a_batch_of_steps_that_can_not_be_read_is_refused(study, body, status, field):
    refused = study.ask("coder", "POST", WORK + "ops/", steps(study, **body))

    assert refused.status_code == status
    assert field in [error["field"] for error in refused.json()["errors"]]


def test_work_is_handed_in_by_its_coder_alone_and_once(study):
    body = handed_in()

    assert study.everybody("POST", WORK + "submit/", body) == only("coder", others=404) | {
        "admin": 403,
        "admin token": 403,
    }
    first = study.ask("coder", "POST", WORK + "submit/", body)
    again = study.ask("coder", "POST", WORK + "submit/", body)
    other = study.ask("coder", "POST", WORK + "submit/", handed_in())
    late = study.ask("coder", "POST", WORK + "ops/", steps(study, op()))

    assert (first.status_code, first.json()) == (200, {"next": None})
    assert (again.status_code, again.json()) == (200, {"next": None})
    assert (other.status_code, other.json()["code"]) == (409, "already_submitted")
    assert (late.status_code, late.json()["code"]) == (409, "already_submitted")


def test_handing_in_names_what_comes_next(study):
    following = AssignmentFactory(
        task=study.batch.tasks.create(article=study.make_article(), coders_wanted=1),
        coder=study.coder,
        codebook=study.codebook,
    )

    answer = study.ask("coder", "POST", WORK + "submit/", handed_in())

    assert answer.json() == {"next": str(following.uuid)}


@pytest.mark.parametrize("body", [{"doc_rev": 5}, {"span_count": 3}])
def test_work_that_has_changed_since_is_not_handed_in(study, body):
    refused = study.ask("coder", "POST", WORK + "submit/", handed_in(**body))

    assert (refused.status_code, refused.json()["code"]) == (409, "stale")


def test_problems_of_the_work_are_named(study):
    created = op()
    study.ask("coder", "POST", WORK + "ops/", steps(study, created))
    # A correction that came by another way than the API, which would have refused it.
    study.project.articles.filter(pk=study.article.pk).update(
        zones=[{"start": 0, "end": 20, "kind": "boilerplate"}]
    )

    refused = study.ask("coder", "POST", WORK + "submit/", handed_in(doc_rev=1))

    assert refused.status_code == 422
    assert_fits(
        refused.json()["problems"],
        [{"span": created["span_id"], "code": "in_boilerplate", "detail": str}],
    )
    assert len(refused.json()["problems"]) == 1


def test_work_is_taken_away_by_an_admin_or_given_up_by_its_coder(study):
    assert study.everybody("POST", WORK + "release/") == only("coder", *ADMINS, others=404)

    answer = study.ask("admin", "POST", WORK + "release/")
    again = study.ask("admin", "POST", WORK + "release/")
    late = study.ask("coder", "POST", WORK + "ops/", steps(study, op()))

    assert_fits(answer.json(), {"id": str(study.assignment.uuid), "state": "released"})
    assert again.status_code == 409
    assert (late.status_code, late.json()["code"]) == (409, "released")


def test_history_and_drafts_are_for_the_coder_and_the_admins(study):
    for rest in ("history/", "drafts/"):
        assert study.everybody("GET", WORK + rest) == only("coder", *ADMINS, others=404)


def test_history_has_every_step_newest_first(study):
    first, second = op(), op(label="location", start=25, end=32, quote="Velmora", seq=2)
    study.ask("coder", "POST", WORK + "ops/", steps(study, first, second))

    seen = study.ask("admin", "GET", WORK + "history/").json()

    assert_fits(
        seen,
        page_of(
            {
                "op_id": is_uuid,
                "seq": int,
                "type": "create",
                "span_id": is_uuid,
                "status": "applied",
                "rev": int,
                "client_id": "laptop",
                "body": dict,
                "received_at": is_moment,
            }
        ),
    )
    assert [row["op_id"] for row in seen["results"]] == [second["op_id"], first["op_id"]]


def test_an_assigned_article_may_be_handed_in_unopened(study):
    assert study.assignment.state == AssignmentState.ASSIGNED

    study.ask("coder", "POST", WORK + "submit/", handed_in())

    assert Assignment.objects.get(pk=study.assignment.pk).state == AssignmentState.SUBMITTED
