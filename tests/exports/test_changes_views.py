"""The page on which two releases are compared."""

import re

import pytest

from exports.models import Comparison, Release
from tests.exports.formats.awkward import gold, record
from tests.exports.worlds import compared, published, requested
from tests.factories import TUESDAY, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db

TEXT = "Ada Brandt met Ilvek in Velmora."


@pytest.fixture
def project():
    return ProjectFactory()


@pytest.fixture
def admin(project, client):
    client.force_login(MemberFactory(project=project, roles=["admin"]).user)
    return client


def article(id, *spans, **more):
    return record(id, TEXT, spans=list(spans), **more)


def changes_of(client, release, rest=""):
    before = Release.objects.get(project=release.project, number=release.number - 1)
    if not Comparison.objects.filter(since=before, release=release).exists():
        compared(before, release)
    return client.get(f"/releases/{release.uuid}/changes/{rest}").content.decode()


def test_a_release_is_compared_with_the_one_before_or_another(project, admin):
    first, second, third = (published(project) for _ in range(3))

    page = admin.get(f"/releases/{third.uuid}/difference/").content.decode()
    other = admin.get(f"/releases/{third.uuid}/difference/?since={first.uuid}").content.decode()

    assert f'hx-get="/releases/{third.uuid}/changes/?since={second.uuid}"' in page
    assert f'hx-get="/releases/{third.uuid}/changes/?since={first.uuid}"' in other
    assert f'<option value="{third.uuid}"' not in page


def test_the_history_leads_to_what_changed(project, admin):
    first, second = published(project), published(project)
    requested(project)

    history = admin.get(f"/projects/{project.slug}/releases/").content.decode()
    page = admin.get(f"/releases/{second.uuid}/").content.decode()

    assert re.findall("/releases/(.*?)/difference/", history) == [str(second.uuid)]
    assert "What changed since release 1" in page
    assert "difference" not in admin.get(f"/releases/{first.uuid}/").content.decode()


def test_the_first_release_says_that_there_is_none_before(project, admin):
    release = published(project)

    page = admin.get(f"/releases/{release.uuid}/difference/").content.decode()

    assert "There is no earlier release to compare this one with." in page
    assert admin.get(f"/releases/{release.uuid}/changes/").status_code == 404


def test_a_difference_is_told_article_by_article(project, admin):
    ada = gold(TEXT, 1, (0, 10), "actor")
    role = [{"name": "role", "value": "mayor"}]
    published(project, records=[article("a", ada), article("b", ada), article("c", ada)])
    release = published(
        project,
        records=[
            article("a", ada | {"attributes": role}, meta={"title": "Talks"}, split="dev"),
            article("b", ada),
            article("d"),
        ],
    )

    page = " ".join(changes_of(admin, release).split())

    assert "<h3>Talks</h3>" in page
    assert "<dt>Split</dt> <dd><del>–</del> → <ins>dev</ins></dd>" in page
    assert "<dt>title</dt> <dd><del>–</del> → <ins>Talks</ins></dd>" in page
    assert "<dt>Attributes</dt><dd><del>–</del> → <ins>role: mayor</ins></dd>" in page
    assert "<h3>b</h3>" not in page
    assert "<h3>c</h3>" in page
    assert "<h3>d</h3>" in page


def test_a_difference_is_shown_by_kind_and_page_by_page(project, admin, monkeypatch):
    monkeypatch.setattr("exports.views.PAGE", 2)
    published(project, records=[article("z")])
    release = published(project, records=[article(id) for id in ("a", "b&", "c")])

    first = changes_of(admin, release)
    second = changes_of(admin, release, "?after=2")
    gone = changes_of(admin, release, "?show=removed")

    assert re.findall("<h3>(.*)</h3>", first) == ["a", "b&amp;"]
    assert 'href="?after=2"' in first
    assert re.findall("<h3>(.*)</h3>", second) == ["c", "z"]
    assert re.findall("<h3>(.*)</h3>", gone) == ["z"]


def test_whoever_looks_first_is_told_how_far_the_comparison_is(project, admin):
    before, release = (published(project, records=[article("a")]) for _ in range(2))
    address = f"/releases/{release.uuid}/changes/?show=added"

    at_once = admin.get(address).content.decode()
    assert not Comparison.objects.exists()
    Comparison.objects.create(since=before, release=release, done=3, total=12)
    under_way = admin.get(address).content.decode()
    Comparison.objects.update(finished_at=TUESDAY)
    failed = admin.get(address).content.decode()

    again = f'hx-get="/releases/{release.uuid}/changes/?show=added&amp;since={before.uuid}"'
    assert again in at_once
    assert again in under_way
    assert 'value="3" max="12"' in under_way
    assert "could not be compared" in failed
    assert "hx-get" not in failed


def test_a_page_of_changes_takes_as_many_queries_however_many_there_are(
    project, admin, django_assert_num_queries
):
    published(project, records=[])
    few = published(project, records=[article("a")])
    many = published(project, records=[article(f"b{n:03}") for n in range(50)])
    changes_of(admin, few)
    changes_of(admin, many)

    with django_assert_num_queries(10):
        changes_of(admin, few)
    with django_assert_num_queries(10):
        changes_of(admin, many)


def test_a_text_in_a_difference_stays_text(project, admin):
    bad = "<script>alert(1)</script>"
    spans = [gold(bad, 1, (0, len(bad)), bad)]
    published(project, records=[])
    release = published(project, records=[record(bad, bad, meta={"title": bad}, spans=[])])
    last = published(project, records=[record(bad, bad, meta={"title": "x"}, spans=spans)])

    assert "<script>" not in changes_of(admin, release) + changes_of(admin, last)


def test_nobody_compares_with_a_release_of_another_project(project, client):
    foreign = published(ProjectFactory())
    release = published(project)
    reader = MemberFactory(project=project, roles=["researcher"]).user
    # Who may see both still compares releases of one project only.
    MemberFactory(project=foreign.project, user=reader, roles=["researcher"])
    client.force_login(reader)

    assert client.get(f"/releases/{release.uuid}/changes/?since={foreign.uuid}").status_code == 404
    page = client.get(f"/releases/{release.uuid}/difference/?since={foreign.uuid}")
    assert page.status_code == 404
