import pytest

from tests.contract.people import ADJUDICATORS, ADMINS, only
from tests.contract.shapes import ZONE, assert_fits, is_moment, is_sha256, is_uuid, maybe, page_of
from tests.factories import TEXT, ArticleFactory

LIST = "projects/study/articles/"
ROW = {
    "id": is_uuid,
    "key": str,
    "text_sha256": is_sha256,
    "meta": dict,
    "meta_sources": dict,
    "zones": [ZONE],
    "zones_by": str,
    "cluster": maybe(str),
    "split": maybe(str),
    "version": int,
    "withdrawn_at": maybe(is_moment),
}
ARTICLE = ROW | {"text": str}
DATELINE = {"start": 0, "end": 5, "kind": "dateline"}


def test_articles_are_read_by_those_who_run_rule_or_were_given_them(study):
    readers = (*ADMINS, *ADJUDICATORS, "coder")

    assert study.everybody("GET", LIST) == only(*readers, "other", "coding token")
    assert study.everybody("GET", "articles/{article}/") == only(*readers, others=404)
    assert_fits(study.ask("admin", "GET", LIST).json(), page_of(ROW))
    assert_fits(study.ask("coder", "GET", "articles/{article}/").json(), ARTICLE | {"text": TEXT})


def test_a_coder_lists_the_articles_of_the_own_assignments(study):
    seen = {
        name: [row["id"] for row in study.ask(name, "GET", LIST).json()["results"]]
        for name in ("coder", "other", "coding token")
    }

    assert seen == {"coder": [str(study.article.uuid)], "other": [], "coding token": []}


@pytest.mark.parametrize(
    "query",
    ["q=flooded+mill", "outlet=Lantern", "cluster=mill", "batch={batch}", "import={import}"],
)
def test_a_list_is_narrowed(study, query):
    study.batch.tasks.all()
    wanted = ArticleFactory(
        project=study.project,
        meta={"title": "The flooded mill", "outlet": "Lantern"},
        cluster=study.project.clusters.create(name="mill"),
    )
    study.batch.tasks.create(article=wanted, coders_wanted=1)
    addresses = {"batch": study.batch.uuid, "import": wanted.import_job.uuid}

    rows = study.ask("admin", "GET", f"{LIST}?{query.format(**addresses)}").json()["results"]

    expected = {str(wanted.uuid)}
    if query.startswith("batch"):
        expected.add(str(study.article.uuid))
    assert {row["id"] for row in rows} == expected


@pytest.mark.parametrize("query", ["batch=7", "import=x", "q="])
def test_a_filter_that_can_not_be_meant_is_422(study, query):
    refused = study.ask("admin", "GET", f"{LIST}?{query}")

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [query.split("=")[0]]


def test_admins_correct_zones_and_meta_until_work_is_handed_in(study):
    body = {"zones": [DATELINE], "meta": {"title": "Talks", "words": 11, "is_wire": False}}

    assert study.everybody("PATCH", "articles/{article}/", body) == only(*ADMINS, others=404) | {
        "coder": 403,
        "adjudicator": 403,
        "adjudication token": 403,
    }
    before = study.ask("admin", "GET", "articles/{article}/").json()
    after = study.ask("admin", "PATCH", "articles/{article}/", body).json()
    by_hand = {"meta_sources": dict.fromkeys(body["meta"], "person"), "zones_by": "person"}
    assert after == before | body | by_hand | {"version": before["version"] + 1}
    handed_in = f"articles/{study.coded.article.uuid}/"
    refused = study.ask("admin", "PATCH", handed_in, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "work_submitted")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"zones": [{"start": 5, "end": 5, "kind": "title"}]}, 422),
        ({"zones": [{"start": 0, "end": 9999, "kind": "title"}]}, 422),
        ({"zones": [{"start": 0, "end": 5, "kind": "poem"}]}, 422),
        ({"zones": [DATELINE | {"note": "x"}]}, 400),
        ({"meta": {"nested": {}}}, 422),
        ({"meta": []}, 422),
        ({"text": "Another text."}, 400),
    ],
)
def test_a_correction_that_can_not_be_is_refused(study, body, status):
    assert study.ask("admin", "PATCH", "articles/{article}/", body).status_code == status


def test_a_zone_that_would_cover_a_span_is_refused(study):
    work = study.ask("coder", "POST", "projects/study/next/").json()
    op = {
        "op_id": "0f9c1b1e-6f6e-4d53-9c5d-0c8f7b6b7a01",
        "seq": 1,
        "type": "create",
        "span_id": "0f9c1b1e-6f6e-4d53-9c5d-0c8f7b6b7a02",
        "label": "actor",
        "start": 6,
        "end": 16,
        "quote": "Ada Brandt",
    }
    body = {
        "client_id": "c",
        "since": 0,
        "text_sha256": work["article"]["text_sha256"],
        "codebook_version": 1,
        "ops": [op],
    }
    study.ask("coder", "POST", "assignments/{assignment}/ops/", body)
    covering = {"zones": [{"start": 0, "end": 20, "kind": "boilerplate"}]}

    refused = study.ask("admin", "PATCH", "articles/{article}/", covering)

    assert (refused.status_code, refused.json()["code"]) == (409, "zone_covers_span")


def test_admins_take_an_article_out_of_future_releases(study):
    body = {"reason": "The publisher asked for it."}

    assert study.everybody("POST", "articles/{article}/withdraw/", body) == only(
        *ADMINS, others=404
    ) | {"coder": 403, "adjudicator": 403, "adjudication token": 403}
    withdrawn = study.ask("admin", "POST", "articles/{article}/withdraw/", body)
    again = study.ask("admin", "POST", "articles/{article}/withdraw/", body)
    assert withdrawn.status_code == 200
    assert_fits(withdrawn.json(), ARTICLE | {"withdrawn_at": is_moment})
    assert (again.status_code, again.json()["code"]) == (409, "already_withdrawn")
