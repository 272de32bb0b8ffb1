import io
import stat
import struct
import zipfile
import zlib

import pytest

from annotations.importing import archives
from annotations.importing.problems import Problem
from tests.annotations.importing import bombs
from tests.annotations.importing.files import members, zipped


def names(data: bytes) -> list:
    return [
        (found.file, found.code) if isinstance(found, Problem) else found.name
        for found in members(data)
    ]


def with_member(info: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        archive.writestr("good.txt", b"Good.")
    return data.getvalue()


def test_members_are_files_under_the_archives_name():
    data = zipped(("de/a.txt", b"One"), ("__MACOSX/de/._a.txt", b"x"), (".DS_Store", b"x"))
    [found] = members(data)
    assert (found.name, found.size, found.open().read()) == ("all.zip/de/a.txt", 3, b"One")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd.txt", "unsafe_name"),
        ("/etc/passwd.txt", "unsafe_name"),
        ("C:/a.txt", "unsafe_name"),
        ("a\\..\\b.txt", "unsafe_name"),
        ("inner.zip", "nested_archive"),
    ],
)
def test_a_member_that_leads_elsewhere_is_refused_and_the_next_is_read(name, code):
    assert names(with_member(zipfile.ZipInfo(name))) == [
        (f"all.zip/{name}", code),
        "all.zip/good.txt",
    ]


def test_a_link_is_refused():
    info = zipfile.ZipInfo("link.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert names(with_member(info, b"/etc/passwd"))[0] == ("all.zip/link.txt", "symbolic_link")


def test_a_bomb_is_refused_by_what_it_says_and_is_not_unpacked():
    data = with_member(zipfile.ZipInfo("bomb.txt"), bytes(8 * 2**20))
    assert names(data) == [("all.zip/bomb.txt", "packed_too_tightly"), "all.zip/good.txt"]


def test_a_member_that_holds_more_than_it_says_is_refused():
    data = bytearray(zipped(("a.txt", b"x" * 5000)))
    at = data.rindex(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    [found] = members(bytes(data))
    with pytest.raises(Problem, match="damaged"):
        found.open().read()


def test_members_that_lie_over_one_another_are_refused():
    data = bytearray(zipped(("a.txt", b"one"), ("b.txt", b"two")))
    at = data.rindex(b"PK\1\2")
    data[at + 42 : at + 46] = struct.pack("<L", 1)
    with pytest.raises(Problem, match="over one another"):
        members(bytes(data))


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4", b"no archive", zipped(("a.txt", b"x"))[:-5], zipped()[:8] * 9]
)
def test_what_is_no_archive_is_told(data):
    with pytest.raises(Problem, match="damaged, or no zip"):
        members(data)


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ("MOST_MEMBERS", "too_many_members"),
        ("MOST_BYTES", "archive_too_large"),
        ("LARGEST_LIST", "too_many_members"),
    ],
)
def test_an_archive_beyond_a_bound_is_refused(bound, code, monkeypatch):
    monkeypatch.setattr(archives, bound, 1)
    with pytest.raises(Problem) as refused:
        members(zipped(("a.txt", b"one"), ("b.txt", b"two")))
    assert refused.value.code == code


def test_a_file_that_is_there_twice_is_read_once():
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("a.txt", b"one"), ("a.txt", b"two"))
    assert names(data) == ["all.zip/a.txt", ("all.zip/a.txt", "member_repeated")]


def test_an_archive_is_read_where_something_stands_before_it():
    [found] = members(b"#!/bin/sh\n" * 9 + zipped(("a.txt", b"One")))
    assert found.open().read() == b"One"


def test_an_archive_of_the_large_form_is_read():
    body = bombs.local(b"a.txt", b"One", 3, zlib.crc32(b"One"), method=0)
    listing = bombs.listed(b"a.txt", 3, 3, zlib.crc32(b"One"), 0, method=0)
    [found] = members(body + listing + bombs.large_ended(listing, 1, len(body)))
    assert found.open().read() == b"One"


def test_a_member_whose_sizes_follow_it_is_read():
    data = io.BytesIO()
    with zipfile.ZipFile(Unseekable(data), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"One " * 5000)
    [found] = members(data.getvalue())
    assert found.open().read() == b"One " * 5000


class Unseekable:
    """What a program writes an archive to that it can't go back in."""

    def __init__(self, file):
        self.write, self.flush = file.write, file.flush


@pytest.mark.parametrize(
    ("written", "read"), [("é.txt".encode(), "é.txt"), ("é.txt".encode("cp437"), "é.txt")]
)
def test_a_name_is_read_as_utf_8_or_as_it_used_to_be(written, read):
    body = bombs.local(written, b"", 0, 0, method=0)
    listing = bombs.listed(written, 0, 0, 0, 0, method=0)
    assert names(body + listing + bombs.ended(listing, 1, len(body))) == [f"all.zip/{read}"]


def test_a_member_is_read_from_any_place_and_again():
    text = b"".join(b"%d " % number for number in range(50_000))
    [found] = members(zipped(("a.txt", text)))
    with found.open() as file:
        assert file.read(10) == text[:10]
        assert (file.seek(200_000), file.read(10)) == (200_000, text[200_000:200_010])
        assert (file.seek(5), file.read()) == (5, text[5:])


@pytest.mark.parametrize("size", [10, 60_000])
def test_a_member_that_is_other_than_its_checksum_is_refused(size):
    data = bytearray(zipped(("a.txt", b"x" * size)))
    at = data.rindex(b"PK\1\2")
    data[at + 16] ^= 1
    [found] = members(bytes(data))
    with pytest.raises(Problem, match="damaged"):
        found.open().read()
