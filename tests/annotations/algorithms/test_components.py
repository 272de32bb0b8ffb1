import time
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.components import Node, components


@st.composite
def dense_nodes(draw):
    start = draw(st.integers(0, 12))
    length = draw(st.integers(1, 10))
    return Node(draw(st.sampled_from("ABC")), start, start + length, draw(st.sampled_from("xyzw")))


def by_comparing_all_pairs(nodes):
    nodes = sorted(set(nodes))
    component = {node: {node} for node in nodes}
    for one in nodes:
        for other in nodes:
            shared = min(one.end, other.end) - max(one.start, other.start)
            union = max(one.end, other.end) - min(one.start, other.start)
            alike = one.label == other.label or 2 * shared >= union
            if one.coder != other.coder and shared > 0 and alike:
                merged = component[one] | component[other]
                component.update(dict.fromkeys(merged, merged))
    return {frozenset(members) for members in component.values()}


@given(st.lists(dense_nodes(), max_size=25))
def test_components_are_those_of_comparing_all_pairs(nodes):
    assert {frozenset(found) for found in components(nodes)} == by_comparing_all_pairs(nodes)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("A", 0, 10, "x"), ("B", 9, 20, "x"), True),
        (("A", 0, 10, "x"), ("B", 10, 20, "x"), False),
        (("A", 0, 10, "x"), ("A", 0, 9, "x"), False),
        (("A", 0, 10, "x"), ("B", 0, 5, "y"), True),
        (("A", 0, 10, "x"), ("B", 6, 10, "y"), False),
        (("A", 0, 3, "x"), ("B", 1, 4, "y"), True),
        (("A", 0, 4, "x"), ("B", 2, 6, "y"), False),
    ],
)
def test_an_edge_needs_two_coders_and_a_label_or_half_the_extent(one, other, together):
    found = components([Node(*one), Node(*other)])

    assert len(found) == (1 if together else 2)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda i, coder: (i * 13 + coder, 40_000 - i * 13 - coder), id="nested"),
        pytest.param(lambda i, coder: (i * 13 + coder, i * 13 + coder + 9_000), id="staggered"),
    ],
)
def test_twelve_thousand_spans_on_top_of_each_other_take_seconds(shape):
    # Each coder has a label of their own, so that only extents can join; 72 million pairs.
    nodes = [
        Node(f"coder {coder}", *shape(i, coder), f"label {coder}")
        for i in range(1_000)
        for coder in range(12)
    ]

    began = time.process_time()
    found = components(nodes)

    assert time.process_time() - began < 8
    assert len(found) == 1
    assert len(found[0]) == 12_000


@given(st.lists(dense_nodes(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_nodes_does_not_matter(nodes, random):
    shuffled = random.sample(nodes, len(nodes))

    groups = defaultdict(set)
    for order, given_nodes in (("given", nodes), ("shuffled", shuffled)):
        groups[order] = {frozenset(found) for found in components(given_nodes)}
    assert groups["given"] == groups["shuffled"]
