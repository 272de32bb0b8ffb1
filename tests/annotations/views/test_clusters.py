from random import Random

import pytest

from annotations.algorithms import synthetic
from annotations.models import Article, Cluster
from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db

STORY = synthetic.story(Random("story"), 6).text
#: How many queries a page takes.
LIST, DETAIL = 7, 7


def make_cluster(project, number=2, name="told"):
    cluster = Cluster.objects.create(project=project, name=name)
    for place in range(number):
        text = f"Newsletter\n{STORY} Only {place} has this."
        ArticleFactory(
            project=project,
            cluster=cluster,
            text=text,
            key=f"{name}-{place}",
            meta={"title": f"Version {place} of {name}", "published_at": f"2024-03-{20 - place}"},
            zones=[{"start": 0, "end": 10, "kind": "boilerplate"}],
        )
    return cluster


@pytest.fixture
def cluster(admin):
    return make_cluster(admin.project)


def post(client, cluster, do, keys=(), **given):
    found = Article.objects.filter(project=cluster.project, key__in=keys)
    articles = [str(uuid) for uuid in found.values_list("uuid", flat=True)]
    address = f"/clusters/{cluster.uuid}/correct/"
    return client.post(address, {"do": do, "article": articles, **given}, follow=True)


def test_stories_are_listed_by_their_first_version_and_searched(signed_in, admin, cluster):
    make_cluster(admin.project, name="flood")
    Cluster.objects.create(project=admin.project, name="empty")
    address = f"/projects/{admin.project.slug}/clusters/"

    html = signed_in.get(address).content.decode()
    assert ("Version 1 of told" in html, "Version 1 of flood" in html) == (True, True)
    assert "empty" not in html.split('id="cluster-list"')[1].split("</section>")[0]

    found = signed_in.get(address, {"q": "of flood"}, headers={"HX-Request": "true"})
    html = found.content.decode()
    assert ("<html" in html, "of told" in html, "of flood" in html) == (False, False, True)


def test_a_story_without_a_title_is_known_by_how_it_begins(signed_in, admin, cluster):
    Article.objects.update(meta={})
    html = signed_in.get(f"/projects/{admin.project.slug}/clusters/").content.decode()
    assert f"Newsletter\n{STORY[:60]}" in html


def test_a_project_without_versions_says_so(signed_in, admin):
    page = signed_in.get(f"/projects/{admin.project.slug}/clusters/").content.decode()
    assert "No story is told twice" in page


def test_two_versions_stand_side_by_side_with_what_differs(signed_in, cluster):
    html = signed_in.get(f"/clusters/{cluster.uuid}/").content.decode()

    assert html.index("Version 1 of told") < html.index("Version 0 of told")
    assert ("<del>1</del>" in html, "<ins>0</ins>" in html) == (True, True)
    assert html.count('data-zone="boilerplate">Newsletter</span>') == 2

    older = Article.objects.get(key="told-0")
    html = signed_in.get(f"/clusters/{cluster.uuid}/", {"base": older.uuid}).content.decode()
    assert ("<del>0</del>" in html, "<ins>1</ins>" in html) == (True, True)


@pytest.mark.parametrize("query", ["base=x", "version=1", "find=%00", "base=&version=&find="])
def test_odd_questions_are_answered(signed_in, cluster, query):
    assert signed_in.get(f"/clusters/{cluster.uuid}/?{query}").status_code == 200


def test_versions_are_corrected_and_that_is_taken_back(signed_in, admin):
    cluster = make_cluster(admin.project, number=3)
    page = post(signed_in, cluster, "take_out", ["told-0"]).content.decode()
    assert "it stays as it is" in page
    assert cluster.articles.count() == 2

    page = signed_in.post(f"/clusters/{cluster.uuid}/undo/", follow=True).content.decode()
    assert "taken back" in page
    assert cluster.articles.count() == 3


def test_an_article_is_looked_for_and_put_in(signed_in, admin, cluster):
    ArticleFactory(project=admin.project, key="flood", meta={"title": "A flood in Velmora"})
    page = signed_in.get(f"/clusters/{cluster.uuid}/", {"find": "flood"}).content.decode()
    assert "A flood in Velmora" in page

    post(signed_in, cluster, "put_in", ["flood"])
    assert cluster.articles.count() == 3


@pytest.mark.parametrize("given", [{"do": "burn"}, {"do": "split"}, {"do": "merge", "other": "?"}])
def test_what_can_not_be_done_is_said(signed_in, cluster, given):
    do = given.pop("do")
    page = post(signed_in, cluster, do, **given).content.decode()
    assert 'data-tone="danger"' in page or "error" in page
    assert cluster.articles.count() == 2


@pytest.mark.parametrize("versions", [2, 4])
def test_the_pages_take_the_same_queries_for_more_versions(
    signed_in, admin, versions, django_assert_num_queries
):
    cluster = make_cluster(admin.project, number=versions)
    for number in range(versions):
        make_cluster(admin.project, name=f"more-{number}")
    with django_assert_num_queries(LIST):
        signed_in.get(f"/projects/{admin.project.slug}/clusters/")
    with django_assert_num_queries(DETAIL):
        signed_in.get(f"/clusters/{cluster.uuid}/")
