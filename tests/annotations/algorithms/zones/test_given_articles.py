"""The five articles that users brought: furniture out, the story whole, title and date right."""

from pathlib import Path

import pytest

from annotations.algorithms import metadata, zones
from annotations.algorithms.text import canonical, decode
from annotations.algorithms.zones.units import split

FOLDER = Path(__file__).resolve().parents[5] / "shared/articles"
FURNITURE = [
    "Newsfeed",
    "Young Leaders School",
    "Day newsfeed",
    "Comments (0)",
    "Leave a Reply",
    "Media can quote materials",
    "Get the Mirror in your inbox:",
    "Get the Mirror-Spectator Weekly",
    "Recent Posts",
    "hours ago",
    "Published by",
    "03 July 2023",
]
EXPECTED = {
    "000": (
        "Samvel Babayan called for direct negotiations between Khankendi and Baku",
        "2024-03-05",
    ),
    "001": ("Relations between Baku and Karabakh Armenians", "2023-08-08"),
    "002": ("Artsakh Leadership Again Reject ‘Reintegration’ Talks in Baku", None),
    "003": ("Baku, Stepanakert Hold First Talks After Azeri Offensive", "2023-09-21"),
    "004": ("Karabakh Armenians Again Reject ‘Reintegration’ Talks In Baku", None),
}
#: Sentences of the articles' stories; all others that are so long are in the list of other posts.
LONG = 90


def read(number):
    [path] = FOLDER.glob(f"{number}_*.txt")
    return canonical(decode(path.read_bytes()).text)[0]


def furniture_of(text):
    return [zone for zone in zones.find(text) if zone.kind == "boilerplate"]


def story_of(text):
    kept, at = [], 0
    for zone in furniture_of(text):
        kept.append(text[at : zone.start])
        at = zone.end
    return "".join([*kept, text[at:]])


@pytest.mark.parametrize("number", EXPECTED)
def test_the_story_is_free_of_furniture(number):
    story = story_of(read(number))
    assert [words for words in FURNITURE if words in story] == []


@pytest.mark.parametrize("number", EXPECTED)
def test_no_sentence_of_the_story_is_lost(number):
    text = read(number)
    body = text.split("\nRecent Posts\n")[0]
    story = story_of(text)
    long = [unit.text for unit in split(body) if len(unit.text) >= LONG]
    kept = [line for line in long if line in story or line.startswith("Media can quote")]
    assert (kept, len(long) > 4) == (long, True)


@pytest.mark.parametrize("number", EXPECTED)
def test_title_and_date_are_right(number):
    text = read(number)
    guessed = metadata.guess(text, zones.find(text), file_name=f"{number}_082b41a055e58b4a.txt")
    date = guessed.get("published_at")
    assert (guessed["title"].value, date and date.value) == EXPECTED[number]


def test_the_glued_section_is_cut_from_the_title_alone():
    text = read("000")
    kinds = {text[zone.start : zone.end]: zone.kind for zone in zones.find(text)}
    assert (kinds["Politics"], kinds[EXPECTED["000"][0]]) == ("boilerplate", "title")
