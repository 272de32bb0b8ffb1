import os
import subprocess
import sys
from collections import Counter
from itertools import accumulate, combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.algorithms.allocation import balanced, mixed_in, shared_ones

ROOT = Path(__file__).parents[3]


def names(prefix, number):
    return [f"{prefix}{place:03}" for place in range(number)]


def spread(counts):
    return max(counts.values()) - min(counts.values())


@st.composite
def requests(draw):
    articles = names("article", draw(st.integers(0, 25)))
    clustered = draw(st.lists(st.sampled_from(["x", "y", "z", None]), max_size=len(articles)))
    clusters = {a: c for a, c in zip(articles, clustered, strict=False) if c is not None}
    return {
        "articles": articles,
        "coders": names("coder", draw(st.integers(1, 9))),
        "per_article": draw(st.integers(1, 4)),
        "seed": draw(st.integers(0, 9)),
        "clusters": clusters,
        "singles": draw(st.sets(st.sampled_from(articles))) if articles else set(),
    }


@given(requests())
def test_a_plan_keeps_every_promise(request):
    plan = balanced(**request)

    assert sorted([*plan.assignments, *plan.unplaced]) == request["articles"]
    assert {name: len(set(who)) for name, who in plan.assignments.items()} == {
        name: 1 if name in request["singles"] else request["per_article"]
        for name in plan.assignments
    }
    given = Counter(coder for who in plan.assignments.values() for coder in who)
    assert plan.loads == {coder: given[coder] for coder in request["coders"]}
    assert spread(plan.loads) <= 1
    together = Counter(pair for who in plan.assignments.values() for pair in combinations(who, 2))
    assert plan.pairs == {p: together[p] for p in combinations(request["coders"], 2)}
    clusters = request["clusters"]
    twice = Counter(
        (coder, clusters[article])
        for article, who in plan.assignments.items()
        if article in clusters
        for coder in who
    )
    assert set(twice.values()) <= {1}


@given(requests())
def test_as_many_of_a_cluster_are_placed_as_there_are_coders_for(request):
    plan = balanced(**request)

    families = {}
    for name in request["articles"]:
        family = request["clusters"].get(name, name)
        wanted = 1 if name in request["singles"] else request["per_article"]
        families.setdefault(family, []).append(wanted)
    room = len(request["coders"])
    placed = sum(
        sum(total <= room for total in accumulate(sorted(sizes))) for sizes in families.values()
    )
    assert len(plan.assignments) == placed


@given(st.integers(1, 3000), st.integers(2, 41), st.integers(0, 5), st.sampled_from([0.2, 1]))
@settings(max_examples=60)
def test_two_coders_an_article_make_pairs_within_one(articles, coders, seed, share):
    articles = names("article", articles)
    singles = set(articles) - shared_ones(articles, share, seed)

    plan = balanced(articles, names("coder", coders), 2, seed, singles=singles)

    assert (spread(plan.pairs) <= 1, spread(plan.loads) <= 1) == (True, True)


@given(st.integers(1, 150), st.integers(4, 30), st.integers(3, 5), st.integers(0, 5))
@settings(max_examples=20, derandomize=True)  # what a search finds is tried, not proven
def test_more_coders_an_article_make_pairs_within_two(articles, coders, per_article, seed):
    plan = balanced(names("article", articles), names("coder", coders), per_article, seed)

    # Too few coders leave every article out.
    assert len(plan.unplaced) == (articles if coders < per_article else 0)
    assert spread(plan.pairs) <= 2


@pytest.mark.parametrize(
    ("articles", "coders", "per_article", "within"),
    [
        (7, 7, 3, 0),  # the Fano plane
        (12, 9, 3, 0),  # the affine plane of order 3
        (9, 4, 4, 0),
        (1000, 7, 2, 1),
        (1000, 7, 3, 1),
        (200, 20, 3, 1),
        (100, 12, 4, 2),
        (33, 5, 3, 2),
        (352, 10, 4, 2),
    ],
)
def test_pairs_come_as_close_as_is_known_of_these_sizes(articles, coders, per_article, within):
    plan = balanced(names("article", articles), names("coder", coders), per_article, seed=3)

    assert spread(plan.pairs) <= within
    assert spread(plan.loads) <= 1


@pytest.mark.parametrize(("coders", "per_article"), [(6, 2), (7, 2), (9, 3), (12, 3)])
def test_clusters_that_take_everybody_leave_pairs_even(coders, per_article):
    articles = names("article", 6000)
    clusters = {name: str(at // 3) for at, name in enumerate(articles)}

    plan = balanced(articles, names("coder", coders), per_article, 1, clusters)

    assert not plan.unplaced
    assert spread(plan.pairs) <= 2
    assert spread(plan.loads) <= 1


@given(st.integers(0, 400), st.floats(0, 1), st.integers(0, 5))
def test_the_articles_that_several_code_are_spread_over_the_reading_order(number, share, seed):
    articles = names("article", number)

    drawn = shared_ones(articles, share, seed)

    assert abs(len(drawn) - number * share) <= 0.5
    places = [place for place, name in enumerate(articles) if name in drawn]
    run = number / max(len(drawn), 1)
    assert all(at * run - 1 < place < (at + 1) * run for at, place in enumerate(places))
    assert drawn == shared_ones(articles, share, seed)


def test_another_seed_draws_other_articles():
    articles = names("article", 100)

    assert shared_ones(articles, 0.2, 1) != shared_ones(articles, 0.2, 2)


def test_the_order_of_articles_and_coders_does_not_matter():
    articles, coders = names("article", 30), names("coder", 6)

    assert balanced(articles, coders, 2, 5) == balanced(articles[::-1], coders[::-1], 2, 5)


def test_another_seed_is_another_plan():
    articles, coders = names("article", 30), names("coder", 6)

    assert balanced(articles, coders, 2, 5) != balanced(articles, coders, 2, 6)


def test_the_hash_seed_of_the_process_does_not_matter():
    program = (
        "from annotations.algorithms.allocation import balanced, mixed_in, shared_ones\n"
        "plan = balanced([f'a{n}' for n in range(60)], ['Ann', 'Bo', 'Cy', 'Di', 'Ed'], 3, 1,"
        " {f'a{n}': str(n // 2) for n in range(20)})\n"
        "print(plan)"
    )

    plans = {
        subprocess.check_output(
            [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2", "3")
    }

    assert len(plans) == 1


@given(st.integers(0, 40), st.integers(0, 50), st.integers(0, 9))
def test_what_is_mixed_in_keeps_both_orders_and_is_spread_over_all(some, others, seed):
    own, more = names("article", some), names("check", others)

    mixed = mixed_in(own, more, seed)

    assert [name for name in mixed if name in own] == own
    assert [name for name in mixed if name in more] == more
    before = [sum(name in own for name in mixed[: mixed.index(name)]) for name in more]
    runs = [(run * some // others, (run + 1) * some // others) for run in range(others)]
    assert all(low <= at <= high for at, (low, high) in zip(before, runs, strict=True))
    assert mixed_in(own, more, seed) == mixed


def test_another_seed_mixes_otherwise():
    own, more = names("article", 40), names("check", 4)

    assert len({tuple(mixed_in(own, more, seed)) for seed in range(9)}) > 1
