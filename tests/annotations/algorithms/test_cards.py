from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.cards import (
    CodedLink,
    CodedSpan,
    Extent,
    automatic,
    coded_spans,
    gold_span_id,
    letters,
    make_cards,
)

TASK = UUID("5b3c1f5e-7d5c-4a1e-9d0a-0c6b2c7d8e9f")
COUNTER = count()


def span(start, end, label="actor", **details):
    return CodedSpan(id=f"s{next(COUNTER)}", start=start, end=end, label=label, **details)


def kinds(**codings):
    return [card.kind for card in make_cards(codings)]


@st.composite
def some_codings(draw):
    extents = st.builds(
        lambda start, length, label: Extent(start, start + length, label),
        st.integers(0, 12),
        st.integers(1, 8),
        st.sampled_from(["actor", "claim"]),
    )
    links = st.builds(CodedLink, st.just("speaker"), st.sampled_from("mn"), extents | st.none())
    colours = st.tuples(st.just("colour"), st.sampled_from(["red", "blue"]))
    spans = st.builds(
        lambda extent, attributes, links: span(*extent, attributes=attributes, links=links),
        extents,
        st.lists(colours, max_size=1).map(tuple),
        st.lists(links, max_size=2).map(tuple),
    )
    coders = draw(st.lists(st.sampled_from("PQRS"), unique=True))
    return {coder: draw(st.lists(spans, max_size=6)) for coder in coders}


@pytest.mark.parametrize(
    ("codings", "kind"),
    [
        ({"p": [span(0, 5)], "q": [span(0, 5)]}, "agreed"),
        ({"p": [span(0, 5)]}, "agreed"),
        ({"p": [span(0, 5), span(0, 5)], "q": [span(0, 5)]}, "agreed"),
        (
            {
                "p": [span(0, 5, attributes=(("stance", "for"), ("sure", True)))],
                "q": [span(0, 5, attributes=(("sure", True), ("stance", "for")))],
            },
            "agreed",
        ),
        ({"p": [span(0, 5, note="sure?")], "q": [span(0, 5)]}, "agreed"),
        (
            {
                "p": [span(0, 5, attributes=(("stance", "for"),))],
                "q": [span(0, 5, attributes=(("stance", "against"),))],
            },
            "attribute",
        ),
        (
            {
                "p": [span(0, 5, links=(CodedLink("speaker", "s1", Extent(6, 9, "actor")),))],
                "q": [span(0, 5, links=(CodedLink("speaker", "s2", Extent(6, 8, "actor")),))],
            },
            "attribute",
        ),
        (
            {
                "p": [span(0, 5, links=(CodedLink("speaker", "s1", Extent(6, 9, "actor")),))],
                "q": [span(0, 5, links=(CodedLink("speaker", "s2", Extent(6, 9, "actor")),))],
            },
            "agreed",
        ),
        ({"p": [span(0, 5)], "q": []}, "missing"),
        ({"p": [span(0, 5)], "q": [span(0, 5)], "r": []}, "missing"),
        ({"p": [span(0, 5)], "q": [span(0, 5, "claim")]}, "label"),
        ({"p": [span(0, 5)], "q": [span(0, 5, "claim")], "r": []}, "label"),
        ({"p": [span(0, 5)], "q": [span(0, 6)]}, "boundary"),
        ({"p": [span(0, 5)], "q": [span(0, 6)], "r": []}, "boundary"),
        ({"p": [span(0, 9)], "q": [span(0, 4), span(5, 9)]}, "split"),
        (
            {"p": [span(0, 9), span(10, 20)], "q": [span(0, 4), span(5, 19)]},
            "mixed",
        ),
        (
            {
                "p": [span(0, 9), span(8, 14), span(15, 19)],
                "q": [span(0, 4), span(5, 9), span(8, 20)],
            },
            "split",
        ),
        ({"p": [span(0, 10)], "q": [span(0, 9, "claim")]}, "mixed"),
        ({"p": [span(0, 5), span(0, 5)], "q": [span(0, 6)]}, "boundary"),
    ],
)
def test_a_card_says_how_the_coders_differ(codings, kind):
    assert kinds(**codings) == [kind]


def test_agreed_spans_take_no_part_in_the_dispute_around_them():
    codings = {"p": [span(0, 5), span(0, 20)], "q": [span(0, 5), span(0, 18)]}

    cards = make_cards(codings)

    assert [(card.kind, card.start, card.end) for card in cards] == [
        ("agreed", 0, 5),
        ("boundary", 0, 20),
    ]


def test_a_card_has_a_candidate_for_every_coder_of_the_task():
    mine, again = span(3, 5), span(3, 5)

    [card] = make_cards({"q": [again, mine], "p": [], "r": []})

    assert card.candidates == {"p": [], "q": sorted([mine, again], key=lambda s: s.id), "r": []}
    assert list(card.present) == ["q"]


def test_nobody_or_nothing_makes_no_cards():
    assert make_cards({}) == []
    assert make_cards({"p": [], "q": []}) == []


@given(some_codings())
def test_every_span_is_in_exactly_one_card(codings):
    cards = make_cards(codings)

    for coder, spans in codings.items():
        dealt = [span for card in cards for span in card.candidates[coder]]
        assert sorted(dealt, key=lambda span: span.id) == sorted(spans, key=lambda span: span.id)
    assert [card.start for card in cards] == sorted(card.start for card in cards)
    assert len({card.id for card in cards}) == len(cards)


@given(some_codings())
def test_attributes_and_links_alone_make_agreed_cards_attribute_ones_and_move_nothing(codings):
    bare = {
        coder: [replace(span, attributes=(), links=()) for span in spans]
        for coder, spans in codings.items()
    }

    places = [(card.id, card.kind.replace("attribute", "agreed")) for card in make_cards(codings)]

    assert places == [(card.id, card.kind) for card in make_cards(bare)]


@given(some_codings(), st.randoms(use_true_random=False))
def test_the_order_of_coders_and_spans_does_not_matter(codings, random):
    shuffled = {
        coder: random.sample(codings[coder], len(codings[coder]))
        for coder in random.sample(list(codings), len(codings))
    }

    assert make_cards(shuffled) == make_cards(codings)


@given(some_codings())
def test_a_card_id_hangs_on_who_marked_what_and_nothing_else(codings):
    remarked = {
        coder: [span(old.start, old.end, old.label, note="again") for old in (*spans, *spans)]
        for coder, spans in codings.items()
    }

    assert [card.id for card in make_cards(remarked)] == [card.id for card in make_cards(codings)]


def test_a_card_id_changes_with_a_span_or_a_coder():
    ids = {
        make_cards({"p": [span(0, 5)], "q": []})[0].id,
        make_cards({"p": [], "q": [span(0, 5)]})[0].id,
        make_cards({"p": [span(0, 6)], "q": []})[0].id,
        make_cards({"p": [span(0, 5, "claim")], "q": []})[0].id,
        make_cards({"p": [span(0, 5)], "q": [span(0, 5)]})[0].id,
    }

    assert len(ids) == 5
    assert {len(card_id) for card_id in ids} == {32}


HELD_BY_TWO = {"p": [span(0, 5)], "q": [span(0, 5)], "r": []}
HELD_BY_HALF = {"p": [span(0, 5)], "q": [span(0, 5)], "r": [], "s": []}
HELD_APART = {
    "p": [span(0, 5, attributes=(("stance", "for"),))],
    "q": [span(0, 5, attributes=(("stance", "against"),))],
    "r": [],
}
AGREED = {"p": [span(0, 5)], "q": [span(0, 5)]}
BOUNDARY = {"p": [span(0, 5)], "q": [span(0, 6)]}


@pytest.mark.parametrize(
    ("codings", "policy", "decides"),
    [
        (AGREED, "unanimous", True),
        (AGREED, "majority", True),
        (AGREED, "none", False),
        (HELD_BY_TWO, "unanimous", False),
        (HELD_BY_TWO, "majority", True),
        (HELD_BY_HALF, "majority", False),
        (HELD_APART, "majority", False),
        (BOUNDARY, "majority", False),
    ],
)
def test_a_policy_decides_no_more_than_it_says(codings, policy, decides):
    [card] = make_cards(codings)

    assert automatic(card, policy) is decides


def test_link_targets_are_resolved_among_the_coders_own_spans():
    row = {"id": "c", "start": 0, "end": 4, "label": "claim", "quote": "text", "note": None}
    links = [{"name": "speaker", "target": "a"}, {"name": "topic", "target": "gone"}]
    actor = {"id": "a", "start": 5, "end": 9, "label": "actor", "quote": "name"}

    claim, _ = coded_spans(
        [{**row, "attributes": [{"name": "stance", "value": "for"}], "links": links}, actor]
    )

    assert claim.attributes == (("stance", "for"),)
    assert claim.links == (
        CodedLink("speaker", "a", Extent(5, 9, "actor")),
        CodedLink("topic", "gone", None),
    )


def test_a_gold_span_keeps_its_id_and_shares_it_with_no_other():
    assert gold_span_id(TASK, 1, 2, "actor") == gold_span_id(TASK, 1, 2, "actor", 0)
    assert gold_span_id(TASK, 1, 2, "actor") == UUID("8de07859-7298-5909-9861-95130a56eb98")
    ids = {
        gold_span_id(TASK, 1, 2, "actor"),
        gold_span_id(TASK, 1, 2, "actor", 1),
        gold_span_id(TASK, 1, 2, "claim"),
        gold_span_id(TASK, 1, 3, "actor"),
        gold_span_id(TASK, 0, 2, "actor"),
        gold_span_id(UUID(int=1), 1, 2, "actor"),
    }
    assert len(ids) == 6


def test_letters_are_shuffled_by_key_and_task():
    people = [str(UUID(int=number)) for number in range(4)]

    orders = {tuple(letters(people, b"secret", str(task))) for task in range(200)}

    assert len(orders) == 24  # every order of four people
    assert letters(people[::-1], b"secret", "t") == letters(people, b"secret", "t")
    assert len({tuple(letters(people, bytes([key]), "t")) for key in range(9)}) > 1
    assert sorted(letters(people, b"secret", "t").values()) == ["A", "B", "C", "D"]


def test_letters_go_on_after_z():
    given = letters(map(str, range(30)), b"", "t").values()

    assert sorted(given, key=lambda letter: (len(letter), letter))[24:28] == ["Y", "Z", "AA", "AB"]
