import pytest

from tests.contract.people import ADJUDICATORS, ADMINS, only
from tests.contract.shapes import assert_fits, is_uuid, maybe, page_of
from tests.factories import ArticleFactory

LIST = "projects/study/clusters/"
ROW = {"id": is_uuid, "name": str, "title": maybe(str), "versions": int, "by_hand": bool}
VERSION = {
    "id": is_uuid,
    "key": str,
    "meta": dict,
    "by_hand": bool,
    "is_base": bool,
    "similarity": float,
}
CLUSTER = {"id": is_uuid, "name": str, "articles": [VERSION]}


@pytest.fixture
def cluster(study):
    cluster = study.project.clusters.create(name="mill")
    for key in ("first", "second", "third"):
        ArticleFactory(project=study.project, key=key, cluster=cluster, meta={"title": "Mill"})
    return cluster


def ask(study, cluster, **body):
    return study.ask("admin", "POST", f"clusters/{cluster.uuid}/correct/", body)


def test_clusters_are_read_by_those_who_read_all_articles(study, cluster):
    readers = (*ADMINS, *ADJUDICATORS)
    one = f"clusters/{cluster.uuid}/"

    assert study.everybody("GET", LIST) == only(*readers)
    assert study.everybody("GET", one) == only(*readers, others=404)
    assert_fits(study.ask("admin", "GET", LIST).json(), page_of(ROW))
    assert_fits(study.ask("admin", "GET", one).json(), CLUSTER)


def test_a_list_is_narrowed(study, cluster):
    study.project.clusters.create(name="empty")
    rows = study.ask("admin", "GET", f"{LIST}?q=mil").json()["results"]
    assert [row["name"] for row in rows] == ["mill"]
    assert study.ask("admin", "GET", f"{LIST}?q=flood").json()["results"] == []


def test_a_cluster_is_corrected_and_the_correction_taken_back(study, cluster):
    third = cluster.articles.get(key="third")

    answer = ask(study, cluster, do="take_out", articles=[str(third.uuid)])
    assert answer.status_code == 200
    assert_fits(answer.json(), CLUSTER)
    assert [version["key"] for version in answer.json()["articles"]] == ["first", "second"]
    assert {version["by_hand"] for version in answer.json()["articles"]} == {True}

    assert len(ask(study, cluster, do="undo").json()["articles"]) == 3
    assert ask(study, cluster, do="undo").status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"do": "burn"},
        {"do": "take_out"},
        {"do": "take_out", "articles": ["x"]},
        {"do": "merge", "other": "nobody"},
        {"do": "undo", "other": "mill"},
    ],
)
def test_a_correction_that_asks_for_nothing_is_422(study, cluster, body):
    assert ask(study, cluster, **body).status_code == 422
