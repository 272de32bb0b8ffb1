import json

import pytest

from exports import conversion
from exports.conversion import CannotConvert
from exports.formats import DERIVED, jsonl
from exports.formats.ledger import Ledger
from tests.exports.formats import awkward


@pytest.fixture
def release(tmp_path):
    """Return a folder into which somebody has downloaded the awkward records."""
    folder = tmp_path / "release"
    folder.mkdir()
    write(folder, awkward.records())
    return folder


def write(folder, records):
    (folder / jsonl.NAME).write_bytes(b"".join(map(jsonl.line, records)))


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_downloaded_release_gives_the_files_that_a_release_has(release, tmp_path):
    out = tmp_path / "new" / "out"

    converted = conversion.convert_release(release, DERIVED, out)

    assert [one.format for one in converted] == list(DERIVED)
    for one in converted:
        module = DERIVED[one.format]
        lost = []
        ledger = Ledger(one.format, module.KEEPS, lost.append)
        expected = b"".join(module.write(awkward.records(), ledger))
        assert (out / module.NAME).read_bytes() == expected
        assert (one.report, one.files[0].rows) == (ledger.as_json(), ledger.rows)
        if lost:
            lines = (out / f"losses.{one.format}.jsonl").read_bytes().splitlines()
            assert [json.loads(line) for line in lines] == lost
            assert one.files[1].rows == len(lost)
    assert names_in(release) == [jsonl.NAME]


def test_the_records_may_be_named_themselves_and_files_come_beside_them(release):
    conversion.convert_release(release / jsonl.NAME, ["doccano", "doccano"], None)

    assert names_in(release) == [jsonl.NAME, "doccano.jsonl", "losses.doccano.jsonl"]


def no_json(records):
    return b"".join(map(jsonl.line, records[:2])) + b"{\n"


def wrong_quote(records):
    records[1]["spans"][0]["quote"] = "?"
    return b"".join(map(jsonl.line, records))


def out_of_order(records):
    return b"".join(map(jsonl.line, [*records, records[0]]))


def no_gold(records):
    del records[1]["spans"]
    return b"".join(map(jsonl.line, records))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (no_json, "articles.jsonl:3: not a line of JSON"),
        (wrong_quote, "articles.jsonl:2: spans: .* is not the quote"),
        (out_of_order, "articles.jsonl:4: “a” is out of order"),
        (no_gold, "articles.jsonl:2: conll needs gold spans, and it has none."),
    ],
)
def test_bad_input_is_named_by_file_and_line_before_anything_is_written(release, spoil, says):
    (release / jsonl.NAME).write_bytes(spoil(awkward.records()))

    with pytest.raises(CannotConvert, match=says):
        conversion.convert_release(release, ["jsonl.gz", "conll"], None)

    assert names_in(release) == [jsonl.NAME]


def test_a_release_without_texts_becomes_what_needs_none(release):
    records = awkward.records()
    for record in records:
        record.update(spans=[], codings=[])
        del record["text"]
    write(release, records)

    with pytest.raises(CannotConvert, match=r"articles.jsonl:1: brat needs texts"):
        conversion.convert_release(release, ["brat"], None)
    conversion.convert_release(release, ["parquet"], None)

    assert names_in(release) == [jsonl.NAME, "articles.parquet"]


def test_nothing_is_overwritten(release):
    (release / "losses.conll.jsonl").write_text("mine")

    with pytest.raises(CannotConvert, match=r"losses.conll.jsonl is there already"):
        conversion.convert_release(release, ["csv", "conll"], None)

    assert names_in(release) == [jsonl.NAME, "losses.conll.jsonl"]


def test_there_has_to_be_a_release(tmp_path):
    with pytest.raises(CannotConvert, match=r"articles.jsonl is not there"):
        conversion.convert_release(tmp_path, ["csv"], None)


def test_a_file_that_can_not_be_finished_is_not_there(release):
    (release / "spans.csv.part").symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space"):
        conversion.convert_release(release, ["csv"], None)

    assert names_in(release) == [jsonl.NAME]
