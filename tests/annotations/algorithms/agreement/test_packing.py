"""What is kept of each article, and what is told from it."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement import (
    Article,
    Marks,
    details,
    packed,
    report,
    rows_of,
    unpacked,
)
from tests.annotations.algorithms.agreement.strategies import articles

whole = st.lists(articles(gold=True, text=True), max_size=5)


def tables(of):
    return {name: [c.tolist() for c in table] for name, table in of.tables().items()}


@given(whole)
def test_articles_measured_together_give_what_each_gives_alone(collection):
    assert packed(rows_of(collection)) == [
        row for article in collection for row in packed(rows_of([article]))
    ]


@given(whole)
def test_marks_in_columns_are_measured_as_one_by_one(collection):
    in_columns = [
        replace(
            one,
            marks={coder: Marks.of(own) for coder, own in one.marks.items()},
            gold=None if one.gold is None else Marks.of(one.gold),
        )
        for one in collection
    ]

    assert packed(rows_of(in_columns)) == packed(rows_of(collection))
    assert [one.cleaned() for one in in_columns] == [one.cleaned() for one in collection]


@given(whole, st.sampled_from([None, "x"]))
def test_figures_are_the_same_from_what_was_kept(collection, label):
    direct = rows_of(collection)

    kept = unpacked(packed(direct))

    assert report(kept, resamples=20, label=label) == report(direct, resamples=20, label=label)
    assert details(kept, label=label) == details(direct, label=label)


@given(whole)
def test_what_was_kept_is_kept_again_as_it_is(collection):
    rows = packed(rows_of(collection))

    assert packed(unpacked(rows)) == rows
    assert packed(unpacked(reversed(rows))) == rows[::-1]


def test_numbers_that_are_too_large_for_four_bytes_are_kept():
    long, short = (Article(size, {"A": [(0, size, "x")], "B": []}) for size in (100_000, 9))

    found = unpacked(packed(rows_of([long, short])))

    assert np.array_equal(found.segments.squares, [10**10, 10**10, 81, 81])


def test_names_in_any_script_are_kept():
    marks = {"Ann\n☃": [(0, 5, "Ä\n"), (2, 7, "[]")], "": [(0, 5, "Ä\n")]}

    found = unpacked(packed(rows_of([Article(9, marks)])))

    assert (found.coders, found.labels) == (["", "Ann\n☃"], ["[]", "Ä\n"])
    assert found.values == [(), ("[]",), ("[]", "Ä\n"), ("Ä\n",)]
