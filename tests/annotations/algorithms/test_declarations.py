import pytest

from annotations.algorithms import declarations

STANCE = {"name": "stance", "type": "choice", "values": ["supports", "opposes"]}


@pytest.mark.parametrize(
    ("attribute", "type_"),
    [
        ({"name": "when"}, "text"),
        ({"name": "kind", "values": ["person"]}, "choice"),
        ({"name": "when", "type": "date"}, "date"),
    ],
)
def test_an_attribute_without_a_type_is_a_choice_only_where_it_lists_values(attribute, type_):
    assert declarations.type_of(attribute) == type_


@pytest.mark.parametrize(
    ("attribute", "value", "is_admitted"),
    [
        (STANCE, "opposes", True),
        (STANCE, "Opposes", False),
        (STANCE, "", False),
        ({"name": "words"}, "", True),
        ({"name": "planned", "type": "yes_no"}, "no", True),
        ({"name": "planned", "type": "yes_no"}, "true", False),
        ({"name": "when", "type": "date"}, "2023-09-21", True),
        ({"name": "when", "type": "date"}, "2024-02-29", True),
        ({"name": "when", "type": "date"}, "2023-09", True),
        ({"name": "when", "type": "date"}, "2023", True),
        ({"name": "when", "type": "date"}, "2023-02-29", False),
        ({"name": "when", "type": "date"}, "2023-13", False),
        ({"name": "when", "type": "date"}, "0000", False),
        ({"name": "when", "type": "date"}, "2023-9-1", False),
        ({"name": "when", "type": "date"}, "Tuesday", False),
    ],
)
def test_a_value_is_admitted_by_its_type(attribute, value, is_admitted):
    assert declarations.admits(attribute, value) == is_admitted


def test_a_link_without_targets_may_go_anywhere():
    assert declarations.may_point_to({"name": "about"}, "event")
    assert declarations.may_point_to({"name": "speaker", "targets": ["actor"]}, "actor")
    assert not declarations.may_point_to({"name": "speaker", "targets": ["actor"]}, "event")


def test_what_is_required_and_empty_is_missing():
    attributes = [{**STANCE, "required": True}, {"name": "words", "required": True}]
    links = [{"name": "speaker", "required": True}, {"name": "about"}]

    assert declarations.missing(attributes, links, []) == ["stance", "words", "speaker"]
    carried = [
        {"name": "stance", "value": "opposes"},
        {"name": "words", "value": " "},
        {"name": "speaker", "target": "x"},
    ]
    assert declarations.missing(attributes, links, carried) == ["words"]
