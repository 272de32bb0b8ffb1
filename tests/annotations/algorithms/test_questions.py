import pytest

from annotations.algorithms.questions import question_key, words_key


def mark(start, end, label="actor", attributes=(), links=()):
    return {
        "start": start,
        "end": end,
        "label": label,
        "attributes": list(attributes),
        "links": list(links),
    }


def test_case_and_white_space_make_no_other_words():
    assert words_key("The  Governor\nof Oru") == words_key("the governor of oru")
    assert words_key("the governor") != words_key("the governors")


def test_the_same_versions_elsewhere_and_of_others_are_the_same_question():
    here = {"a": [mark(10, 15)], "b": [mark(10, 18)]}
    there = {"x": [mark(70, 78)], "y": [mark(70, 75)], "z": [mark(70, 75)]}

    assert question_key("Governor", 10, here) == question_key("governor", 70, there)


@pytest.mark.parametrize(
    "other",
    [
        {"a": [mark(10, 15)], "b": [mark(10, 17)]},
        {"a": [mark(10, 15)], "b": [mark(10, 18, "location")]},
        {"a": [mark(10, 15)], "b": [mark(10, 18)], "c": []},
        {"a": [mark(10, 15)], "b": [mark(10, 18, attributes=[{"name": "x", "value": "y"}])]},
        {"a": [mark(10, 15), mark(10, 18)], "b": []},
    ],
    ids=["another end", "another label", "somebody left it", "a value", "one has both"],
)
def test_other_versions_are_another_question(other):
    here = {"a": [mark(10, 15)], "b": [mark(10, 18)]}

    assert question_key("Governor", 10, here) != question_key("Governor", 10, other)


def test_the_order_of_values_makes_no_other_question():
    pair = [{"name": "x", "value": "1"}, {"name": "y", "value": "2"}]
    one = {"a": [mark(0, 3, attributes=pair)], "b": []}
    other = {"a": [mark(0, 3, attributes=pair[::-1])], "b": []}

    assert question_key("Oru", 0, one) == question_key("Oru", 0, other)


def test_what_has_links_can_be_asked_in_one_place_only():
    linked = {"a": [mark(0, 3, links=[{"name": "speaker", "target": "b"}])], "b": []}

    assert question_key("Oru", 0, linked) == ""
