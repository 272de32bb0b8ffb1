from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement import NA, Article, report, rows_of
from annotations.algorithms.agreement.alpha import Table
from tests.annotations.algorithms.agreement.material import corpus, examples
from tests.annotations.algorithms.agreement.strategies import collections


def as_articles(units):
    """Make each unit of a published example an article of one character."""
    return [
        Article(
            length=1,
            marks={
                str(coder): [(0, 1, str(value))]
                for coder, value in enumerate(unit)
                if value is not None
            },
        )
        for unit in units
    ]


def figures(articles, **options):
    return report(rows_of(articles), resamples=0, **options)


def by_counting_characters(articles, value_of):
    """α from a list of values for each character, by the definition."""
    coincidences = Counter()
    for article in articles:
        for at in range(article.length):
            if len(article.marks) < 2 or any(low <= at < high for low, high in article.excluded):
                continue
            values = [value_of(marks, at) for marks in article.marks.values()]
            for pair in permutations(values, 2):
                coincidences[pair] += 1 / (len(values) - 1)
    used = Counter()
    for (value, _), count in coincidences.items():
        used[value] += count
    total = sum(used.values())
    chance = sum(used[c] * used[k] for c in used for k in used if c != k)
    observed = sum(count for (c, k), count in coincidences.items() if c != k)
    if not total:
        return None
    return 1 - (total - 1) * observed / chance if chance else None


def all_labels(marks, at):
    return frozenset(label for start, end, label in marks if start <= at < end)


@pytest.mark.parametrize("example", examples("coding.json", "alpha_nominal"))
def test_published_nominal_alpha(example):
    found = figures(as_articles(example["input"]["units"]))["alpha"]

    if example["expected"] is None:
        assert found["value"] is None
        assert found["na"] == "one_category"
    else:
        assert found["value"] == pytest.approx(example["expected"], abs=example["tolerance"])


@pytest.mark.parametrize("example", examples("coding.json", "alpha_nominal_per_category"))
def test_published_alpha_of_one_category(example):
    found = figures(as_articles(example["input"]["units"]))["alpha_by_label"]

    values = {label: figure["value"] for label, figure in found.items()}
    assert values == pytest.approx(example["expected"], abs=example["tolerance"])


def test_six_coders_of_political_news():
    found = figures(corpus("polnear_train"))["alpha"]

    assert found["value"] == pytest.approx(0.798934, abs=1e-6)


@given(collections)
def test_alpha_is_what_counting_every_character_gives(articles):
    found = figures(articles)

    expected = by_counting_characters(articles, all_labels)
    assert found["alpha"]["value"] == (None if expected is None else pytest.approx(expected))
    for label, figure in found["alpha_by_label"].items():
        binary = by_counting_characters(
            articles, lambda m, at, own=label: own in all_labels(m, at)
        )
        assert figure["value"] == (None if binary is None else pytest.approx(binary))


@given(collections)
def test_alpha_of_a_pair_knows_nobody_else(articles):
    for pair in figures(articles)["pairs"]:
        both = [
            Article(a.length, {c: a.marks[c] for c in (pair["a"], pair["b"])}, a.excluded)
            for a in articles
            if {pair["a"], pair["b"]} <= a.marks.keys()
        ]
        expected = by_counting_characters(both, all_labels)
        if expected is None:
            assert pair["alpha"]["value"] is None
        else:
            assert pair["alpha"] == pytest.approx(expected)


@given(collections, st.data())
def test_a_resample_is_alpha_of_the_articles_drawn(articles, data):
    drawn = [data.draw(st.integers(0, 3), label="times") for _ in articles]
    repeated = [one for one, times in zip(articles, drawn, strict=True) for _ in range(times)]

    table = Table.of(rows_of(articles))
    [found] = table.resampled(np.array([drawn], float) @ table.columns)

    expected = Table.of(rows_of(repeated)).alpha()
    if isinstance(expected, NA):
        assert np.isnan(found)
    else:
        assert found == pytest.approx(expected)


def test_an_empty_submission_is_an_answer_and_a_missing_one_is_not():
    marked, elsewhere = [(0, 5, "x")], [(5, 9, "x")]
    empty = [Article(10, {"A": marked, "B": []}), Article(10, {"A": elsewhere, "B": elsewhere})]
    missing = [Article(10, {"A": marked}), empty[1]]

    assert figures(missing)["alpha"]["value"] == 1
    assert figures(empty)["alpha"]["value"] < 1


@pytest.mark.parametrize(
    ("articles", "code"),
    [
        ([], "no_articles"),
        ([Article(9, {"A": [(0, 5, "x")]})], "no_articles"),
        ([Article(9, {"A": [], "B": []})], "one_category"),
        ([Article(9, {"A": [(0, 9, "x")], "B": [(0, 9, "x")]})], "one_category"),
        ([Article(9, {"A": [(0, 9, "x")], "B": []}, excluded=[(0, 9)])], "no_characters"),
        ([Article(0, {"A": [], "B": []})], "no_characters"),
    ],
)
def test_alpha_without_variation_is_not_a_number_but_a_reason(articles, code):
    found = figures(articles)["alpha"]

    assert (found["value"], found["na"]) == (None, code)


def test_a_hundred_labels_at_once_keep_their_sets_apart():
    many = [(0, 10, f"label {n}") for n in range(100)]

    found = rows_of([Article(20, {"A": many, "B": many[:-1]})])

    assert [len(value) for value in found.values] == [0, 99, 100]
    assert found.pairs.differ[0] == 10
