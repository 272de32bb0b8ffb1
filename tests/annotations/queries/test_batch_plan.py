from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.models import Cluster
from annotations.queries.batch_plan import Wish, plan
from tests.factories import ArticleFactory, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Return a project with ten articles and the coders ann, ben, cyd and dan."""
    project = ProjectFactory()
    for name in ("ann", "ben", "cyd", "dan"):
        MemberFactory(project=project, user__username=name)
    for at in range(10):
        ArticleFactory(project=project, key=f"a{at}")
    return project


def wish(**given):
    return Wish(**{"articles": {"all": True}, "coders": ["ann", "ben", "cyd", "dan"]} | given)


def make_story(project, *keys):
    cluster = Cluster.objects.create(project=project, name=f"story {keys[0]}")
    project.articles.filter(key__in=keys).update(cluster=cluster)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    per_article=st.integers(1, 4),
    overlap=st.sampled_from([0.0, 0.2, 0.25, 0.5, 1.0]),
    order=st.sampled_from(["imported", "date", "shuffled"]),
    strategy=st.sampled_from(["balanced", "pool"]),
    seed=st.integers(0, 50),
)
def test_a_plan_gives_each_article_the_coders_it_wants(
    project, per_article, overlap, order, strategy, seed
):
    wanted = wish(
        coders_per_article=per_article, overlap=overlap, order=order, strategy=strategy, seed=seed
    )

    planned = plan(project, wanted)

    assert sorted(one.key for one in planned.articles) == [f"a{at}" for at in range(10)]
    assert len(planned.shared) == int(10 * overlap + 0.5)
    for article, coders in planned.placed:
        several = per_article if article.key in planned.shared else 1
        assert planned.wanted(article) == several
        assert len(coders) == (0 if strategy == "pool" else several)
    assert planned.load_spread <= 1
    assert planned.pair_spread <= 2
    assert planned == plan(project, wanted)


def test_the_shared_articles_are_spread_over_the_reading_order(project):
    planned = plan(project, wish(overlap=0.2, order="shuffled", seed=3))

    places = [at for at, one in enumerate(planned.articles) if one.key in planned.shared]
    assert [place // 5 for place in places] == [0, 1]
    assert planned.codings == 12


def test_a_story_with_more_versions_than_coders_is_named_with_what_it_leaves_out(project):
    make_story(project, "a0", "a1", "a2")
    make_story(project, "a5", "a6")

    planned = plan(project, wish(one_per_cluster=True))

    assert [str(one) for one in planned.crowded] == [
        "1 of the 3 versions of “story a0” finds too few of the 4 coders without another one."
    ]
    assert len(planned.unplaced) == 1
    assert planned.unplaced[0].key in {"a0", "a1", "a2"}


def test_pairs_that_clusters_keep_apart_are_explained(project):
    even = plan(project, wish())
    assert even.imbalance == ""

    pairs = {("ann", "ben"): 0, ("ann", "cyd"): 3}
    uneven = replace(even, allocation=replace(even.allocation, pairs=pairs))
    assert uneven.imbalance.endswith("no exchange was found that helps.")
    clustered = replace(uneven, wish=wish(one_per_cluster=True))
    assert "can’t stand in for who has another" in clustered.imbalance


@pytest.mark.parametrize("articles", [10, 30])
def test_a_plan_takes_few_queries_whatever_its_size(project, articles, django_assert_num_queries):
    make_story(project, *(f"a{at}" for at in range(6)))
    ArticleFactory.create_batch(articles - 10, project=project)

    with django_assert_num_queries(4):
        plan(project, wish(one_per_cluster=True))
