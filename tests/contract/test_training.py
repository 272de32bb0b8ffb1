"""Training and what it opens, as programs meet them."""

import uuid

import pytest

from annotations.actions import batches
from annotations.models import Assignment
from annotations.queries.batch_plan import Wish
from tests.contract.people import ADMINS, only
from tests.contract.shapes import assert_fits, is_moment, maybe
from tests.contract.test_feedback import DIFFERENCE
from tests.factories import MONDAY, ArticleFactory

ATTEMPT = {
    "number": int,
    "own": int,
    "gold": int,
    "alike": int,
    "strict_f1": maybe(float),
    "submitted_at": is_moment,
}


@pytest.fixture
def work(study):
    """Train the coder on the article that is adjudicated."""
    wish = Wish(
        name="Training",
        articles={"ids": [str(study.done.article.uuid)]},
        coders=[study.coder.name],
        training=True,
    )
    batch = batches.open_batch(project=study.project, wish=wish, by=study.admin.user, at=MONDAY)
    return Assignment.objects.get(task__batch=batch)


def submit(study, work):
    work.refresh_from_db()
    body = {"submission_id": str(uuid.uuid4()), "doc_rev": work.doc_rev}
    return study.ask("coder", "POST", f"assignments/{work.uuid}/submit/", body)


def test_a_training_article_is_compared_once_it_is_handed_in(study, work):
    address = f"assignments/{work.uuid}/comparison/"
    early = study.ask("coder", "GET", address)
    assert (early.status_code, early.json()["code"]) == (409, "not_handed_in")

    assert submit(study, work).json() == {"next": str(study.assignment.uuid)}
    found = study.ask("coder", "GET", address).json()

    assert_fits(found, {"attempts": [ATTEMPT], "differences": [DIFFERENCE]})
    assert [one["strict_f1"] for one in found["attempts"]] == [0.0]
    assert [one["kind"] for one in found["differences"]] == ["missed"]
    assert study.ask("other", "GET", address).status_code == 404
    assert study.ask("admin", "GET", address).status_code == 404


def test_training_is_tried_again(study, work):
    address = f"assignments/{work.uuid}/try-again/"
    early = study.ask("coder", "POST", address)
    assert (early.status_code, early.json()["code"]) == (409, "cannot_try_again")

    submit(study, work)
    assert study.ask("coder", "POST", address).json() == {"id": str(work.uuid), "state": "coding"}
    submit(study, work)

    found = study.ask("coder", "GET", f"assignments/{work.uuid}/comparison/").json()
    assert [one["number"] for one in found["attempts"]] == [1, 2]


def test_real_work_is_neither_compared_nor_tried_again(study):
    compared = study.ask("coder", "GET", "assignments/{assignment}/comparison/")
    again = study.ask("coder", "POST", "assignments/{assignment}/try-again/")

    assert (compared.status_code, again.status_code) == (404, 409)


def wanted(study, **more):
    return {
        "name": "Round",
        "articles": {"ids": [str(ArticleFactory(project=study.project).uuid)]},
        "coders": [study.other.name],
        "coders_per_article": 1,
        **more,
    }


def test_a_batch_says_that_it_is_training_and_what_it_requires(study):
    of_gold = {"articles": {"ids": [str(study.done.article.uuid)]}, "training": True}
    trained = study.ask("admin", "POST", "projects/study/batches/", wanted(study, **of_gold))
    requires = {"strict_f1": 0.8, "articles": 5}
    pool = wanted(study, name="Pool", strategy="pool", requires=requires)
    closed = study.ask("admin", "POST", "projects/study/batches/", pool)

    assert (trained.status_code, closed.status_code) == (201, 201)
    shown = [(one.json()["training"], one.json()["requires"]) for one in (trained, closed)]
    assert shown == [(True, None), (False, requires)]


@pytest.mark.parametrize(
    "requires",
    [
        {"strict_f1": 0.8},
        {"strict_f1": 0, "articles": 2},
        {"strict_f1": 0.5, "articles": 0},
        "all",
    ],
    ids=["half", "nothing asked", "of nothing", "no object"],
)
def test_a_requirement_that_makes_no_sense_is_refused(study, requires):
    sent = wanted(study, requires=requires, strategy="pool")

    assert study.ask("admin", "POST", "projects/study/batches/", sent).status_code == 422


def test_a_preview_names_those_who_are_not_admitted(study):
    sent = wanted(study, requires={"strict_f1": 0.8, "articles": 5})

    answer = study.ask("admin", "POST", "projects/study/batches/?preview=true", sent)

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("coders", "not_admitted")
    ]


def test_next_says_what_is_missing_when_all_that_is_left_is_closed(study):
    requires = {"strict_f1": 0.8, "articles": 5}
    sent = wanted(study, strategy="pool", requires=requires)
    study.ask("admin", "POST", "projects/study/batches/", sent)

    refused = study.ask("other", "POST", "projects/study/next/")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_admitted")
    assert "you have handed in 0 so far" in refused.json()["detail"]

    address = f"projects/study/members/{study.other.uuid}/admission/"
    admitted = study.ask("admin", "POST", address, {"note": "Trained elsewhere."})
    assert admitted.status_code == 201
    assert_fits(admitted.json(), {"note": str, "by": str, "at": is_moment})
    assert study.ask("other", "POST", "projects/study/next/").status_code == 200
    assert study.ask("admin", "POST", address, {"note": "Again."}).json()["code"] == (
        "already_admitted"
    )
    assert study.ask("admin", "DELETE", address).status_code == 204
    assert study.ask("admin", "DELETE", address).json()["code"] == "not_admitted_by_hand"


def test_admitting_is_the_admins(study):
    body = {"note": "Trained elsewhere."}

    for method, status, sent in (("POST", 201, body), ("DELETE", 204, None)):
        if method == "DELETE":
            study.ask("admin", "POST", "projects/study/members/{member}/admission/", body)
        asked = study.everybody(method, "projects/study/members/{member}/admission/", sent)
        assert asked == only(*ADMINS, status=status)
