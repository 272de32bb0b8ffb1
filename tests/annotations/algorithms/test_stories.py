from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.stories import story_sha256

STORY = "The talks failed. Nobody signed."


def zone(text, part, kind="boilerplate"):
    start = text.index(part)
    return {"start": start, "end": start + len(part), "kind": kind}


def test_furniture_makes_no_difference():
    framed = f"Newsletter\n\n{STORY}\nLeave a reply"
    zones = [zone(framed, "Newsletter"), zone(framed, "Leave a reply")]

    assert story_sha256(framed, zones) == story_sha256(STORY, [])
    assert story_sha256(framed, []) != story_sha256(STORY, [])


def test_other_zones_belong_to_the_story():
    assert story_sha256(STORY, [zone(STORY, "The talks failed.", "title")]) == story_sha256(
        STORY, []
    )


def test_a_word_makes_a_difference_and_white_space_does_not():
    assert story_sha256(f"  {STORY.replace(' ', chr(10))}\n", []) == story_sha256(STORY, [])
    assert story_sha256(STORY.replace("failed", "Failed"), []) != story_sha256(STORY, [])


def test_where_nothing_is_said_there_is_no_story():
    assert story_sha256(" \n", []) == ""
    assert story_sha256("Newsletter", [zone("Newsletter", "Newsletter")]) == ""


@given(st.permutations([(0, 10), (5, 12), (5, 6), (11, 12)]))
def test_zones_may_overlap_and_come_in_any_order(extents):
    zones = [{"start": start, "end": end, "kind": "boilerplate"} for start, end in extents]

    assert story_sha256("x" * 12 + STORY, zones) == story_sha256(STORY, [])
