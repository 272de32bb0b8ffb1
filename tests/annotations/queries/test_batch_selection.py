from datetime import date

import pytest

from annotations.enums import JobState, TaskState
from annotations.models import Cluster
from annotations.queries.batch_selection import (
    CannotPlan,
    ClustersPending,
    chosen,
    refuse_pending_clusters,
)
from tests.factories import (
    MONDAY,
    ArticleFactory,
    BatchFactory,
    ImportJobFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return ProjectFactory()


@pytest.fixture
def article(project):
    """Return what makes an article of the project; ``day`` is its date of publication."""

    def make(key, day=None, **given):
        meta = {"title": key.title(), **given.pop("meta", {})}
        if day:
            meta["published_at"] = day
        return ArticleFactory(project=project, key=key, meta=meta, **given)

    return make


def story(project, *articles):
    cluster = Cluster.objects.create(project=project, name=f"story {articles[0].key}")
    project.articles.filter(pk__in=[one.pk for one in articles]).update(cluster=cluster)
    return cluster


def keys(project, asked, *, order="imported", seed=1):
    return [one.key for one in chosen(project, asked, order=order, seed=seed)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "abcd"),
        ({"q": "rain"}, "ab"),
        ({"q": "rain SUN"}, "b"),
        ({"outlet": "Post"}, "a"),
        ({"language": "en"}, "bd"),
        ({"from": date(2026, 3, 2)}, "bc"),
        ({"to": date(2026, 3, 2)}, "ab"),
        ({"from": date(2026, 3, 2), "to": date(2026, 3, 2)}, "b"),
        ({"unbatched": True}, "bcd"),
        ({"unbatched": False}, "abcd"),
        ({"q": "rain", "language": "en"}, "b"),
    ],
)
def test_a_search_finds_what_fits(project, article, wanted, found):
    first = article("a", "2026-03-01", text="Rain again", meta={"outlet": "Post"})
    article("b", "2026-03-02T10:00", text="Rain, then sun", meta={"language": "en"})
    article("c", "2026-03-03", text="Snow")
    article("d", "last Tuesday", text="Fog", meta={"language": "en"})
    TaskFactory(batch=BatchFactory(project=project), article=first)

    assert keys(project, {"search": wanted}) == list(found)


def test_a_search_knows_imports_batches_and_stories(project, article):
    a, b, _c = (article(key) for key in "abc")
    task = TaskFactory(batch=BatchFactory(project=project), article=b)
    cluster = story(project, a, b)

    assert keys(project, {"search": {"import": a.import_job.uuid}}) == ["a"]
    assert keys(project, {"search": {"batch": task.batch.uuid}}) == ["b"]
    assert keys(project, {"search": {"cluster": cluster.name}}) == ["a", "b"]


def test_what_a_closed_batch_dropped_is_in_no_batch(project, article):
    dropped = TaskFactory(batch=BatchFactory(project=project), article=article("a"))
    dropped.state = TaskState.DROPPED
    dropped.save()

    assert keys(project, {"search": {"unbatched": True}}) == ["a"]


def test_a_sample_is_drawn_from_what_the_search_finds_by_the_seed(project, article):
    for at in range(20):
        article(f"rain{at:02}", text="Rain")
        article(f"sun{at:02}", text="Sun")
    asked = {"search": {"q": "rain"}, "sample": 5}

    drawn = keys(project, asked, seed=1)

    assert len(drawn) == 5
    assert all(key.startswith("rain") for key in drawn)
    assert drawn == keys(project, asked, seed=1)
    assert drawn != keys(project, asked, seed=2)
    with pytest.raises(CannotPlan, match="There are 20 articles to sample from"):
        keys(project, {"search": {"q": "rain"}, "sample": 21})


@pytest.mark.parametrize("way", [{"all": True}, {"search": {}}, {"search": {"q": "tale"}}])
def test_one_version_of_a_story_is_the_earliest_of_those_found(project, article, way):
    alone = article("a", text="Tale")
    late = article("b", "2026-03-03", text="Tale")
    early = article("c", "2026-03-01", text="Tale")
    undated = article("d", text="Tale")
    story(project, late, early, undated)
    assert alone.cluster is None

    assert keys(project, {**way, "clusters": "one"}) == ["a", "c"]


def test_one_version_a_story_is_chosen_before_the_sample_is_drawn(project, article):
    story(project, *(article(key) for key in "abcdefgh"))
    article("z")

    assert keys(project, {"search": {}, "sample": 2, "clusters": "one"}) == ["a", "z"]


def test_a_chosen_article_brings_the_other_versions_of_its_story(project, article):
    a = article("a")
    b, c = (article(key, text="Rain") for key in "bc")
    story(project, a, b, c)
    article("z", text="Fog")
    project.articles.filter(pk=c.pk).update(withdrawn_at=MONDAY, withdrawn_reason="Wrong")

    assert keys(project, {"ids": [a.uuid], "clusters": "whole"}) == ["a", "b"]
    TaskFactory(batch=BatchFactory(project=project), article=b)
    unbatched = {"q": "mayor", "unbatched": True}
    assert keys(project, {"search": unbatched, "clusters": "whole"}) == ["a"]


def test_articles_are_read_as_imported_by_date_or_shuffled_by_the_seed(project, article):
    for key, day in (("a", "2026-03-03"), ("b", None), ("c", "2026-03-01"), ("d", "yesterday")):
        article(key, day)
    for key in "efghij":
        article(key)

    assert keys(project, {"all": True}) == list("abcdefghij")
    assert keys(project, {"all": True}, order="date") == list("cabdefghij")
    shuffled = keys(project, {"all": True}, order="shuffled", seed=1)
    assert sorted(shuffled) == list("abcdefghij")
    assert shuffled == keys(project, {"all": True}, order="shuffled", seed=1)
    assert shuffled != keys(project, {"all": True}, order="shuffled", seed=2)


def test_articles_that_are_not_there_are_named(project, article):
    article("a")
    elsewhere = ArticleFactory()

    with pytest.raises(CannotPlan, match=str(elsewhere.uuid)):
        keys(project, {"ids": [elsewhere.uuid]})
    with pytest.raises(CannotPlan, match="no articles in this selection"):
        keys(project, {"search": {"q": "nowhere"}})


def test_versions_still_looked_for_elsewhere_matter_only_where_they_would_join(project, article):
    article("a")
    ImportJobFactory(project=project, clusters_state=JobState.QUEUED)
    found = chosen(project, {"all": True}, order="imported", seed=1)

    refuse_pending_clusters(project, {"all": True, "clusters": "one"}, found)
    with pytest.raises(ClustersPending):
        refuse_pending_clusters(project, {"all": True, "clusters": "whole"}, found)


@pytest.mark.parametrize("number", [1, 30])
def test_no_text_is_read_and_one_query_does(project, article, number, django_assert_num_queries):
    for at in range(number):
        article(f"a{at}")

    with django_assert_num_queries(1) as seen:
        chosen(project, {"all": True}, order="date", seed=1)

    assert '"text"' not in seen[0]["sql"]
