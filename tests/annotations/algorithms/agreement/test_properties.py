"""What holds whatever people code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement import Article, details, report, rows_of
from tests.annotations.algorithms.agreement.strategies import LENGTH, articles, collections, marks

NEW_NAMES = {"x": "z", "y": "x", "z": "y"}
NEW_PEOPLE = {"A": "D", "B": "C", "C": "B", "D": "A"}
whole = st.lists(articles(gold=True), max_size=4)


def figures(collection):
    return report(rows_of(collection), resamples=0)


def renamed(value, names):
    """Rename what is said of labels or coders, as keys and as values."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(own, names) for key, own in value.items()}
    if isinstance(value, list):
        return [renamed(own, names) for own in value]
    return names.get(value, value) if isinstance(value, str) else value


def assert_same(found, expected):
    """Compare figures; sums may come in another order."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_same(found[key], expected[key])
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=1e-9)
    else:
        assert found == expected


HEADLINES = ("articles", "alpha", "alpha_by_label", "u_alpha", "mean_pair", "label_given_extent")


@given(whole, st.randoms(use_true_random=False))
def test_the_order_of_articles_makes_no_difference(collection, random):
    shuffled = list(collection)
    random.shuffle(shuffled)

    found, expected = figures(shuffled), figures(collection)

    assert_same({name: found[name] for name in HEADLINES}, {n: expected[n] for n in HEADLINES})
    assert found["confusion"] == expected["confusion"]
    assert found["gold"] == expected["gold"]


@given(whole)
def test_the_order_and_the_names_of_coders_make_no_difference(collection):
    turned = [
        Article(
            one.length,
            {NEW_PEOPLE[coder]: own[::-1] for coder, own in reversed(one.marks.items())},
            one.excluded,
            one.gold,
        )
        for one in collection
    ]

    found, expected = figures(turned), figures(collection)

    assert_same({name: found[name] for name in HEADLINES}, {n: expected[n] for n in HEADLINES})
    assert found["confusion"] == expected["confusion"]
    by_coder = {one["coder"]: one for one in renamed(found["gold"], NEW_PEOPLE)}
    assert by_coder == {one["coder"]: one for one in expected["gold"]}


@given(whole)
def test_the_names_of_labels_make_no_difference(collection):
    other = [
        Article(
            one.length,
            {c: [(s, e, NEW_NAMES[label]) for s, e, label in own] for c, own in one.marks.items()},
            one.excluded,
            None if one.gold is None else [(s, e, NEW_NAMES[label]) for s, e, label in one.gold],
        )
        for one in collection
    ]

    found, expected = figures(other), renamed(figures(collection), NEW_NAMES)

    assert_same({name: found[name] for name in HEADLINES}, {n: expected[n] for n in HEADLINES})
    pairs = [{k: v for k, v in pair.items() if k != "na"} for pair in found["pairs"]]
    assert_same(dict(enumerate(pairs)), dict(enumerate(expected["pairs"])))


@given(st.lists(st.lists(marks(), min_size=1, max_size=6), min_size=1, max_size=4))
def test_coders_who_do_the_same_agree_wholly(works):
    collection = [Article(LENGTH, dict.fromkeys("ABC", own), gold=own) for own in works]

    found = figures(collection)

    for figure in (found["alpha"], *found["alpha_by_label"].values(), found["u_alpha"]["u"]):
        assert figure["value"] is None or figure["value"] == pytest.approx(1)
    assert {one["value"] for one in found["mean_pair"].values()} == {1}
    assert {one["strict_f1"] for one in found["gold"]} == {1}
    assert found["label_given_extent"]["value"] == 1


@given(collections)
def test_details_are_there_for_whatever_was_coded(collection):
    rows = rows_of(collection)

    found = details(rows, later=(rows, rows))

    assert found["later"]["before"] == found["later"]["after"]
    assert found["later"]["submissions"] == 0
