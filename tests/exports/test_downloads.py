import pytest

from exports.downloads import CannotServe, Part, is_cached, is_unchanged, part_wanted


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-9", Part(0, 10)),
        ("bytes=10-", Part(10, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-1000", Part(0, 100)),
        ("bytes=90-1000", Part(90, 100)),
        ("BYTES = 5-5", Part(5, 6)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=0-1,5-9", None),
        ("bytes=٣-٩", None),
        ("lines=0-9", None),
        ("bytes=0x1-2", None),
    ],
)
def test_a_range_names_a_part_or_is_ignored(header, part):
    assert part_wanted(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_without_a_byte_of_the_file_cannot_be_served(header):
    with pytest.raises(CannotServe):
        part_wanted(header, 100)


def test_an_empty_file_has_no_part():
    with pytest.raises(CannotServe):
        part_wanted("bytes=0-", 0)


@pytest.mark.parametrize(
    ("if_range", "unchanged"),
    [
        (None, True),
        ('"abc"', True),
        ('"abd"', False),
        ('W/"abc"', False),
        ("Mon, 02 Mar 2026 09:00:00 GMT", False),
    ],
)
def test_a_part_goes_only_to_who_holds_parts_of_the_same_bytes(if_range, unchanged):
    assert is_unchanged(if_range, '"abc"') is unchanged


@pytest.mark.parametrize(
    ("header", "cached"),
    [
        (None, False),
        ('"abc"', True),
        ('"x", W/"abc"', True),
        ("*", True),
        ('"x"', False),
    ],
)
def test_a_client_that_has_the_bytes_is_told_so(header, cached):
    assert is_cached(header, '"abc"') is cached
