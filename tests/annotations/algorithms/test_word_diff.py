from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.word_diff import Stretch, differences

WORDS = st.lists(st.sampled_from(["rain", "sun", "wind", "Snow"]), max_size=12).map(" ".join)


def said(one, other, **skipped):
    ours, theirs = differences(one, other, **skipped)
    return [one[s:e] for s, e in ours], [other[s:e] for s, e in theirs]


def test_words_that_one_text_has_alone_are_found_as_stretches():
    one = "Talks failed on Tuesday, officials in Velmora said."
    other = "Talks failed, two officials in Velmora said on Monday."
    assert said(one, other) == (["on Tuesday"], ["two", "on Monday"])


def test_case_space_and_punctuation_are_no_difference():
    assert said("“Talks  failed”", "TALKS failed!") == ([], [])


def test_what_is_skipped_takes_no_part():
    menu = [Stretch(0, 4)]
    assert said("Menu Talks failed", "Talks failed", skip_one=menu) == ([], [])
    assert said("Talks failed", "Menu Talks failed", skip_other=menu) == ([], [])


@given(WORDS, WORDS)
def test_texts_without_their_differences_are_the_same(one, other):
    left, right = said(one, other)

    def rest(text, alone):
        words = text.casefold().split()
        return len(words) - sum(len(stretch.split()) for stretch in alone)

    assert rest(one, left) == rest(other, right)
    assert differences(one, one) == ([], [])
