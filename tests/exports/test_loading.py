"""Researchers' programs read a release by the lines of its data card, always as one schema."""

import json
import re

import pytest

from exports import manifest
from exports.formats import jsonl, parquet
from exports.formats.ledger import Ledger
from tests.exports.formats import awkward
from tests.exports.test_manifest import contents

COLUMNS = (
    *("id", "text", "text_sha256", "meta", "cluster", "split", "codebook_version"),
    *("zones", "spans", "codings"),
)
SPAN = ("id", "start", "end", "label", "quote", "attributes", "links", "note")
GOLD = (*SPAN, "source", "coders", "decision")
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def bare(id):
    """Return an article of which there is nothing to say, and a long one."""
    text = "Nothing. " * 120_000
    return awkward.record(id, text, codebook_version=None, spans=[])


RELEASES = {
    "full": awkward.records(),
    # Larger than what a program looks at before it decides on types.
    "full only at its end": [*(bare(f"0{number:02}") for number in range(12)), *awkward.records()],
    "bare": [bare("007"), bare("1e5")],
    "raw": [
        {n: v for n, v in one.items() if n not in {"spans", "text"}} | {"codings": []}
        for one in awkward.records()
    ],
    "nothing": [],
}


# The programs are imported where they are used: to all others who collect tests they are seconds.


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    """Return the library, which stays offline and keeps nothing of what it reads."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    datasets.disable_progress_bars()
    return datasets


@pytest.fixture(params=RELEASES)
def records(request, tmp_path, monkeypatch):
    """Return the records of a release that lies in the working directory, as downloaded."""
    found = RELEASES[request.param]
    (tmp_path / "articles.jsonl").write_bytes(b"".join(map(jsonl.line, found)))
    (tmp_path / "README.md").write_bytes(manifest.card(contents()))
    (tmp_path / "manifest.json").write_bytes(manifest.dump(contents()))
    written = parquet.write(iter(found), Ledger("parquet", parquet.KEEPS))
    (tmp_path / "articles.parquet").write_bytes(b"".join(written))
    monkeypatch.chdir(tmp_path)
    return found


def loaded(program):
    """Run the lines of the data card that are for ``program``; return what each block loads."""
    with open("README.md") as card:
        blocks = [block for block in BLOCK.findall(card.read()) if f"import {program}" in block]
    found = []
    for block in blocks:
        names = {}
        exec(block, names)  # noqa: S102  what people are told has to run
        found.append(names["articles"])
    assert found
    return found


def said(record):
    """Return a record as a row: all columns, and null for what is not there."""
    row = {name: record.get(name) for name in COLUMNS}
    if "spans" in record:
        row["spans"] = filled(record["spans"], GOLD)
    if "codings" in record:
        codings = record["codings"]
        row["codings"] = [one | {"spans": filled(one["spans"], SPAN)} for one in codings]
    return row


def filled(spans, fields):
    return [{field: span.get(field) for field in fields} for span in spans]


def with_meta(row):
    """Return a row of a program that keeps meta as the JSON that it is."""
    return row | {"meta": json.loads(row["meta"])}


def test_datasets_reads_the_jsonl(records, datasets):
    for articles in loaded("datasets") if records else ():
        assert list(articles.features) == list(COLUMNS)
        assert str(articles.features["spans"].feature["start"]) == "Value('int32')"
        assert list(articles) == [said(record) for record in records]


def test_polars_reads_the_jsonl(records):
    import polars

    (articles,) = loaded("polars")

    assert tuple(articles.schema) == COLUMNS
    assert articles.schema["spans"].inner.to_schema()["attributes"].inner.to_schema() == {
        "name": polars.String,
        "value": polars.String,
    }
    assert [with_meta(row) for row in articles.to_dicts()] == [said(record) for record in records]


def test_duckdb_reads_the_jsonl(records):
    (articles,) = loaded("duckdb")

    assert tuple(articles.columns) == COLUMNS
    assert str(articles.types[8]).endswith(
        '"source" VARCHAR, coders VARCHAR[], decision VARCHAR)[]'
    )
    rows = [with_meta(dict(zip(COLUMNS, row, strict=True))) for row in articles.fetchall()]
    assert rows == [said(record) for record in records]


def test_pandas_reads_the_jsonl(records):
    import pandas

    (articles,) = loaded("pandas")

    assert sorted(articles.columns) == sorted(COLUMNS)
    assert {name: str(articles[name].dtype) for name in ("id", "split", "codebook_version")} == {
        "id": "string",
        "split": "string",
        "codebook_version": "Int32",
    }
    for row, record in zip(articles.to_dict("records"), records, strict=True):
        # Lists are Python's own, so that they say just what the record says.
        told = {n: v for n, v in row.items() if isinstance(v, list | dict) or pandas.notna(v)}
        assert told == {name: value for name, value in record.items() if value is not None}


def test_all_of_them_read_the_parquet(records, datasets):
    import duckdb
    import pandas
    import polars

    frames = [
        pandas.read_parquet("articles.parquet"),
        polars.read_parquet("articles.parquet"),
        duckdb.read_parquet("articles.parquet"),
    ]
    known = set(COLUMNS) | set(parquet._META)
    assert [set(frame.columns) for frame in frames] == [known] * 3
    pair = polars.List(polars.Struct({"name": polars.String, "value": polars.String}))
    link = polars.List(polars.Struct({"name": polars.String, "target": polars.String}))
    gold = {
        "id": polars.String,
        "start": polars.Int32,
        "end": polars.Int32,
        "label": polars.String,
        "quote": polars.String,
        "attributes": pair,
        "links": link,
        "note": polars.String,
        "source": polars.String,
        "coders": polars.List(polars.String),
        "decision": polars.String,
    }
    assert str(frames[1].schema["spans"].inner) == str(polars.Struct(gold))

    rows = frames[1].to_dicts()
    ours = [with_meta({name: row[name] for name in COLUMNS}) for row in rows]
    assert ours == [said(record) for record in records]
    assert [dict(zip(frames[2].columns, row, strict=True)) for row in frames[2].fetchall()] == rows
    assert [row["id"] for row in frames[0].to_dict("records")] == [row["id"] for row in rows]
    if records:
        read = datasets.load_dataset("parquet", data_files="articles.parquet")["train"]
        assert list(read) == rows


def test_datasets_needs_no_more_than_the_file_where_all_fields_come_early(
    tmp_path, monkeypatch, datasets
):
    (tmp_path / "articles.jsonl").write_bytes(b"".join(map(jsonl.line, awkward.records())))
    monkeypatch.chdir(tmp_path)

    articles = datasets.load_dataset("json", data_files="articles.jsonl")["train"]

    assert articles["id"][:] == [record["id"] for record in awkward.records()]
    assert [len(spans) for spans in articles["spans"]] == [
        len(record["spans"]) for record in awkward.records()
    ]
