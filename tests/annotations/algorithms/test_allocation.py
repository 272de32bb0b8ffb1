import os
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.allocation import balanced

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
    }


@given(requests())
def test_a_plan_keeps_every_promise(request):
    plan = balanced(**request)

    assert sorted([*plan.assignments, *plan.unplaced]) == request["articles"]
    assert all(len(set(who)) == request["per_article"] for who in plan.assignments.values())
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
def test_an_article_is_unplaced_only_when_too_few_coders_are_left(request):
    plan = balanced(**request)

    sizes = Counter(request["clusters"].values())
    room = len(request["coders"]) // request["per_article"]
    alone = len(request["articles"]) - sum(sizes.values())
    lost = sum(max(0, size - room) for size in sizes.values()) + (0 if room else alone)
    assert len(plan.unplaced) == lost


@given(st.integers(1, 80), st.integers(2, 12), st.integers(0, 5))
def test_with_two_coders_an_article_pairs_differ_by_at_most_one(articles, coders, seed):
    plan = balanced(names("article", articles), names("coder", coders), 2, seed)

    assert spread(plan.pairs) <= 1


@pytest.mark.parametrize(
    ("articles", "coders", "per_article", "within"),
    [(7, 7, 3, 0), (12, 9, 3, 0), (200, 20, 3, 1), (100, 12, 4, 2), (33, 5, 3, 2), (9, 4, 4, 0)],
)
def test_with_more_coders_an_article_pairs_come_close(articles, coders, per_article, within):
    # Seven articles on seven coders is the Fano plane, twelve on nine the affine plane of order 3.
    plan = balanced(names("article", articles), names("coder", coders), per_article, seed=3)

    assert spread(plan.pairs) <= within


def test_the_order_of_articles_and_coders_does_not_matter():
    articles, coders = names("article", 30), names("coder", 6)

    assert balanced(articles, coders, 2, 5) == balanced(articles[::-1], coders[::-1], 2, 5)


def test_another_seed_is_another_plan():
    articles, coders = names("article", 30), names("coder", 6)

    assert balanced(articles, coders, 2, 5) != balanced(articles, coders, 2, 6)


def test_the_hash_seed_of_the_process_does_not_matter():
    program = (
        "from annotations.algorithms.allocation import balanced\n"
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
