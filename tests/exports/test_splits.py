from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from exports.splits import Entry, assign

SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}


def entries(clusters: list[int | None], outlets: int = 1) -> list[Entry]:
    """Return one article per number, in the cluster of that number."""
    return [
        Entry(f"a{place:05}", None if number is None else f"c{number}", f"o{place % outlets}")
        for place, number in enumerate(clusters)
    ]


def sizes(articles: list[Entry], groups) -> Counter[str]:
    return Counter(groups[entry.group] for entry in articles)


@st.composite
def shares(draw):
    weights = draw(st.lists(st.integers(1, 20), min_size=1, max_size=4))
    return {f"s{place}": weight / sum(weights) for place, weight in enumerate(weights)}


clusterings = st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=120)


@given(clusterings, shares(), st.integers(0, 5), st.integers(1, 5))
def test_every_split_is_as_large_as_its_share_to_within_one_cluster(
    clusters, wanted, seed, outlets
):
    articles = entries(clusters, outlets)

    found = sizes(articles, assign(articles, shares=wanted, seed=seed))

    largest = max(Counter(entry.group for entry in articles).values())
    for name, share in wanted.items():
        assert abs(found[name] - share * len(articles)) <= largest + 1e-3


@given(clusterings, st.randoms())
def test_the_order_in_which_articles_come_makes_no_difference(clusters, random):
    articles = entries(clusters, 3)
    shuffled = articles[:]
    random.shuffle(shuffled)

    assert assign(shuffled, shares=SHARES, seed=1) == assign(articles, shares=SHARES, seed=1)


def test_a_cluster_and_an_article_of_the_same_name_are_two_groups():
    articles = [Entry("x"), Entry("y", "x")]

    assert len(assign(articles, shares=SHARES, seed=0)) == 2


def test_single_articles_are_cut_exactly():
    articles = entries([None] * 1000)

    assert sizes(articles, assign(articles, shares=SHARES, seed=7)) == {
        "train": 800,
        "dev": 100,
        "test": 100,
    }


def test_another_seed_gives_another_cut():
    articles = entries([None] * 100)

    assert assign(articles, shares=SHARES, seed=0) != assign(articles, shares=SHARES, seed=1)


@given(st.integers(0, 200))
def test_strata_have_their_share_of_every_split(seed):
    articles = entries([None] * 200, outlets=4)

    groups = assign(articles, shares={"train": 0.8, "test": 0.2}, seed=seed)

    tested = Counter(e.stratum for e in articles if groups[e.group] == "test")
    assert all(9 <= tested[f"o{number}"] <= 11 for number in range(4))


def test_small_strata_do_not_all_end_in_one_split():
    articles = entries([None] * 60, outlets=60)

    found = sizes(articles, assign(articles, shares={"a": 0.5, "b": 0.5}, seed=0))

    assert found == {"a": 30, "b": 30}
