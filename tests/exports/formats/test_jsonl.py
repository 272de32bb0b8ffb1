import json
import sys

from hypothesis import given
from hypothesis import strategies as st

from exports.formats import jsonl

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def as_defined(record):
    text = json.dumps(
        record, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode() + b"\n"


def record_with(meta, attributes=(), coded=()):
    return {
        "id": "a",
        "meta": meta,
        "spans": [{"id": "s", "attributes": list(attributes), "start": 0, "end": 2**40}],
        "codings": [{"coder": "anna", "spans": [{"attributes": list(coded)}]}],
    }


@given(st.dictionaries(st.text(), JSON), JSON, JSON)
def test_a_line_is_what_the_definition_says_whatever_it_holds(meta, value, other):
    record = record_with(meta, [{"name": "x", "value": value}], [{"name": "y", "value": other}])

    assert jsonl.line(record) == as_defined(record)


def test_every_character_is_written_as_defined():
    characters = "".join(
        chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF
    )

    assert jsonl.line({"meta": {}, "text": characters}) == as_defined(
        {"meta": {}, "text": characters}
    )


def test_numbers_on_which_writers_differ_are_written_as_defined():
    for number in (1e-7, 1e16, 0.1, 1e22, -0.0, 2**64, -(2**70)):
        record = record_with({"number": number})
        assert jsonl.line(record) == as_defined(record)
