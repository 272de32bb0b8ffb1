"""What the rules make of articles of many outlets, languages and layouts."""

import pytest

from annotations.algorithms import metadata, zones
from tests.annotations.algorithms.zones.messy_articles import MESSY


def share(start, end, found):
    """Return how much of ``[start, end)`` the zones cover."""
    return sum(max(0, min(end, z.end) - max(start, z.start)) for z in found) / (end - start)


def wrongly_taken(messy):
    found = [zone for zone in zones.find(messy.text) if zone.kind == "boilerplate"]
    return [
        messy.text[start:end]
        for start, end, kind in messy.lines
        if kind != "boilerplate" and share(start, end, found)
    ]


@pytest.mark.parametrize("messy", MESSY, ids=lambda m: m.name)
def test_nothing_of_the_story_is_taken_for_furniture(messy):
    assert wrongly_taken(messy) == []


@pytest.mark.parametrize("messy", MESSY, ids=lambda m: m.name)
def test_each_line_that_is_no_story_is_known_for_what_it_is(messy):
    found = zones.find(messy.text)
    missed = [
        (kind, messy.text[start:end])
        for start, end, kind in messy.lines
        if kind != "story" and share(start, end, [z for z in found if z.kind == kind]) < 0.9
    ]
    assert missed == []


@pytest.mark.parametrize("messy", MESSY, ids=lambda m: m.name)
def test_title_date_author_and_language_are_as_the_article_says(messy):
    guessed = metadata.guess(messy.text, zones.find(messy.text))
    names = {"title": "title", "date": "published_at", "author": "author", "language": "language"}
    told = {name: guessed[field].value for name, field in names.items() if field in guessed}
    assert told == messy.known
