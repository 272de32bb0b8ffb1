from math import comb

import pytest

from annotations.algorithms.fall import fall

GOOD, BAD, EMPTY = (9, 20), (5, 20), (0, 0)


def test_a_sudden_fall_is_rarely_chance():
    found = fall([GOOD] * 5 + [BAD] * 5, latest=5)

    assert found.by == pytest.approx(0.9 - 0.5)
    assert found.chance == 1 / comb(10, 5)


def test_the_same_in_any_order_is_no_fall():
    found = fall([GOOD] * 10, latest=5)

    assert (found.by, found.chance) == (0, 1)


def test_a_fall_that_many_orders_have_is_chance():
    found = fall([GOOD, BAD] * 5, latest=5)

    assert found.by == pytest.approx(0.4 / 5)
    assert 0.4 < found.chance < 1


def test_who_gets_better_has_not_fallen():
    assert fall([BAD] * 5 + [GOOD] * 5, latest=5).by < 0


def test_articles_without_spans_count_for_nothing_wrong():
    assert fall([EMPTY] * 5 + [GOOD] * 5, latest=5).by == pytest.approx(0.1)


def test_of_many_articles_the_figure_is_drawn_and_always_the_same():
    counts = [GOOD] * 60 + [BAD] * 5

    assert fall(counts, latest=5) == fall(counts, latest=5)
    assert fall(counts, latest=5).chance == 1 / 2000
