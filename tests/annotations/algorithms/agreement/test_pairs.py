from itertools import combinations

import pytest
from hypothesis import given

from annotations.algorithms.agreement import Article, report, rows_of
from annotations.algorithms.agreement.matching import pair_overlapping
from tests.annotations.algorithms.agreement.material import (
    corpus,
    examples,
    of_annotators,
)
from tests.annotations.algorithms.agreement.strategies import collections


def figures(articles, **options):
    return report(rows_of(articles), resamples=0, **options)


@pytest.mark.parametrize("example", examples("span_f1.json", "mean_pair_strict_f1"))
def test_published_mean_of_pairs(example):
    articles = of_annotators(example["input"]["annotators"]).values()

    found = figures(articles)["mean_pair"]["strict_f1"]

    assert found["value"] == pytest.approx(example["expected"], abs=example["tolerance"])


@pytest.mark.parametrize("example", examples("span_f1.json", "sd_pair_strict_f1"))
def test_published_deviation_of_pairs(example):
    articles = of_annotators(example["input"]["annotators"]).values()

    found = figures(articles)["mean_pair"]["strict_f1"]

    assert found["sd"] == pytest.approx(example["expected"], abs=example["tolerance"])


@pytest.mark.parametrize("example", examples("span_f1.json", "mean_pair_strict_f1_per_label"))
def test_published_mean_of_pairs_of_one_label(example):
    rows = rows_of(of_annotators(example["input"]["annotators"]).values())

    found = {
        label: report(rows, resamples=0, label=label)["mean_pair"]["strict_f1"]["value"]
        for label in example["expected"]
    }

    assert found == pytest.approx(example["expected"], abs=example["tolerance"])


@pytest.mark.parametrize("example", examples("span_f1.json", "mean_pair_strict_f1_per_document"))
def test_published_mean_of_pairs_of_one_article(example):
    found = {
        document: figures([article])["mean_pair"]["strict_f1"]["value"]
        for document, article in of_annotators(example["input"]["annotators"]).items()
    }

    assert found == pytest.approx(example["expected"], abs=example["tolerance"])


def test_four_coders_of_spanish_newswire():
    found = figures(corpus("bratiaa_es"))["mean_pair"]["strict_f1"]

    assert found["value"] == pytest.approx(0.8903501, abs=1e-6)
    assert found["sd"] == pytest.approx(0.0526314, abs=1e-6)


def by_definition(articles, one, other):
    strict = extent = overlap = spans = 0
    for article in articles:
        if not {one, other} <= article.marks.keys():
            continue
        cleaned = article.cleaned().marks
        left, right = cleaned[one], cleaned[other]
        strict += len(set(left) & set(right))
        waiting = [mark[:2] for mark in right]
        for mark in left:
            if mark[:2] in waiting:
                waiting.remove(mark[:2])
                extent += 1
        overlap += len(pair_overlapping(left, right))
        spans += len(left) + len(right)
    return [2 * count / spans if spans else None for count in (strict, extent, overlap)]


@given(collections)
def test_f1_is_what_comparing_the_marks_gives(articles):
    found = figures(articles)["pairs"]

    people = {coder for article in articles for coder in article.marks}
    together = [
        pair
        for pair in combinations(sorted(people), 2)
        if any(set(pair) <= article.marks.keys() for article in articles)
    ]
    assert [(pair["a"], pair["b"]) for pair in found] == together
    for pair in found:
        f1s = [pair["strict_f1"], pair["extent_f1"], pair["overlap_f1"]]
        values = [f1["value"] if isinstance(f1, dict) else f1 for f1 in f1s]
        assert values == pytest.approx(by_definition(articles, pair["a"], pair["b"]))


def test_a_repeated_span_counts_once():
    [pair] = figures([Article(9, {"A": [(0, 5, "x"), (0, 5, "x")], "B": [(0, 5, "x")]})])["pairs"]

    assert (pair["spans_a"], pair["spans_b"], pair["strict_f1"]) == (1, 1, 1)


def test_a_span_inside_boilerplate_does_not_count():
    marks = {"A": [(0, 3, "x"), (5, 8, "x")], "B": [(5, 8, "x")]}

    found = figures([Article(9, marks, excluded=[(0, 2), (2, 4)])])

    assert [(pair["spans_a"], pair["spans_b"]) for pair in found["pairs"]] == [(1, 1)]
    assert found["alpha"]["units"] == 5


def test_two_who_found_nothing_have_no_f1():
    [pair] = figures([Article(9, {"A": [], "B": []})])["pairs"]

    assert pair["strict_f1"] == {"value": None, "na": "no_spans"}
