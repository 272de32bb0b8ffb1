import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms import zones
from annotations.algorithms.zones import OwnRule
from annotations.algorithms.zones.page import Found
from annotations.algorithms.zones.units import MOST_LINES, split

SENTENCE = (
    "The ferry left the old harbour at noon, and nobody on the quay looked after it for long."
)
LINES = st.sampled_from(
    [
        "",
        " \xa0",
        "Share",
        "Politics",
        "Recent Posts",
        "Comments (2)",
        "Reply",
        "12 hours ago",
        "3 May 2023",
        "By Ada Brandt",
        "The council of Velmora votes on the bridgeSports",
        "date 2023-08-08 The council votes again",
        "VELMORA, March 5 (Meridian) — " + SENTENCE,
        SENTENCE,
        SENTENCE + " READ ALSO: Another story of the bridge",
        "😀 \u200f שלום",
        "© 2023 The Velmora Post",
    ]
)
texts = st.one_of(st.text(max_size=300), st.lists(LINES, max_size=30).map("\n".join))


@given(texts)
def test_zones_lie_in_the_text_in_order_and_never_overlap(text):
    found = zones.find(text)
    ends = [0, *(edge for zone in found for edge in (zone.start, zone.end)), len(text)]
    assert ends == sorted(ends)
    assert all(zone.start < zone.end for zone in found)


@given(texts)
def test_something_is_always_left_of_a_text_that_says_something(text):
    cut = "".join(
        text[zone.start : zone.end] for zone in zones.find(text) if zone.kind == "boilerplate"
    )
    said = [char for char in text if not char.isspace()]
    assert not said or len([char for char in cut if not char.isspace()]) < len(said)


@given(texts, st.sets(st.sampled_from(zones.RULES)))
def test_a_rule_that_is_off_finds_nothing(text, off):
    assert not off & {zone.rule for zone in zones.find(text, off=off)}


@pytest.mark.parametrize("text", ["", "\n\n", "Share", "Comments (0)", SENTENCE])
def test_a_text_of_nothing_or_of_one_line_has_no_furniture(text):
    assert [zone for zone in zones.find(text) if zone.kind == "boilerplate"] == []


def kinds(text, **options):
    return [(zone.kind, text[zone.start : zone.end]) for zone in zones.find(text, **options)]


def story(*lines):
    return "\n\n".join(["The council of Velmora votes on the ferry", SENTENCE, *lines])


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell by a tenth on the news that the ferry would stop.",
        "“Read more,” said the teacher.",
        "Related companies were told to stop work on the quay by the end of the month.",
        "Follow the money, the old captain used to say when the talk came to the harbour.",
        "Comments by the minister were taken out of the record after a long quarrel in the house.",
        "Copyright law will be reformed next year, the minister told the house on Monday.",
        "Use of force is prohibited under the treaty, the envoy said when he was asked about it.",
        "Subscribe or leave, the sect's founder told those who had come to the island to see him.",
        "3 May 2023 was the day on which the last ferry sailed from the old harbour of Velmora.",
        "Advertisement of the post drew nine hundred letters, the harbour board said on Friday.",
        "Tags and rings were found on four of the dead birds, the institute said in its report.",
    ],
)
def test_a_sentence_that_begins_like_furniture_stays_in_the_story(line):
    assert "boilerplate" not in [kind for kind, _ in kinds(story(line, SENTENCE))]


def test_headlines_of_other_stories_go_with_the_list_that_they_are_in():
    found = kinds(
        story(SENTENCE + " So it went.", "Related articles", "Bridge shut", "Fish is dear")
    )
    assert [line for kind, line in found if kind == "boilerplate"] == [
        "Related articles",
        "Bridge shut",
        "Fish is dear",
    ]


def test_a_box_of_links_ends_where_the_story_goes_on():
    found = kinds(story("Most read", "Bridge shut", SENTENCE + " And so on.", "The end was near"))
    assert [line for kind, line in found if kind == "boilerplate"] == ["Most read", "Bridge shut"]


def test_a_headline_that_says_its_section_in_one_word_keeps_the_word_that_is_a_name():
    text = f"Velmora sues the maker of HarbourNews\n\n{SENTENCE} HarbourNews said nothing."
    assert kinds(text)[0] == ("title", "Velmora sues the maker of HarbourNews")


@pytest.mark.parametrize(
    "place",
    [
        "VELMORA —",
        "NEW VELMORA, Tarsia (MN) –",
        "VELMORA, March 5 (Meridian) -",
        "Velmora, 5 March (Meridian) —",
        "VELMORA, MARCH 29, MERIDIAN.",
    ],
)
def test_the_place_with_which_a_report_begins_is_its_dateline(place):
    text = f"Ferry stops for good after last storm\n\n{place} {SENTENCE}"
    assert ("dateline", place) in kinds(text)


def test_a_dash_in_a_first_sentence_makes_no_dateline():
    text = f"Ferry stops for good after last storm\n\nAda Brandt — mayor — said so. {SENTENCE}"
    assert [kind for kind, _ in kinds(text)] == ["title"]


def test_a_link_behind_a_sentence_is_cut_off_in_its_line():
    text = story(SENTENCE + " READ ALSO: Bridge shut for the winter")
    assert ("boilerplate", "READ ALSO: Bridge shut for the winter") in kinds(text)


def test_own_rules_win_over_the_others_and_take_what_they_fit():
    own = [OwnRule("own-1", r"^Filed from .*$", "byline"), OwnRule("own-2", "ferry", "other")]
    text = "Ferry stops\n\nFiled from Velmora\n\n" + SENTENCE
    found = zones.find(text, own=own)
    assert [(text[z.start : z.end], z.kind) for z in found if z.rule.startswith("own")] == [
        ("Ferry", "other"),
        ("Filed from Velmora", "byline"),
        ("ferry", "other"),
    ]


def test_lines_known_to_recur_are_furniture():
    line = "The Velmora Post is read by the water."
    assert ("boilerplate", line) in kinds(story(line), known_lines={line})


def test_the_share_of_the_story_leaves_white_space_out():
    assert zones.share_of_story("ab \n cd", [Found(0, 2, "boilerplate", "sharing")]) == 0.5
    assert zones.share_of_story(" ", []) == 1.0


@pytest.mark.parametrize("line", ["Share", SENTENCE])
def test_of_ten_megabytes_of_lines_the_first_and_the_last_are_looked_at(line):
    text = f"{line}\n" * (10_000_000 // (len(line) + 1))
    units = split(text)
    assert (len(units), units[-1].end) == (MOST_LINES - 1, len(text) - 1)
    zones.find(text)


@pytest.mark.parametrize("char", ["x", "a ", "(", "©", "Facebook ", "2023-", "e\u0301"])
def test_a_line_of_ten_megabytes_is_no_harder_than_a_short_one(char):
    assert zones.find(char * (10_000_000 // len(char))) == []
