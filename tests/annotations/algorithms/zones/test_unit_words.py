import pytest

from annotations.algorithms.zones.units import Unit

WORDS = [
    ("", 0),
    ("one", 1),
    ("The old-timer’s ferry left at 12 noon", 7),
    ("a,b c/d – e . . f", 6),
    ("2023–24 x2", 4),
    ("渡轮中午离开港口", 4),
    ("渡轮 and 轮渡 and more words", 6),
    ("ferry " * 30, 30),
    ("x" * 6000, 1),
]


def unit(text):
    return Unit(text, 0, len(text), True, True)


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_are_counted_between_and_within_spaces(text, words):
    assert unit(text).words == words


@pytest.mark.parametrize("least", [1, 4, 5, 13, 22])
@pytest.mark.parametrize("text", [text for text, _ in WORDS])
def test_having_so_many_words_is_what_counting_them_comes_to(text, least):
    assert unit(text).has_words(least) == (unit(text).words >= least)
