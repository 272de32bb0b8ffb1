import pytest
from django.urls import reverse

from annotations.models import Cluster
from tests.factories import ArticleFactory, AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/articles/"


def test_an_empty_project_says_what_to_do_next(signed_in, address):
    page = signed_in.get(address).content.decode()
    assert "No articles yet" in page
    assert page.count(address.replace("articles", "imports")) == 1
    assert "Clean" not in page


def test_an_article_says_how_many_versions_of_its_story_there_are(signed_in, address, admin):
    cluster = admin.project.clusters.create(name="copies-1f")
    ArticleFactory.create_batch(2, project=admin.project, cluster=cluster)
    ArticleFactory(project=admin.project)

    page = signed_in.get(address).content.decode()

    assert page.count('<a href="?cluster=copies-1f">2 versions</a>') == 2
    assert page.count("?cluster=") == 2


def test_an_article_without_a_title_is_known_by_how_it_begins(signed_in, address, admin):
    ArticleFactory(project=admin.project, key="t980", text="A man was shot dead.", meta={})
    assert "A man was shot dead." in signed_in.get(address).content.decode()


def test_a_search_redraws_the_list_alone(signed_in, address, admin):
    ArticleFactory(project=admin.project, meta={"title": "Rain over Velmora"})
    ArticleFactory(project=admin.project, meta={"title": "Sun"}, text="Sun.")

    found = signed_in.get(address, {"q": "rain"}, headers={"HX-Request": "true"})

    html = found.content.decode()
    assert "<html" not in html
    assert ("Rain over Velmora" in html, "Sun" in html) == (True, False)


def test_a_search_that_finds_nothing_says_so(signed_in, address, admin):
    ArticleFactory(project=admin.project)
    assert "Nothing fits" in signed_in.get(address, {"q": "zebra"}).content.decode()


def test_zones_are_shown_where_they_are_and_the_text_is_whole(signed_in, admin):
    article = ArticleFactory(
        project=admin.project,
        text="Menu <b>\nAda & Ben\n\nend",
        zones=[
            {"start": 0, "end": 8, "kind": "boilerplate"},
            {"start": 15, "end": 18, "kind": "byline"},
        ],
    )
    html = signed_in.get(f"/articles/{article.uuid}/").content.decode()

    assert (
        '<p dir="auto"><span class="zone" data-zone="boilerplate" title="site furniture">'
        "Menu &lt;b&gt;</span></p>"
    ) in html
    byline = '<span class="zone" data-zone="byline" title="byline">Ben</span>'
    assert f'<p dir="auto">Ada &amp; {byline}</p>' in html


def test_an_admin_withdraws_with_a_reason(signed_in, admin):
    article = ArticleFactory(project=admin.project)
    signed_in.post(f"/articles/{article.uuid}/withdraw/", {"reason": ""})
    article.refresh_from_db()
    assert article.withdrawn_at is None

    page = signed_in.post(
        f"/articles/{article.uuid}/withdraw/", {"reason": "Rights expired"}, follow=True
    )
    assert "Rights expired" in page.content.decode()


def test_a_coder_reads_what_story_it_is_without_a_way_to_the_other_versions(client, admin):
    cluster = Cluster.objects.create(project=admin.project, name="flood")
    article = ArticleFactory(project=admin.project, cluster=cluster)
    work = AssignmentFactory(task__article=article, task__batch__project=admin.project)
    address = reverse("annotations:cluster", args=[cluster.uuid])

    client.force_login(work.coder.user)
    seen = client.get(reverse("annotations:article", args=[article.uuid])).content.decode()
    assert ("flood" in seen, address in seen) == (True, False)

    client.force_login(admin.user)
    seen = client.get(reverse("annotations:article", args=[article.uuid])).content.decode()
    assert address in seen


def test_a_coder_reads_her_article_and_nothing_about_batches(client, admin):
    work = AssignmentFactory(task__batch__project=admin.project)
    other = ArticleFactory(project=admin.project)
    client.force_login(work.coder.user)

    page = client.get(f"/articles/{work.task.article.uuid}/")
    assert page.status_code == 200
    assert work.task.batch.name not in page.content.decode()
    assert client.get(f"/articles/{other.uuid}/").status_code == 404
    assert client.get(f"/projects/{admin.project.slug}/articles/").status_code == 403
    withdrawal = client.post(f"/articles/{work.task.article.uuid}/withdraw/", {"reason": "x"})
    assert withdrawal.status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    cluster = admin.project.clusters.create(name="c")
    ArticleFactory.create_batch(rows, project=admin.project, cluster=cluster)
    with django_assert_num_queries(8):
        signed_in.get(address)
