from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement.matching import pair_overlapping

stretches = st.builds(lambda s, n: (s, s + n), st.integers(0, 15), st.integers(1, 9))


def meet(one, other):
    return one[0] < other[1] and other[0] < one[1]


def by_augmenting_paths(left, right):
    partner = {}

    def augment(one, seen):
        for at, other in enumerate(right):
            if at not in seen and meet(left[one], other):
                seen.add(at)
                if at not in partner or augment(partner[at], seen):
                    partner[at] = one
                    return True
        return False

    return sum(augment(one, set()) for one in range(len(left)))


@given(st.lists(stretches, max_size=9), st.lists(stretches, max_size=9))
def test_no_more_pairs_can_be_made(left, right):
    pairs = pair_overlapping(left, right)

    assert len(pairs) == by_augmenting_paths(left, right)
    assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
    assert all(meet(left[one], right[other]) for one, other in pairs)


def test_equal_extents_are_not_paired_at_the_cost_of_a_pair():
    left, right = [(0, 10), (0, 2)], [(0, 10), (8, 10)]

    assert len(pair_overlapping(left, right)) == 2


class Counted(int):
    """A number that counts how often any of them is compared."""

    times = 0

    def __lt__(self, other):
        Counted.times += 1
        return int(self) < int(other)


def test_ten_thousand_nested_stretches_take_no_quadratic_time():
    nested = [(Counted(at), Counted(40_000 - at)) for at in range(10_000)]

    assert len(pair_overlapping(nested, nested)) == 10_000
    assert Counted.times < 10_000 * 100
