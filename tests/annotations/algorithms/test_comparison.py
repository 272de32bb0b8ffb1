import pytest

from annotations.algorithms.comparison import places


def span(start, end, label="actor", id="", attributes=(), links=()):
    pairs = [{"name": name, "value": value} for name, value in attributes]
    ends = [{"name": name, "target": target} for name, target in links]
    return {
        "id": id or f"{start}-{end}-{label}",
        "start": start,
        "end": end,
        "label": label,
        "attributes": pairs,
        "links": ends,
    }


@pytest.mark.parametrize(
    ("own", "gold", "kind"),
    [
        ([span(0, 5)], [], "rejected"),
        ([], [span(0, 5)], "missed"),
        ([span(0, 5)], [span(0, 9)], "boundary"),
        ([span(0, 5)], [span(0, 5, "event")], "label"),
        ([span(0, 5)], [span(0, 5, attributes=[("stance", "for")])], "attribute"),
        ([span(0, 9)], [span(0, 4), span(5, 9)], "split"),
        ([span(0, 9)], [span(0, 8, "event"), span(0, 9, "claim")], "mixed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_place_says_how_gold_differs(own, gold, kind):
    (place,) = places(own, gold)

    assert (place.kind, place.own, place.gold) == (kind, own, gold)


def test_what_is_alike_is_no_place_whatever_its_ids_and_repeats():
    own = [span(0, 5, id="a"), span(0, 5, id="b"), span(7, 9, id="c", links=[("speaker", "b")])]
    gold = [span(0, 5, id="x"), span(7, 9, id="y", links=[("speaker", "x")])]

    assert places(own, gold) == []


def test_a_link_to_something_else_is_another_detail():
    own = [span(0, 5, id="a"), span(7, 9, id="c", links=[("speaker", "a")])]
    gold = [span(0, 5, id="a"), span(7, 9, id="c", links=[("speaker", "c")])]

    (place,) = places(own, gold)

    assert (place.kind, place.start, place.end) == ("attribute", 7, 9)


def test_places_stand_apart_and_in_the_order_of_the_text():
    own = [span(20, 25), span(0, 5)]
    gold = [span(10, 12), span(0, 7)]

    assert [(one.start, one.end) for one in places(own, gold)] == [(0, 7), (10, 12), (20, 25)]


def test_a_repeat_is_shown_once():
    own = [span(0, 5, id="a"), span(0, 5, id="b")]

    (place,) = places(own, [])

    assert place.own == own[:1]
