"""Text, JSONL and what tells the formats apart; the other readers have files of their own."""

import json

import pytest

from annotations.importing import formats, jsonl, records
from annotations.importing.sources import Unit
from tests.annotations.importing.files import rows, source, told


def lines_of(data: bytes) -> list:
    return [
        (line, found[2] if isinstance(found, tuple) else found)
        for line, found in told(("records.jsonl", data))
    ]


def test_each_line_is_a_record_and_blank_ones_are_counted_but_passed_over():
    data = b'\xef\xbb\xbf{"text": "a"}\r\n\n{"text": "b"}'
    assert lines_of(data) == [(1, {"text": "a"}), (3, {"text": "b"})]
    assert jsonl.count(Unit("jsonl", (source(data, "a.jsonl"),))) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "bad_json"),
        (b"[]", "wrong_type"),
        (b'{"text": "\xff"}', "undecodable"),
        (b'{"text": "a", "text": "b"}', "field_repeated"),
        (b'{"meta": {"n": NaN}}', "bad_json"),
        (b'{"meta": {"n": 1e999}}', "bad_json"),
        (b'{"meta": {"n": ' + b"9" * 5000 + b"}}", "bad_json"),
        (b"[" * 100_000, "bad_json"),
    ],
)
def test_a_line_that_is_no_record_is_a_problem_and_the_next_is_read(line, code):
    assert lines_of(line + b'\n{"text": "b"}') == [(1, code), (2, {"text": "b"})]


def test_a_line_without_end_costs_no_more_than_the_limit(monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 10)
    assert lines_of(b"x" * 95 + b'\n{"a": 1}\n') == [(1, "line_too_long"), (2, {"a": 1})]


def test_numbers_come_through_as_they_are():
    [(_, record)] = lines_of(b'{"meta": {"a": 1, "b": 0.1, "c": 12345678901234567890}}')
    assert json.dumps(record["meta"]) == '{"a": 1, "b": 0.1, "c": 12345678901234567890}'


def test_records_in_utf_16_with_crlf_in_texts_and_between_lines_keep_their_spans():
    span = {"start": 7, "end": 10, "label": "actor", "quote": "Ada"}
    record = {"text": "One 😀\r\nAda.", "codings": [{"coder": "Max", "spans": [span]}]}
    data = f"{json.dumps(record)}\r\n{json.dumps(record)}\r\n".encode("utf-16")
    found = rows(("records.jsonl", data))
    assert [line for line, _ in found] == [1, 2]
    checked = records.check(found[1][1])
    [kept] = checked.codings[0].spans
    assert checked.text[kept["start"] : kept["end"]] == "Ada"
    assert kept["start"] == 6


def test_refused_rows_that_were_mended_are_read_as_what_they_hold():
    why = {"file": "a.csv", "line": 7, "code": "empty_text", "detail": "There is no text in it."}
    lines = [
        {"refused": why, "row": {"text": "Now there is."}},
        {"refused": why, "row": '{"text": "As it was written"}'},
        {"refused": why, "row": None},
    ]
    assert lines_of("\n".join(map(json.dumps, lines)).encode()) == [
        (1, {"text": "Now there is."}),
        (2, {"text": "As it was written"}),
        (3, "no_row"),
    ]


def test_a_text_file_is_one_article():
    data = b"Newsfeed\n\n  By Nelly Karsun\n\nAid convoy turned back at pass\n\nText."
    assert rows(("a.txt", data)) == [(1, {"text": data.decode()})]


def test_an_empty_file_is_read_and_then_refused_for_want_of_text():
    assert rows(("a.txt", b"")) == [(1, {"text": ""})]
    assert rows(("a.jsonl", b"")) == []


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.txt", b'{"text": "x"}', "txt"),
        ("a.JSONL", b"", "jsonl"),
        ("a.jsonl", b'{"id": 1, "text": "x", "label": [[0, 1, "A"]]}', "doccano"),
        ("a.jsonl", b'{"text": "x", "codings": []}', "jsonl"),
        ("a.json", b' {"text": "x"}', "jsonl"),
        ("a.json", '[{"id": 1, "data": {}}]'.encode("utf-16"), "labelstudio"),
        ("a.json", b"[1]", None),
        ("README", b"Plain words", "txt"),
        ("a", b'{"text": "x"}', "jsonl"),
        ("a", b"PK\0\0", None),
        ("a.csv", b"id,text", "csv"),
        ("a.tsv", b"id\ttext", "tsv"),
        ("a.tsv", b"#FORMAT=WebAnno TSV 3.3\n", "webanno"),
        ("a.htm", b"<p>", "html"),
        ("a.xlsx", b"PK", "xlsx"),
        ("a.parquet", b"PAR1", "parquet"),
        ("a.ann", b"", "brat"),
        ("a.xmi", b"<?xml", "xmi"),
        ("a.xml", b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI">', "xmi"),
        ("TypeSystem.xml", b"<typeSystemDescription>", "beside"),
        ("a.xml", b"<other>", None),
        ("a.conll", b"Ada B-PER", "conll"),
        ("a.zip", b"PK", "zip"),
        ("logo.png", b"", "beside"),
        (".stats_cache", b"", "beside"),
        ("a.pdf", b"%PDF", None),
    ],
)
def test_formats_are_told_by_name_and_by_content(name, head, format):
    assert formats.recognise(name, head) == format


@pytest.mark.parametrize(
    ("name", "head", "wanted", "format"),
    [
        ("a.log", b"Ada B-PER", "conll", "conll"),
        ("a.zip", b"PK", "conll", "zip"),
        ("a.txt", b"Ada", "brat", "txt"),
        ("a.ann", b"", "brat", "brat"),
        ("a.csv", b"", "zip", "csv"),
    ],
)
def test_a_format_that_is_named_is_taken_but_for_archives(name, head, wanted, format):
    assert formats.recognise(name, head, wanted) == format
