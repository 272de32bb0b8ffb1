"""Small articles with everything in them: nesting, repeats, empty work, missing people."""

from hypothesis import strategies as st

from annotations.algorithms.agreement import Article

LENGTH = 14


@st.composite
def marks(draw):
    start = draw(st.integers(0, LENGTH - 1))
    return (start, draw(st.integers(start + 1, LENGTH)), draw(st.sampled_from("xyz")))


def said_of(own):
    """What a coder says of some marks."""
    answers = st.dictionaries(st.sampled_from("nm"), st.sampled_from("pq"), min_size=1)
    return st.dictionaries(st.sampled_from(own), answers) if own else st.just({})


@st.composite
def articles(draw, zones=True, gold=False, text=False):
    coders = draw(st.lists(st.sampled_from("ABCD"), unique=True))
    zone = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 6))
    excluded = draw(st.lists(zone, max_size=2)) if zones else []
    works = {coder: draw(st.lists(marks(), max_size=6)) for coder in coders}
    return Article(
        length=LENGTH,
        marks=works,
        excluded=[(start, start + length) for start, length in excluded],
        gold=draw(st.lists(marks(), max_size=5)) if gold and draw(st.booleans()) else None,
        text=draw(st.text("ab ’ß🕊", min_size=LENGTH, max_size=LENGTH)) if text else "",
        attributes={coder: draw(said_of(own)) for coder, own in works.items()} if text else {},
        submitted=dict.fromkeys(coders, "2026-03-02T09:00:00.000000+00:00"),
    )


collections = st.lists(articles(), max_size=4)
