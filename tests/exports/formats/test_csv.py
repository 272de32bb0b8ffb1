import csv as reader
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exports.formats import csv
from exports.formats.ledger import Ledger
from tests.exports import golden

FORMULA_SIGNS = "=+-@\t\r＝＋－＠"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(*records):
    """Return the rows of what the format writes, as a spreadsheet reads them."""
    content = b"".join(csv.write(records, Ledger("csv", csv.KEEPS)))
    return list(reader.DictReader(io.StringIO(content.decode(), newline="")))


def record(**changes):
    return {
        "id": "a",
        "text_sha256": "0" * 64,
        "meta": {},
        "cluster": None,
        "split": None,
        "codebook_version": 1,
        "zones": [],
        "spans": [],
    } | changes


def span(**changes):
    return {
        "id": "6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c11",
        "start": 0,
        "end": 5,
        "label": "actor",
        "attributes": [],
        "links": [],
        "quote": "Mayor",
        "source": "unanimous",
        "coders": ["coder-1", "coder-2"],
        "decision": None,
    } | changes


def test_the_golden_records_give_the_golden_rows():
    records = map(json.loads, (golden.FOLDER / "articles.jsonl").read_bytes().splitlines())

    written = b"".join(csv.write(records, Ledger("csv", csv.KEEPS)))

    assert written == (golden.FOLDER / "spans.csv").read_bytes()


def test_each_span_has_a_row():
    first, second = read(record(spans=[span(), span(start=9, end=12, quote="Ada")]))

    assert (first["article"], first["start"], first["end"], first["quote"]) == (
        "a",
        "0",
        "5",
        "Mayor",
    )
    assert json.loads(first["coders"]) == ["coder-1", "coder-2"]
    assert (second["start"], second["decision"]) == ("9", "")


@pytest.mark.parametrize("spans", [{"spans": []}, {}])
def test_an_article_without_spans_has_one_row_with_an_empty_span(spans):
    given_record = record(**spans)
    if not spans:
        del given_record["spans"]

    (row,) = read(given_record)

    assert row["article"] == "a"
    assert {row[name] for name in ("span", "label", "start", "end", "quote", "source")} == {""}


def test_attributes_and_links_are_told_as_json():
    link = {"name": "speaker", "target": "6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c12"}
    (row,) = read(record(spans=[span(attributes=[{"name": "r", "value": "x"}], links=[link])]))

    assert json.loads(row["attributes"]) == [{"name": "r", "value": "x"}]
    assert json.loads(row["links"]) == [link]


def test_without_texts_the_quotes_are_empty():
    bare = span()
    del bare["quote"]

    (row,) = read(record(spans=[bare]))

    assert (row["start"], row["quote"]) == ("0", "")


@given(TEXTS, TEXTS)
@example('=HYPERLINK("http://x.example","y")', "+1")
@example("＝1+1", " =1+1")
@example("'quoted'", "-2\r\n@x")
def test_no_cell_is_a_formula_and_every_text_comes_back(text, title):
    (row,) = read(record(meta={"title": title}, spans=[span(quote=text, label=text)]))

    for cell, said in ((row["quote"], text), (row["label"], text), (row["title"], title)):
        assert not cell.lstrip(" ").startswith(tuple(FORMULA_SIGNS))
        assert cell.removeprefix("'") == said
