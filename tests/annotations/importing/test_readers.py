import io
import json

import pytest

from annotations.importing import formats, jsonl, txt
from annotations.importing.problems import Problem


def lines_of(data: bytes) -> list:
    return [
        (line, found.code if isinstance(found, Problem) else found)
        for line, found in jsonl.read(io.BytesIO(data))
    ]


def test_each_line_is_a_record_and_blank_ones_are_counted_but_passed_over():
    data = b'\xef\xbb\xbf{"text": "a"}\r\n\n{"text": "b"}'
    assert lines_of(data) == [(1, {"text": "a"}), (3, {"text": "b"})]
    assert jsonl.count(io.BytesIO(data)) == 2


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


def test_a_text_file_is_one_article_with_the_headline_as_its_title():
    data = b"Newsfeed\n\n  By Nelly Karsun\n\nAid convoy turned back at pass\n\nText."
    [(line, record)] = txt.read(io.BytesIO(data))
    assert (line, record["text"]) == (1, data.decode())
    assert record["meta"] == {"title": "Aid convoy turned back at pass"}


@pytest.mark.parametrize(
    "line",
    [
        "05 March 2024 / 17:07 RU",
        "Home  News  Weather  Business",
        "Home | News | Weather | Opinion",
        "By Nelly Karsun in Maravan",
        "Tuesday 21st of May, 2024, 6.30 p.m.",
    ],
)
def test_furniture_is_no_headline(line):
    assert txt.headline(f"{line}\nShort one.") == ""


def test_a_text_in_another_encoding_is_read():
    [(_, record)] = txt.read(io.BytesIO("Peñalta — “sí”".encode("cp1252")))
    assert record["text"] == "Peñalta — “sí”"


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.txt", b'{"text": "x"}', "txt"),
        ("a.JSONL", b"", "jsonl"),
        ("a.json", b' {"text": "x"}', "jsonl"),
        ("a.json", b"[1]", None),
        ("README", b"Plain words", "txt"),
        ("a", b'{"text": "x"}', "jsonl"),
        ("a", b"PK\0\0", None),
        ("a.csv", b"id,text", None),
        ("a.zip", b"PK", None),
        ("a.pdf", b"%PDF", None),
    ],
)
def test_formats_are_told_by_name_and_by_content(name, head, format):
    assert formats.recognise(name, io.BytesIO(head)) == format
