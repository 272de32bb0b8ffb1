import pytest
from rest_framework.test import APIClient

from annotations.enums import AssignmentState, JobState, Role
from annotations.models import ArticleRevision, AuditEvent
from tests.factories import (
    MONDAY,
    TEXT,
    ArticleFactory,
    AssignmentFactory,
    ImportJobFactory,
    MemberFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def signed_in(member):
    client = APIClient()
    client.force_login(member.user)
    return client


@pytest.fixture
def client(admin):
    return signed_in(admin)


def listed(client, project, **query):
    answer = client.get(f"/api/v1/projects/{project.slug}/articles/", query)
    assert answer.status_code == 200, answer.content
    return [row["key"] for row in answer.json()["results"]]


def test_an_article_has_its_text_and_the_list_has_none(client, admin):
    article = ArticleFactory(project=admin.project, meta={"title": "Talks fail"})

    [row] = client.get(f"/api/v1/projects/{admin.project.slug}/articles/").json()["results"]
    whole = client.get(f"/api/v1/articles/{article.uuid}/").json()

    assert "text" not in row
    assert whole == row | {"text": TEXT}
    assert (whole["cluster"], whole["meta"]) == (None, {"title": "Talks fail"})


def test_articles_are_found_by_words_outlet_cluster_import_and_batch(client, admin):
    project = admin.project
    first = ArticleFactory(project=project, key="alpha", meta={"title": "Rain", "outlet": "Post"})
    cluster = project.clusters.create(name="c-1")
    second = ArticleFactory(project=project, key="beta", cluster=cluster)
    task = AssignmentFactory(task__batch__project=project, task__article=second).task

    assert listed(client, project) == ["alpha", "beta"]
    assert listed(client, project, q="rain") == ["alpha"]
    assert listed(client, project, q="Velmora BETA") == ["beta"]
    assert listed(client, project, outlet="Post") == ["alpha"]
    assert listed(client, project, cluster="c-1") == ["beta"]
    assert listed(client, project, batch=task.batch.uuid) == ["beta"]
    assert listed(client, project, **{"import": first.import_job.uuid}) == ["alpha"]


@pytest.mark.parametrize(
    ("query", "status"), [({"batch": "x"}, 422), ({"sort": "key"}, 400), ({"q": "a\0"}, 400)]
)
def test_queries_that_mean_nothing_are_refused(client, admin, query, status):
    answer = client.get(f"/api/v1/projects/{admin.project.slug}/articles/", query)
    assert answer.status_code == status


def test_what_an_import_has_not_published_is_not_there(client, admin):
    job = ImportJobFactory(project=admin.project, state=JobState.RUNNING)
    article = ArticleFactory(project=admin.project, import_job=job)
    assert listed(client, admin.project) == []
    assert client.get(f"/api/v1/articles/{article.uuid}/").status_code == 404


def test_a_coder_finds_what_she_was_given_and_only_her_own_batches(admin):
    project = admin.project
    given = AssignmentFactory(task__batch__project=project)
    ArticleFactory(project=project)
    elsewhere = AssignmentFactory(
        task__batch__project=project, task__article=given.task.article
    ).task.batch
    client = signed_in(given.coder)

    assert listed(client, project) == [given.task.article.key]
    assert listed(client, project, batch=given.task.batch.uuid) == [given.task.article.key]
    assert listed(client, project, batch=elsewhere.uuid) == []


def test_a_researcher_has_no_business_with_articles(admin):
    article = ArticleFactory(project=admin.project)
    client = signed_in(MemberFactory(project=admin.project, roles=[Role.RESEARCHER]))
    assert client.get(f"/api/v1/projects/{admin.project.slug}/articles/").status_code == 403
    assert client.get(f"/api/v1/articles/{article.uuid}/").status_code == 404


def test_a_correction_keeps_what_it_replaces(client, admin):
    article = ArticleFactory(project=admin.project, meta={"title": "Old"})
    zones = [{"start": 0, "end": 5, "kind": "byline"}]

    answer = client.patch(
        f"/api/v1/articles/{article.uuid}/", {"zones": zones, "meta": {"title": "New", "n": 1.5}}
    )

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert answer.json()["zones"] == zones
    assert answer.json()["meta"] == {"title": "New", "n": 1.5}
    revision = ArticleRevision.objects.get(article=article)
    assert (revision.version, revision.meta, revision.zones) == (1, {"title": "Old"}, [])
    assert AuditEvent.objects.get().kind == "article.corrected"


def test_a_correction_that_changes_nothing_is_none(client, admin):
    article = ArticleFactory(project=admin.project, meta={"title": "Old"})
    answer = client.patch(f"/api/v1/articles/{article.uuid}/", {"meta": {"title": "Old"}})
    assert answer.json()["version"] == 1
    assert not ArticleRevision.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"text": "Other"}, 400, "unknown_input"),
        ({"zones": [{"start": 0, "end": 999, "kind": "title"}]}, 422, "span_outside_text"),
        ({"zones": [{"start": 5, "end": 5, "kind": "title"}]}, 422, "bad_span"),
        ({"zones": [{"start": 0, "end": 5, "kind": "advert"}]}, 422, "invalid"),
        ({"meta": {"tags": ["a"]}}, 422, "wrong_type"),
    ],
)
def test_a_correction_has_to_make_sense(client, admin, change, status, code):
    article = ArticleFactory(project=admin.project)
    answer = client.patch(f"/api/v1/articles/{article.uuid}/", change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_is_corrected_once_work_was_handed_in(client, admin):
    work = AssignmentFactory(task__batch__project=admin.project, state=AssignmentState.CODING)
    submitted(work, [])
    answer = client.patch(f"/api/v1/articles/{work.task.article.uuid}/", {"meta": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "work_submitted")


@pytest.mark.parametrize("has_submitted", [True, False])
def test_an_admin_who_codes_the_article_can_not_ask_whether_others_have_finished(
    admin, has_submitted
):
    other = AssignmentFactory(task__batch__project=admin.project, state=AssignmentState.CODING)
    AssignmentFactory(task=other.task, coder=admin)
    if has_submitted:
        submitted(other, [])
    answer = signed_in(admin).patch(f"/api/v1/articles/{other.task.article.uuid}/", {"meta": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "work_submitted")


def test_site_furniture_never_swallows_a_span(client, admin):
    work = AssignmentFactory(task__batch__project=admin.project)
    label = work.codebook.definitions.get(label__key="actor").label
    work.spans.create(
        uuid="6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c11",
        label=label,
        start=6,
        end=16,
        quote="Ada Brandt",
        rev=1,
    )
    address = f"/api/v1/articles/{work.task.article.uuid}/"

    over = client.patch(address, {"zones": [{"start": 0, "end": 20, "kind": "boilerplate"}]})
    beside = client.patch(address, {"zones": [{"start": 0, "end": 10, "kind": "boilerplate"}]})

    assert (over.status_code, over.json()["code"]) == (409, "zone_covers_span")
    assert beside.status_code == 200


def test_an_article_is_withdrawn_once_and_with_a_reason(client, admin):
    article = ArticleFactory(project=admin.project)
    address = f"/api/v1/articles/{article.uuid}/withdraw/"

    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Rights"}).json()["withdrawn_at"] > str(MONDAY)
    assert client.post(address, {"reason": "Rights"}).status_code == 409


def test_an_adjudicator_reads_but_changes_nothing(admin):
    article = ArticleFactory(project=admin.project)
    client = signed_in(MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR]))
    address = f"/api/v1/articles/{article.uuid}/"

    assert client.get(address).status_code == 200
    assert client.patch(address, {"meta": {}}).status_code == 403
    assert client.post(f"{address}withdraw/", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    client, admin, rows, django_assert_num_queries
):
    cluster = admin.project.clusters.create(name="c")
    ArticleFactory.create_batch(rows, project=admin.project, cluster=cluster)
    with django_assert_num_queries(5):
        answer = client.get(f"/api/v1/projects/{admin.project.slug}/articles/")
    assert len(answer.json()["results"]) == rows
