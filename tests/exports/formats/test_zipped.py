import io
import zipfile

from annotations.importing.archives import Archive
from exports.formats import zipped

MEMBERS = [("gold/ä.txt", "Ada 🕊️".encode()), ("empty", b""), ("long", b"again " * 10_000)]


def written(members, **options):
    return b"".join(zipped.archive(members, **options))


def test_other_programs_read_what_was_written():
    data = written(MEMBERS)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [(name, archive.read(name)) for name in archive.namelist()] == MEMBERS
    found = Archive(io.BytesIO(data), "all.zip", None).sources()
    assert [source.bytes(100_000) for source in found] == [content for _, content in MEMBERS]
    assert len(data) < 1000
    assert len(written(MEMBERS, is_packed=False)) > 60_000


def test_nothing_tells_when_it_was_written():
    with zipfile.ZipFile(io.BytesIO(written(MEMBERS))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o100644}
        assert {info.create_system for info in archive.infolist()} == {3}


def test_more_files_than_two_bytes_count():
    many = ((f"{number:06}", b"") for number in range(70_000))

    with zipfile.ZipFile(io.BytesIO(written(many))) as archive:
        names = archive.namelist()

    assert (len(names), names[-1]) == (70_000, "069999")


def test_files_that_begin_beyond_four_gigabytes_are_found(tmp_path):
    at = 5 * 2**30
    local, line = zipped._member("late", b"Ada", at, True)
    with (tmp_path / "large.zip").open("wb") as file:
        file.seek(at)  # which takes no room on the disk
        file.write(local + line + zipped._end(1, len(line), at + len(local)))

    with zipfile.ZipFile(tmp_path / "large.zip") as archive:
        assert archive.read("late") == b"Ada"


def test_every_text_has_a_file_name_of_its_own():
    texts = ["a", "A", "a.txt", "../a", "a/b", "a%2Fb", ".", "ä", "x" * 400, "x" * 401, "con "]
    names = [zipped.stem(text) for text in texts]

    assert len(set(names)) == len(texts)
    for name in names:
        assert len(name) < 150
        assert set(name) <= {*"%-_~"} | {*map(chr, range(48, 123))}
        assert "." not in name
