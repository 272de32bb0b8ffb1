import json

import pytest

from annotations.algorithms import plain_json


def nested(depth, inside=b"1"):
    return b"[" * depth + inside + b"]" * depth


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": [1, "two", {"b": null}]}',
        nested(50),
        json.dumps([{"a": [1]}] * 100).encode(),
        b'"\\u00e9 [[[[["',
        b'"\\\\u0000"',
    ],
    ids=["plain", "fifty deep", "many", "signs in a text", "an escaped escape"],
)
def test_what_can_be_kept_is_read(body):
    assert plain_json.read(body) == json.loads(body)


@pytest.mark.parametrize(
    "body",
    [b"[1", b"NaN", b'"\\ud800"', b'"\xff"', nested(51), nested(900), b"[" * 3_000],
    ids=["cut off", "no number", "half a pair", "no UTF-8", "51 deep", "900 deep", "open"],
)
def test_what_can_not_be_kept_is_refused(body):
    with pytest.raises(json.JSONDecodeError):
        plain_json.read(body)


@pytest.mark.parametrize(
    "body", [b'"\\u0000"', b'{"a\\u0000": 1}', nested(40, b'{"a": "b\\u0000"}')]
)
def test_a_nul_is_found_wherever_it_is(body):
    with pytest.raises(plain_json.HasNul):
        plain_json.read(body)


def test_forms_read_as_strictly():
    assert json.loads('["a"]', cls=plain_json.Decoder) == ["a"]
    for odd in ('["\\u0000"]', "\ud800", "[" * 3_000):
        with pytest.raises(json.JSONDecodeError):
            json.loads(odd, cls=plain_json.Decoder)
