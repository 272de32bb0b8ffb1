import pytest
from rest_framework.test import APIClient

from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Assignment, Batch, Task
from tests.factories import (
    MONDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def coders(admin):
    return [
        MemberFactory(project=admin.project, user__username=name) for name in ("ann", "ben", "cy")
    ]


@pytest.fixture
def client(admin):
    client = APIClient()
    client.force_login(admin.user)
    return client


@pytest.fixture
def address(admin):
    return f"/api/v1/projects/{admin.project.slug}/batches/"


def wish(**changes):
    return {
        "name": "First",
        "articles": {"all": True},
        "coders": ["ann", "ben", "cy"],
        "coders_per_article": 2,
        "seed": 3,
    } | changes


def test_a_preview_says_what_a_post_then_does(client, address, admin, coders):
    ArticleFactory.create_batch(6, project=admin.project)

    preview = client.post(f"{address}?preview=true", wish())
    assert not Batch.objects.exists()
    made = client.post(address, wish())

    assert (preview.status_code, made.status_code) == (200, 201)
    plan = preview.json()
    assert plan["loads"] == {"ann": 4, "ben": 4, "cy": 4}
    assert {(p["a"], p["b"]): p["articles"] for p in plan["pairs"]} == {
        ("ann", "ben"): 2,
        ("ann", "cy"): 2,
        ("ben", "cy"): 2,
    }
    assert plan["unplaced"] == []
    given = {
        (str(a.task.article.uuid), a.coder.name)
        for a in Assignment.objects.select_related("task__article", "coder__user")
    }
    assert given == {
        (row["article"], coder) for row in plan["assignments"] for coder in row["coders"]
    }
    body = made.json()
    assert (body["name"], body["articles"]) == ("First", 6)
    assert body["progress"] == {"wanted": 12, "submitted": 0, "adjudicated": 0, "checks": 0}
    assert client.get(f"/api/v1/batches/{body['id']}/").json() == body


def test_work_pins_the_codebook_of_the_day(client, address, admin, coders):
    ArticleFactory(project=admin.project)
    latest = CodebookFactory(project=admin.project, number=2)
    client.post(address, wish())
    assert {a.codebook for a in Assignment.objects.all()} == {latest}


def test_articles_are_chosen_by_id_by_import_and_by_sample(client, address, admin, coders):
    first, second = ArticleFactory.create_batch(2, project=admin.project)
    ArticleFactory(project=admin.project, import_job=first.import_job)

    for number, (articles, count) in enumerate(
        [
            ({"ids": [str(second.uuid)]}, 1),
            ({"import": str(first.import_job.uuid)}, 2),
            ({"sample": 2}, 2),
        ]
    ):
        answer = client.post(address, wish(name=str(number), articles=articles))
        assert (answer.status_code, answer.json()["articles"]) == (201, count)


def test_a_sample_is_the_same_for_the_same_seed(client, address, admin, coders):
    ArticleFactory.create_batch(20, project=admin.project)

    def drawn(seed):
        body = wish(articles={"sample": 5}, seed=seed)
        rows = client.post(f"{address}?preview=true", body).json()["assignments"]
        return {row["article"] for row in rows}

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_nobody_gets_two_versions_of_a_story(client, address, admin, coders):
    cluster = admin.project.clusters.create(name="c")
    ArticleFactory.create_batch(2, project=admin.project, cluster=cluster)

    preview = client.post(f"{address}?preview=true", wish(one_per_cluster=True))
    made = client.post(address, wish(one_per_cluster=True))

    assert (len(preview.json()["assignments"]), len(preview.json()["unplaced"])) == (1, 1)
    assert (made.status_code, made.json()["code"]) == (422, "unplaced")
    assert [error["detail"] for error in made.json()["errors"]] == preview.json()["unplaced"]
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"coders": ["ann", "nobody"]}, 422, "coders"),
        ({"coders": ["ann"], "coders_per_article": 2}, 422, "coders_per_article"),
        ({"coders": []}, 422, "coders"),
        ({"articles": {"ids": ["6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c11"]}}, 422, "articles"),
        ({"articles": {"sample": 9}}, 422, "articles"),
        ({"articles": {"all": True, "sample": 1}}, 422, "articles"),
        ({"articles": {}}, 422, "articles"),
        ({"strategy": "lottery"}, 422, "strategy"),
        ({"name": ""}, 422, "name"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_a_wish_that_can_not_be_met_names_the_field(
    client, address, admin, coders, change, status, field
):
    ArticleFactory(project=admin.project)
    answer = client.post(address, wish(**change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert not Batch.objects.exists()


def test_a_name_is_given_once(client, address, admin, coders):
    ArticleFactory(project=admin.project)
    BatchFactory(project=admin.project, name="First")
    answer = client.post(address, wish())
    assert (answer.status_code, answer.json()["code"]) == (422, "name_taken")


def test_a_post_without_a_name_is_refused_but_a_preview_is_not(client, address, admin, coders):
    ArticleFactory(project=admin.project)
    body = wish()
    del body["name"]
    assert client.post(address, body).status_code == 422
    assert client.post(f"{address}?preview=true", body).status_code == 200


def test_withdrawn_articles_and_articles_elsewhere_are_not_given(client, address, admin, coders):
    withdrawn = ArticleFactory(
        project=admin.project, withdrawn_at=MONDAY, withdrawn_reason="Rights"
    )
    foreign = ArticleFactory()
    for article in (withdrawn, foreign):
        answer = client.post(address, wish(articles={"ids": [str(article.uuid)]}))
        assert answer.status_code == 422
    assert client.post(address, wish()).json()["errors"][0]["code"] == "no_articles"


def test_members_who_left_and_external_coders_get_no_work(client, address, admin, coders):
    ArticleFactory(project=admin.project)
    MemberFactory(project=admin.project, user=None, external_name="dora")
    coders[0].removed_at = MONDAY
    coders[0].save()
    assert client.post(address, wish(coders=["ben", "dora"])).status_code == 422
    assert client.post(address, wish(coders=["ann", "ben"])).status_code == 422


def test_progress_is_hidden_from_an_admin_who_codes_in_the_batch(client, address, admin):
    own = AssignmentFactory(coder=admin, task__batch__project=admin.project)
    other = AssignmentFactory(task=own.task, state=AssignmentState.CODING)
    before = client.get(address).json()
    submitted(other, [])

    assert client.get(address).json() == before
    assert before["results"][0]["progress"] is None

    own.refresh_from_db()
    submitted(own, [])
    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.ADJUDICATED):
        Task.objects.filter(pk=own.task.pk).update(state=state, adjudicated_at=MONDAY)
    assert client.get(address).json()["results"][0]["progress"]["submitted"] == 2


@pytest.mark.parametrize("role", [Role.CODER, Role.ADJUDICATOR, Role.RESEARCHER])
def test_batches_are_the_admins(admin, address, role):
    batch = BatchFactory(project=admin.project)
    client = APIClient()
    client.force_login(MemberFactory(project=admin.project, roles=[role]).user)
    assert client.get(address).status_code == 403
    assert client.post(address, wish()).status_code == 403
    assert client.get(f"/api/v1/batches/{batch.uuid}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    client, address, admin, rows, django_assert_num_queries
):
    for batch in BatchFactory.create_batch(rows, project=admin.project):
        AssignmentFactory(task__batch=batch)
    with django_assert_num_queries(5):
        answer = client.get(address)
    assert len(answer.json()["results"]) == rows
