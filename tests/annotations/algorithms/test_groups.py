from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.groups import Groups

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


def joined(pairs):
    groups = Groups()
    for one, other in pairs:
        groups.join(one, other)
    return groups


@given(PAIRS, st.randoms())
def test_groups_are_the_same_in_whatever_order_pairs_come(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert joined(pairs).names() == joined(shuffled).names()


@given(PAIRS)
def test_what_is_joined_is_called_by_its_smallest_member(pairs):
    names = joined(pairs).names()
    assert set(names) == {member for pair in pairs for member in pair}
    assert all(names[one] == names[other] for one, other in pairs)
    for name in set(names.values()):
        assert name == min(member for member, its in names.items() if its == name)


def test_what_was_joined_with_nothing_is_no_group():
    groups = joined([(4, 7)])
    assert groups.name(5) == 5
    assert groups.names() == {4: 4, 7: 4}
    assert groups.are_joined(7, 4)
    assert not groups.are_joined(7, 5)
