import pytest

from annotations.algorithms.examples import LONGEST, marked
from annotations.algorithms.tokens import sentences

TEXT = "It rained. Mayor Ada Brandt of Velmora said so [sic]. Nobody left."


def example(*words, text=TEXT):
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]
    return marked(text, sentences(text), spans)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["Ada Brandt"], "Mayor [Ada Brandt] of Velmora said so (sic)."),
        (["Velmora", "Mayor"], "[Mayor] Ada Brandt of [Velmora] said so (sic)."),
        (["Ada Brandt", "Mayor Ada", "Brandt"], "[Mayor Ada] [Brandt] of Velmora said so (sic)."),
        (
            ["rained", "Nobody"],
            "It [rained]. Mayor Ada Brandt of Velmora said so (sic). [Nobody] left.",
        ),
        ([], ""),
    ],
)
def test_the_words_are_marked_in_their_sentences(words, expected):
    assert example(*words) == expected


def test_white_space_between_sentences_can_be_marked_too():
    assert marked("One.  Two.", [(0, 4), (6, 10)], [(4, 5)]) == "[ ]"


@pytest.mark.parametrize("words", ["w", "w " * 900, "w" * 3_000])
def test_no_example_is_longer_than_a_codebook_holds(words):
    text = f"{'a ' * 2_000}{words}{' b' * 2_000}"
    found = marked(text, [(0, len(text))], [(4_000, 4_000 + len(words))])

    assert len(found) <= LONGEST
    assert found.count("[") == found.count("]") == 1
    assert len(found) > 1_900
