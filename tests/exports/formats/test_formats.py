"""What every format promises alike."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from operator import itemgetter
from pathlib import Path
from random import Random
from unicodedata import bidirectional

import pytest
from hypothesis import HealthCheck, given, settings

from exports import conversion
from exports.formats import DERIVED, jsonl, parquet, spacy
from exports.formats.ledger import PARTS, REASONS, Ledger, layers
from tests.exports import golden
from tests.exports.formats import awkward, readers

ROOT = Path(__file__).parents[3]
FORMATS = sorted(DERIVED)
FOLDER = golden.FOLDER / "formats"
#: What the formats are written with on another machine.
ELSEWHERE = """
import hashlib, json, sys
from exports.formats import DERIVED
from exports.formats.ledger import Ledger
records = [json.loads(line) for line in sys.stdin]
for name in sorted(DERIVED):
    pieces = DERIVED[name].write(iter(records), Ledger(name, DERIVED[name].KEEPS))
    print(name, hashlib.sha256(b"".join(pieces)).hexdigest())
"""


def written(format, records):
    """Return the file, the report and the list of lost spans."""
    lost = []
    ledger = Ledger(format, DERIVED[format].KEEPS, lost.append)
    data = b"".join(DERIVED[format].write(iter(records), ledger))
    return data, ledger.as_json(), lost


def unpacked(name, data):
    """Return what is in a file: how tightly a library packs it may change with the library."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: unpacked(name, archive.read(name)) for name in archive.namelist()}
    if name.endswith(".parquet"):
        return readers.parquet.read_table(io.BytesIO(data)).to_pylist()
    if name.endswith(".gz"):
        return gzip.decompress(data)
    return zlib.decompress(data) if name.endswith(".spacy") else data


def check(format, records):
    """Hold what a format's reader finds, and the loss report, against the records."""
    data, report, lost = written(format, records)
    found = readers.read(format, data, records)

    is_lost = {(row["article"], row["layer"], row["span"]) for row in lost}
    came = kept = 0
    asked = Counter()
    read = Counter()
    missing = Counter()
    for record, layers_read in zip(records, found, strict=True):
        missing["zones"] += len(record["zones"])
        missing["codings"] += len(record.get("codings", ()))
        wanted = readers.of_record(record)
        held = [name for name, _ in layers(record)]
        if "codings" not in DERIVED[format].KEEPS:
            held = held[:1]
        assert list(layers_read) == held
        for name, spans in layers(record):
            if name not in held:
                continue
            came += len(spans)
            left = [
                wanted[name][number]
                for number, span in enumerate(spans)
                if (record["id"], name, span["id"]) not in is_lost
            ]
            kept += len(left)
            missing["notes"] += sum(
                "note" in span and (record["id"], name, span["id"]) not in is_lost
                for span in spans
            )
            assert Counter(map(place, layers_read[name])) == Counter(map(place, left))
            for part in ("attributes", "links"):
                asked[part] += sum(len(span[part]) for span in left)
                said = pairs(layers_read[name], part)
                assert said <= pairs(left, part)
                read[part] += said.total()
    assert (report["spans"], report["written"]) == (came, kept)
    assert report["spans"] == report["written"] + sum(report["lost"].values())
    assert Counter(row["reason"] for row in lost) == report["lost"]
    for part in ("attributes", "links"):
        assert read[part] + report["left_out"].get(part, 0) == asked[part]
    for part in ("notes", "zones", "codings"):
        is_kept = part in DERIVED[format].KEEPS
        assert report["left_out"].get(part, 0) == (0 if is_kept else missing[part])


def place(span):
    return span["start"], span["end"], span["label"]


def pairs(spans, part):
    return Counter((place(span), pair) for span in spans for pair in span[part])


@pytest.mark.parametrize("format", FORMATS)
def test_the_awkward_records_come_back_but_for_what_is_reported(format):
    check(format, awkward.records())


def test_the_awkward_records_have_every_trap():
    """What the tests of formats claim to read back is there to be read back."""
    spans = next(r for r in awkward.records() if len(r["spans"]) > 10)["spans"]

    def is_met(question):
        return any(question(one, other) for one in spans for other in spans if one != other)

    extent = itemgetter("start", "end")
    assert is_met(lambda a, b: a["start"] < b["start"] and b["end"] < a["end"])  # nested
    assert is_met(lambda a, b: a["start"] < b["start"] < a["end"] < b["end"])  # crossing
    assert is_met(lambda a, b: extent(a) == extent(b) and a["label"] != b["label"])
    assert is_met(lambda a, b: extent(a) == extent(b) and a["label"] == b["label"])  # repeated
    quotes = [span["quote"] for span in spans]
    assert any(ord(max(quote)) > 0xFFFF for quote in quotes)  # beyond UTF-16's one unit
    assert {"AL", "R"} <= {bidirectional(quote[0]) for quote in quotes}  # Arabic and Hebrew
    assert {"attributes", "links", "note"} <= {
        part for span in spans for part in span if span.get(part)
    }


@pytest.mark.parametrize("format", [f for f in FORMATS if "notes" in DERIVED[f].KEEPS])
def test_a_format_that_keeps_notes_has_them(format):
    records = awkward.records()
    records[-1]["spans"][0]["note"] = "told by a neighbour"

    data, _report, _lost = written(format, records)

    assert "told by a neighbour" in str(unpacked(DERIVED[format].NAME, data))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=awkward.any_records())
def test_any_records_come_back_but_for_what_is_reported(records):
    # All formats at each draw, for drawing is what takes the time.
    for format in FORMATS:
        check(format, records)


@pytest.mark.parametrize("format", FORMATS)
def test_the_awkward_records_give_the_golden_file(format):
    name = DERIVED[format].NAME
    data, report, lost = written(format, awkward.records())

    assert unpacked(name, data) == unpacked(name, (FOLDER / name).read_bytes())
    told = json.loads((FOLDER / "losses.json").read_text())[format]
    assert [report, lost] == told


def test_the_same_bytes_are_written_elsewhere():
    records = awkward.records()
    sent = b"".join(map(jsonl.line, records))
    here = {f: hashlib.sha256(written(f, records)[0]).hexdigest() for f in FORMATS}

    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", ELSEWHERE],
        input=sent,
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "77"},
    )

    assert dict(line.split() for line in done.stdout.decode().splitlines()) == here


@pytest.mark.parametrize("format", FORMATS)
def test_records_are_handed_on_before_the_last_has_come(format, monkeypatch):
    """A converter that waits for the last record would hold a release in memory."""
    monkeypatch.setattr(parquet, "_MOST_ROWS", 20)
    monkeypatch.setattr(spacy, "_MOST_TOKENS", 1500)
    record = awkward.records()[1]
    taken = 0

    def many():
        nonlocal taken
        for number in range(90):
            taken += 1
            # What no packer can make much smaller.
            tail = Random(number).randbytes(3000).hex()
            yield record | {"id": f"{number:06}", "text": f"{record['text']} {tail}"}

    ledger = Ledger(format, DERIVED[format].KEEPS)
    handed_on = Counter()
    for piece in DERIVED[format].write(many(), ledger):
        handed_on[taken] += len(piece)

    before_the_last = sum(size for number, size in handed_on.items() if number < 90)
    assert before_the_last > handed_on.total() / 2


@pytest.mark.parametrize("format", FORMATS)
def test_a_release_of_nothing_is_a_file_too(format):
    data, report, _lost = written(format, [])

    assert readers.read(format, data, []) == []
    assert report == {"spans": 0, "written": 0, "lost": {}, "left_out": {}}


@pytest.mark.parametrize("format", [f for f in FORMATS if "text" not in DERIVED[f].NEEDS])
def test_what_needs_no_texts_is_written_without_them(format):
    records = awkward.records()
    for record in records:
        del record["text"]
        for _name, spans in layers(record):
            for span in spans:
                del span["quote"]

    _data, report, _lost = written(format, records)

    assert report["lost"] == {}


@pytest.mark.parametrize("format", FORMATS)
def test_a_format_says_what_it_is(format):
    module = DERIVED[format]

    assert set(PARTS) >= module.KEEPS
    assert {"text", "gold"} >= module.NEEDS
    assert str(module.TITLE)
    assert f"`{module.NAME}`" in "\n".join(module.CARD)
    assert max(map(len, module.CARD)) < 100


def test_no_two_files_of_a_release_have_one_name():
    names = [module.NAME for module in DERIVED.values()]
    names += [conversion.name_of_losses(format) for format in DERIVED]

    assert len({*names, jsonl.NAME}) == len(names) + 1


def test_every_reason_is_met():
    met = {row["reason"] for format in FORMATS for row in written(format, awkward.records())[2]}

    assert met == set(REASONS)
