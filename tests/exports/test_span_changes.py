from hypothesis import given
from hypothesis import strategies as st

from exports.records import in_order
from exports.span_changes import compare


def span(id, start, end, label="actor", **more):
    return {
        "id": id,
        "start": start,
        "end": end,
        "label": label,
        "attributes": [],
        "links": [],
        "source": "majority",
        "coders": ["coder-1"],
        "decision": None,
        **more,
    }


def told(before, after):
    """Return the changes as ``(kind, id before, id after, parts)``."""
    return [
        (c.kind, c.before and c.before["id"], c.after and c.after["id"], c.parts)
        for c in compare(before, after)
    ]


def test_the_same_spans_have_not_changed():
    assert told([span("a", 0, 3), span("b", 4, 9)], [span("a", 0, 3), span("b", 4, 9)]) == []


def test_a_span_is_known_by_its_place_and_label_not_by_its_id_or_coders():
    assert told([span("a", 0, 3)], [span("b", 0, 3, coders=["coder-7"])]) == []


def test_spans_come_and_go():
    assert told([span("a", 0, 3)], [span("b", 5, 9)]) == [
        ("removed", "a", None, ()),
        ("added", None, "b", ()),
    ]


def test_another_label_on_the_same_words_is_a_change():
    assert told([span("a", 0, 3)], [span("b", 0, 3, "location")]) == [
        ("changed", "a", "b", ("label",))
    ]


def test_other_borders_of_the_same_label_are_a_change():
    assert told([span("a", 0, 6)], [span("b", 4, 9)]) == [("changed", "a", "b", ("extent",))]


def test_borders_that_only_touch_are_two_spans():
    assert told([span("a", 0, 4)], [span("b", 4, 9)]) == [
        ("removed", "a", None, ()),
        ("added", None, "b", ()),
    ]


def test_a_nested_span_keeps_to_itself_when_the_outer_one_moves():
    before = [span("outer", 0, 20, "claim"), span("inner", 5, 9, "claim")]
    after = [span("outer2", 0, 24, "claim"), span("inner", 5, 9, "claim")]

    assert told(before, after) == [("changed", "outer", "outer2", ("extent",))]


def test_repeats_of_one_place_are_paired_by_id():
    before = [span("a", 0, 3, note="one"), span("b", 0, 3, note="two")]

    assert told(before, [span("b", 0, 3, note="two")]) == [("removed", "a", None, ())]


def test_what_a_span_says_besides_is_told_by_name():
    role = [{"name": "role", "value": "mayor"}]
    old = [span("a", 0, 3), span("t", 5, 9, "location")]
    new = [
        span(
            "a",
            0,
            3,
            attributes=role,
            links=[{"name": "at", "target": "t"}],
            note="sure",
            source="adjudicated",
        ),
        span("t", 5, 9, "location"),
    ]

    assert told(old, new) == [("changed", "a", "a", ("attributes", "links", "note", "ruling"))]


def test_attributes_in_another_order_are_the_same():
    one, other = {"name": "a", "value": "1"}, {"name": "b", "value": "2"}

    assert (
        told(
            [span("a", 0, 3, attributes=[one, other])], [span("a", 0, 3, attributes=[other, one])]
        )
        == []
    )


def test_links_are_compared_by_where_they_go():
    def world(target, start):
        return [
            span("a", 0, 3, links=[{"name": "at", "target": target}]),
            span(target, start, start + 2, "location"),
        ]

    assert told(world("x", 5), world("y", 5)) == []
    assert told(world("x", 5), world("x", 6))[0] == ("changed", "a", "a", ("links",))


def test_a_link_that_goes_nowhere_is_no_fault_here():
    lost = [span("a", 0, 3, links=[{"name": "at", "target": "gone"}])]

    assert told(lost, lost) == []


places = st.tuples(st.integers(0, 9), st.integers(1, 5), st.sampled_from(["actor", "claim"]))
layers = st.lists(places, max_size=8).map(
    lambda found: in_order(
        span(f"s{number}", start, start + length, label)
        for number, (start, length, label) in enumerate(found)
    )
)


@given(before=layers, after=layers)
def test_every_span_is_told_once_or_is_the_same(before, after):
    changes = compare(before, after)

    olds = [c.before["id"] for c in changes if c.before]
    news = [c.after["id"] for c in changes if c.after]
    assert len(set(olds)) == len(olds)
    assert len(set(news)) == len(news)
    left = [one for one in before if one["id"] not in olds]
    right = [one for one in after if one["id"] not in news]
    assert [(s["start"], s["end"], s["label"]) for s in left] == [
        (s["start"], s["end"], s["label"]) for s in right
    ]
