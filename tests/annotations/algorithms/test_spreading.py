from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.spreading import spread

TAKERS = st.lists(st.sampled_from("abc"), unique=True)


@given(able=st.dictionaries(st.integers(0, 30), TAKERS))
def test_each_thing_goes_to_one_who_can_take_it_and_is_left_only_if_nobody_can(able):
    given_to = spread(able)
    assert set(given_to) == {thing for thing, takers in able.items() if takers}
    assert all(taker in able[thing] for thing, taker in given_to.items())


@given(things=st.integers(0, 40), takers=st.integers(1, 7))
def test_loads_differ_by_one_at_most_where_everybody_can_take_everything(things, takers):
    given_to = spread({thing: list(range(takers)) for thing in range(things)})
    loads = Counter(dict.fromkeys(range(takers), 0)) + Counter(given_to.values())
    counts = [loads[taker] for taker in range(takers)]
    assert max(counts) - min(counts) <= 1


def test_what_few_can_take_is_given_first():
    assert spread({"x": ["a", "b"], "y": ["a"]}) == {"y": "a", "x": "b"}


def test_nobody_takes_two_of_a_kind():
    able = {"x": ["a"], "y": ["a"], "z": ["a"]}
    assert spread(able, {"x": "story", "y": "story", "z": None}) == {"x": "a", "z": "a"}
