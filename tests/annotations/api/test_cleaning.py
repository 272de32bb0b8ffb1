import pytest

from annotations.enums import Role
from annotations.models import CleaningJob, CleaningRule
from tests.factories import ArticleFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def call(client, admin):
    client.force_login(admin.user)

    def call(method, path, body=None):
        address = f"/api/v1/projects/{admin.project.slug}/{path}"
        return getattr(client, method)(address, body or {}, content_type="application/json")

    return call


def test_rules_are_set_applied_by_a_job_and_can_be_read_back(call):
    body = {"off": ["title"], "patterns": [{"pattern": " made in .*"}], "outlet": "Post"}
    sent = call("post", "cleaning/", body)
    assert (sent.status_code, sent.json()["state"], sent.json()["scope"]) == (202, "queued", "all")
    assert call("get", f"cleaning/{sent.json()['id']}/").json() == sent.json()
    assert call("get", "cleaning/").json()["rules"] == [
        {
            "outlet": "Post",
            "builtin": "title",
            "pattern": "",
            "kind": "boilerplate",
            "is_on": False,
        },
        {
            "outlet": "Post",
            "builtin": "",
            "pattern": " made in .*",
            "kind": "boilerplate",
            "is_on": True,
        },
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"off": ["nonsense"], "patterns": []}, 422),
        ({"off": [], "patterns": [{"pattern": "("}]}, 422),
        ({"off": [], "patterns": [], "scope": "import", "scope_value": "x"}, 422),
        ({"off": [], "patterns": [], "more": 1}, 400),
    ],
)
def test_what_is_no_set_of_rules_is_refused(call, body, status):
    assert call("post", "cleaning/", body).status_code == status
    assert (CleaningRule.objects.count(), CleaningJob.objects.count()) == (0, 0)


def test_metadata_are_corrected_for_what_a_filter_finds(call, admin):
    psot = ArticleFactory(project=admin.project, meta={"outlet": "Psot"})
    other = ArticleFactory(project=admin.project, meta={"outlet": "Times"})
    body = {"filter": {"outlet": "Psot"}, "values": {"outlet": "Post"}}
    sent = call("post", "articles/describe/", body)

    assert (sent.status_code, sent.json()) == (200, {"changed": 1, "kept": 0})
    psot.refresh_from_db()
    other.refresh_from_db()
    assert (psot.meta["outlet"], other.meta["outlet"]) == ("Post", "Times")


def test_a_correction_that_is_none_is_refused(call):
    assert call("post", "articles/describe/", {"values": {}}).status_code == 422
    assert call("post", "articles/describe/", {"filter": {"x": 1}}).status_code == 400


def test_an_article_tells_where_its_values_and_zones_come_from(client, admin):
    article = ArticleFactory(
        project=admin.project, meta={"title": "A"}, meta_sources={"title": "column"}
    )
    client.force_login(admin.user)
    told = client.get(f"/api/v1/articles/{article.uuid}/").json()
    assert (told["meta_sources"], told["zones_by"]) == ({"title": "column"}, "record")
