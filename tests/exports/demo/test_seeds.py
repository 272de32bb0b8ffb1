import pytest

from exports.demo import seeds

TEXT = "😀 Ada met Bo. Ada left, and Bo stayed."


def test_offsets_count_code_points():
    assert seeds.extent(TEXT, {"quote": "Ada"}) == (2, 5)


def test_occurrences_count_from_one():
    start, end = seeds.extent(TEXT, {"quote": "Ada", "occurrence": 2})

    assert (start, TEXT[start:end]) == (14, "Ada")


def test_a_place_may_run_through_to_another_quote():
    start, end = seeds.extent(TEXT, {"quote": "Ada", "occurrence": 2, "through": "Bo"})

    assert TEXT[start:end] == "Ada left, and Bo"


@pytest.mark.parametrize("place", [{"quote": "Cy"}, {"quote": "Ada", "occurrence": 3}])
def test_a_place_that_is_not_there_is_an_error(place):
    with pytest.raises(ValueError, match="substring not found"):
        seeds.extent(TEXT, place)


def test_links_point_to_the_span_of_the_same_owner():
    ada = {"label": "actor", "quote": "Ada"}
    said = {"label": "claim", "quote": "left", "links": [{"name": "speaker", "to": ada}]}

    claim = seeds.span(TEXT, said, owner="one")

    assert claim["links"] == [
        {"name": "speaker", "target": seeds.span(TEXT, ada, owner="one")["id"]}
    ]
    assert claim["links"][0]["target"] != seeds.span(TEXT, ada, owner="two")["id"]
