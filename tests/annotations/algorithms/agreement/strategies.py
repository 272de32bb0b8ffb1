"""Small articles with everything in them: nesting, repeats, empty work, missing people."""

from hypothesis import strategies as st

from annotations.algorithms.agreement import Article

LENGTH = 14


@st.composite
def marks(draw):
    start = draw(st.integers(0, LENGTH - 1))
    return (start, draw(st.integers(start + 1, LENGTH)), draw(st.sampled_from("xyz")))


@st.composite
def articles(draw, zones=True, gold=False):
    coders = draw(st.lists(st.sampled_from("ABCD"), unique=True))
    zone = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 6))
    excluded = draw(st.lists(zone, max_size=2)) if zones else []
    return Article(
        length=LENGTH,
        marks={coder: draw(st.lists(marks(), max_size=6)) for coder in coders},
        excluded=[(start, start + length) for start, length in excluded],
        gold=draw(st.lists(marks(), max_size=5)) if gold and draw(st.booleans()) else None,
    )


collections = st.lists(articles(), max_size=4)
