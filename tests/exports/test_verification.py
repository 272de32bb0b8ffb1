import hashlib
import json
import shutil
import subprocess

import pytest

from exports import manifest
from exports.formats import jsonl
from exports.verification import MOST_PROBLEMS, verify
from tests.exports.golden import FOLDER


@pytest.fixture
def release(tmp_path):
    """Return the golden release as somebody has downloaded it."""
    return shutil.copytree(FOLDER, tmp_path / "release")


def records(folder):
    return [json.loads(line) for line in (folder / jsonl.NAME).read_bytes().splitlines()]


def write(folder, changed):
    """Replace the records, and have checksums and manifest agree: only the records are wrong."""
    content = b"".join(jsonl.line(record) for record in changed)
    (folder / jsonl.NAME).write_bytes(content)
    (folder / manifest.NAME).unlink()
    (folder / manifest.SUMS).unlink()


def test_a_release_as_published_is_good(release):
    report = verify(release)

    assert report.problems == []
    assert (report.articles, report.spans) == (3, 5)
    assert report.content_hash == hashlib.sha256((release / jsonl.NAME).read_bytes()).hexdigest()
    assert report.checked == ["articles.jsonl", "SHA256SUMS", "manifest.json"]


def test_the_records_may_be_named_themselves(release):
    assert verify(release / jsonl.NAME).checked == [
        "articles.jsonl",
        "SHA256SUMS",
        "manifest.json",
    ]


def test_records_can_be_checked_without_anything_beside_them(release, tmp_path):
    alone = tmp_path / "somewhere.jsonl"
    alone.write_bytes((release / jsonl.NAME).read_bytes())

    report = verify(alone)

    assert (report.problems, report.checked) == ([], ["somewhere.jsonl"])


def test_sha256sum_agrees(release):
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=release, capture_output=True)

    assert done.returncode == 0


@pytest.mark.parametrize("name", ["articles.jsonl", "manifest.json", "README.md"])
def test_a_changed_byte_is_found(release, name):
    content = bytearray((release / name).read_bytes())
    content[-5] ^= 1
    (release / name).write_bytes(content)

    assert f"{name} differs from its checksum." in verify(release).problems


def test_a_missing_file_is_found(release):
    (release / "README.md").unlink()

    assert verify(release).problems == ["README.md is named in SHA256SUMS, but not there."]


def test_there_has_to_be_a_release(tmp_path):
    assert not verify(tmp_path).is_good


def test_a_checksum_of_a_file_elsewhere_is_not_followed(release):
    with (release / manifest.SUMS).open("a") as file:
        file.write(f"{'0' * 64}  ../secret\n")

    assert "is no line of it" in verify(release).problems[0]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (["content_hash"], "0" * 64, "content_hash"),
        (["counts", "articles"], 4, "the number of articles"),
        (["counts", "spans"], 4, "the number of spans"),
        (["files", 0, "rows"], 2, "the number of rows"),
        (["files", 0, "bytes"], 2, "the number of bytes"),
        (["schema"], "something/2", "schema"),
        (["counts"], {}, "the number of articles"),
        (["losses"], [], "its losses are no loss reports"),
        (["losses", "csv"], {"spans": 5, "written": 3, "lost": {"x": 1}}, "what csv lost does"),
    ],
)
def test_a_manifest_that_says_otherwise_is_found(release, path, value, says):
    (release / manifest.SUMS).unlink()
    contents = json.loads((release / manifest.NAME).read_text())
    place = contents
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    (release / manifest.NAME).write_bytes(manifest.dump(contents))

    problems = verify(release).problems
    assert problems
    assert says in problems[0]


def span_of(record, number=0):
    return record["spans"][number]


def shift(record):
    span_of(record)["start"] += 1


def out_of_the_text(record):
    span_of(record).update(start=10_000, end=10_007)


def no_extent(record):
    span_of(record).update(end=span_of(record)["start"])


def unsorted(record):
    record["spans"].reverse()


def same_id(record):
    span_of(record, 1)["id"] = span_of(record)["id"]


def dangling_link(record):
    span_of(record)["links"] = [{"name": "speaker", "target": "nobody"}]


def other_text(record):
    record["text"] += " "


def no_quote(record):
    del span_of(record)["quote"]


def unknown_source(record):
    span_of(record)["source"] = "machine"


def unknown_field(record):
    record["votes"] = 3


def wide_zone(record):
    record["zones"] = [{"start": 0, "end": 10_000, "kind": "title"}]


def wrong_coding(record):
    record["codings"][0]["spans"][0]["quote"] = "nobody said this"


def no_layer(record):
    del record["spans"], record["codings"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (shift, "is not the quote"),
        (out_of_the_text, "is no stretch of the text"),
        (no_extent, "is no stretch of the text"),
        (unsorted, "not sorted"),
        (same_id, "two spans have the same id"),
        (dangling_link, "a link goes to “nobody”"),
        (other_text, "text_sha256 is not the hash"),
        (no_quote, "come together or not at all"),
        (unknown_source, "'machine' is not one of"),
        (unknown_field, "'votes' was unexpected"),
        (wide_zone, "zones: 0–10000"),
        (wrong_coding, "codings of coder-1"),
        (no_layer, "is not valid under any"),
    ],
)
def test_a_record_that_breaks_a_promise_is_found(release, spoil, says):
    changed = records(release)
    spoil(changed[2])
    write(release, changed)

    problems = verify(release).problems

    assert problems
    assert all(problem.startswith("articles.jsonl:3: ") for problem in problems)
    assert any(says in problem for problem in problems)


def test_the_order_of_the_lines_is_checked(release):
    write(release, records(release)[::-1])

    assert [problem.split(": ")[0] for problem in verify(release).problems] == [
        "articles.jsonl:2",
        "articles.jsonl:3",
    ]


@pytest.mark.parametrize(
    "line", [b"{}", b"not json\n", b"[]\n", b"\xff\n", b"[" * 100_000 + b"\n"]
)
def test_a_line_that_is_no_record_is_found(release, line):
    write(release, records(release))
    with (release / jsonl.NAME).open("ab") as file:
        file.write(line)

    (problem,) = verify(release).problems
    assert problem.startswith("articles.jsonl:4: ")


def test_another_way_to_write_the_same_record_is_found(release):
    write(release, records(release))
    content = (release / jsonl.NAME).read_bytes()
    (release / jsonl.NAME).write_bytes(content.replace(b'"id":"a-3"', b'"id": "a-3"'))

    assert verify(release).problems == ["articles.jsonl:2: not in the canonical form."]


def test_a_release_without_texts_is_good(release):
    changed = records(release)
    for record in changed:
        del record["text"]
        for span in [*record["spans"], *(s for c in record["codings"] for s in c["spans"])]:
            del span["quote"]
    write(release, changed)

    assert verify(release).problems == []


def test_a_thoroughly_broken_file_is_not_told_line_by_line(release):
    write(release, [])
    (release / jsonl.NAME).write_bytes(b"{}\n" * 10_000)

    assert len(verify(release).problems) < MOST_PROBLEMS + 20


@pytest.mark.parametrize(
    ("said", "instead"), [("No news", "\\ud800"), ('"words":23', '"words":NaN')]
)
def test_what_no_file_can_hold_is_a_finding_and_no_crash(release, said, instead):
    write(release, records(release))
    content = (release / jsonl.NAME).read_text()
    assert said in content
    (release / jsonl.NAME).write_text(content.replace(said, instead))

    (problem,) = verify(release).problems
    assert "half of a surrogate pair, or NaN" in problem
