import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.segments import Extent, segment_lines

TEXT = "Mayor Ada Brandt\n\nleft Velmora"


def shown(text, *places):
    """Write each line with its brackets and the numbers of what opens."""
    extents = [Extent(number, *place) for number, place in enumerate(places, 1)]
    return [
        "".join(
            "".join(f"[{extent.number} " for extent in piece.opening)
            + piece.text
            + "]" * len(piece.closing)
            for piece in line
        )
        for line in segment_lines(text, extents)
    ]


@pytest.mark.parametrize(
    ("places", "lines"),
    [
        ([], ["Mayor Ada Brandt", "", "left Velmora"]),
        ([(6, 16)], ["Mayor [1 Ada Brandt]", "", "left Velmora"]),
        ([(0, 16), (6, 9)], ["[1 Mayor [2 Ada] Brandt]", "", "left Velmora"]),
        ([(6, 16), (6, 9)], ["Mayor [1 [2 Ada] Brandt]", "", "left Velmora"]),
        ([(0, 9), (6, 16)], ["[1 Mayor [2 Ada] Brandt]", "", "left Velmora"]),
        ([(6, 16), (6, 16)], ["Mayor [1 [2 Ada Brandt]]", "", "left Velmora"]),
        ([(6, 22)], ["Mayor [1 Ada Brandt", "", "left] Velmora"]),
        ([(23, 30)], ["Mayor Ada Brandt", "", "left [1 Velmora]"]),
    ],
)
def test_spans_are_cut_into_flat_stretches(places, lines):
    assert shown(TEXT, *places) == lines


def test_the_innermost_span_comes_first():
    extents = [Extent(1, 0, 16), Extent(2, 6, 16), Extent(3, 6, 9)]

    first, *_ = segment_lines(TEXT, extents)

    assert [[extent.number for extent in piece.held_by] for piece in first] == [
        [1],
        [3, 2, 1],
        [2, 1],
    ]


PLACES = st.lists(
    st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 12)).map(
        lambda pair: (pair[0], min(pair[0] + pair[1], len(TEXT)))
    ),
    max_size=12,
)


@given(PLACES)
def test_the_stretches_are_the_text_and_every_span_is_whole(places):
    extents = [Extent(number, *place) for number, place in enumerate(places)]
    lines = list(segment_lines(TEXT, extents))

    assert "\n".join("".join(piece.text for piece in line) for line in lines) == TEXT
    for extent in extents:
        quote = "".join(piece.text for line in lines for piece in line if extent in piece.held_by)
        assert quote == TEXT[extent.start : extent.end].replace("\n", "")
