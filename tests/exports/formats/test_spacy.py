import pytest

from exports.formats import msgpack, spacy_strings
from tests.exports.formats import unpacking


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # As spaCy 3.8 gives them: hashes of each length, and its own names by their place.
        ("coffee", 3197928453018144401),
        ("apple", 8566208034543834098),
        ("case", 8110129090154140942),
        ("", 0),
        ("ORTH", 65),
        ("EVENT", 387),
    ],
)
def test_strings_have_the_numbers_that_spacy_knows_them_by(text, number):
    assert spacy_strings.number(text) == number


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, 127, 128, 2**31, 2**63, 2**64 - 1, -1),
        *("", "é" * 15, "é" * 16, "x" * 255, "x" * 256, "x" * 2**16),
        *(b"", b"x" * 255, b"x" * 256, b"x" * 2**16),
        *([], [1] * 15, [1] * 16, [1] * 2**16, {}, {"a": [b"b", {"c": None}]}),
        {b"packed": ["sc"]},
        {str(number): number for number in range(70_000)},
    ],
    ids=lambda value: f"{type(value).__name__}-{str(value)[:12]!r}",
)
def test_what_is_packed_is_unpacked(value):
    assert unpacking.msgpack(msgpack.packed(value)) == value


def test_what_messagepack_has_no_form_for_is_refused():
    with pytest.raises(TypeError, match="set is none"):
        msgpack.packed({"a": {1}})
