import io
from datetime import UTC, date, datetime

import pyarrow
import pytest
from pyarrow import parquet

from annotations.importing import columns, tables
from annotations.importing.sources import Unit
from tests.annotations.importing.files import rows, source, told, zipped

RECORD = {
    "text": "Ada, “spoke”\nin Peñalta.",
    "id": "7",
    "meta": {"title": "A talk", "Ward": "north"},
}


def table(delimiter=",", encoding="utf-8", ends="\r\n"):
    lines = [
        ["Nr", "Headline", "Body", "ID", "Ward"],
        ["1", "A talk", '"Ada, “spoke”\nin Peñalta."', "7", "north"],
        ["", "", "", "", ""],
        ["2", "", "Other", "", ""],
    ]
    return ends.join(delimiter.join(line) for line in lines).encode(encoding)


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        ("a.csv", ",", "utf-8"),
        ("a.csv", ",", "utf-8-sig"),
        ("a.csv", ";", "cp1252"),
        ("a.csv", "\t", "utf-16"),
        ("a.tsv", "\t", "utf-8"),
    ],
)
def test_a_row_is_an_article_and_its_headers_tell_what_is_what(name, delimiter, encoding):
    first, second = rows((name, table(delimiter, encoding)))
    assert first == (2, RECORD | {"meta": RECORD["meta"] | {"Nr": "1"}})
    assert second == (5, {"text": "Other", "meta": {"Nr": "2"}})


def test_columns_that_are_named_are_the_only_ones_taken():
    chosen = {"text": "Headline", "meta.place": "Ward"}
    assert rows(("a.csv", table()), columns=chosen) == [
        (2, {"text": "A talk", "meta": {"place": "north"}}),
        (5, {"text": ""}),
    ]


def test_the_first_of_two_headers_for_one_thing_is_it():
    assert columns.guess(["Date", "Published at", "content", "text", "", "Source"]) == {
        "meta.published_at": "Date",
        "text": "content",
        "meta.outlet": "Source",
        "meta.Published at": "Published at",
        "meta.text": "text",
    }


@pytest.mark.parametrize(
    ("data", "chosen", "line", "code"),
    [
        (b"", {}, 1, "empty_table"),
        (b"a,b\n1,2\n", {}, 1, "no_text_column"),
        (b"a,text\n1,2\n", {"text": "body"}, 1, "unknown_column"),
        (b"text," * 600, {}, 1, "too_many_columns"),
    ],
)
def test_a_table_that_can_not_be_taken_is_told(data, chosen, line, code):
    assert told(("a.csv", data), columns=chosen) == [(line, ("a.csv", line, code))]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"text\nfirst\nsec\0ond\nthird", "bad_csv"), (b"text\nfirst\n" + b"x" * 99, "bad_csv")],
)
def test_rows_before_a_damage_are_read(data, code, monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_ROW", 50)
    found = told(("a.csv", data))
    assert [line for line, _ in found] == [2, 3]
    assert (found[0][1], found[1][1][2]) == ({"text": "first"}, code)


def workbook(rows_: str, shared: str = "", styles: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped(
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="Articles" sheetId="1" r:id="rId7"/><sheet name="x" r:id="rId8"/>'
            "</sheets></workbook>".encode(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            b'<Relationships><Relationship Id="rId8" Target="worksheets/other.xml"/>'
            b'<Relationship Id="rId7" Target="worksheets/articles.xml"/></Relationships>',
        ),
        ("xl/sharedStrings.xml", f'<sst xmlns="{main}">{shared}</sst>'.encode()),
        ("xl/styles.xml", f'<styleSheet xmlns="{main}">{styles}</styleSheet>'.encode()),
        (
            "xl/worksheets/articles.xml",
            f'<worksheet xmlns="{main}"><sheetData>{rows_}</sheetData></worksheet>'.encode(),
        ),
    )


def test_a_workbook_is_read_with_its_shared_texts_numbers_and_dates():
    shared = (
        "<si><t>text</t></si><si><t>date</t></si>"
        "<si><r><t>Ada </t></r><r><t>spoke</t></r><rPh><t>エ</t></rPh></si>"
    )
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="d\\.m\\.yyyy"/>'
        '<numFmt numFmtId="171" formatCode="0.00&quot;d&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs>'
    )
    sheet = (
        '<row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2" t="s"><v>1</v></c>'
        '<c r="E2" t="inlineStr"><is><t>mark</t></is></c></row>'
        '<row r="4"><c r="B4" t="s"><v>2</v></c><c r="D4" s="1"><v>45356</v></c>'
        '<c r="E4" s="2"><v>1.5</v></c></row>'
        '<row r="5"><c r="B5" t="str"><v>Other</v></c><c r="D5" s="1"><v>45356.5</v></c></row>'
    )
    assert rows(("a.xlsx", workbook(sheet, shared, styles))) == [
        (4, {"text": "Ada spoke", "meta": {"published_at": "2024-03-05", "mark": "1.5"}}),
        (5, {"text": "Other", "meta": {"published_at": "2024-03-05 12:00:00"}}),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK", "bad_archive"),
        (zipped(("a.txt", b"x")), "bad_xlsx"),
        (workbook('<row><c t="s"><v>9</v></c></row>'), "bad_xlsx"),
        (workbook("<row>"), "bad_xml"),
    ],
)
def test_what_is_no_workbook_is_told(data, code):
    assert told(("a.xlsx", data))[0][1][2] == code


def test_parquet_is_read_with_its_types():
    written = io.BytesIO()
    content = {
        "id": [7, 8],
        "text": ["Ada spoke", "Other"],
        "published_at": [datetime(2024, 3, 5, 12, tzinfo=UTC), None],
        "day": [date(2024, 3, 5), None],
        "tags": [["a", "b"], None],
    }
    parquet.write_table(pyarrow.table(content), written)
    assert rows(("a.parquet", written.getvalue())) == [
        (
            1,
            {
                "text": "Ada spoke",
                "id": "7",
                "meta": {
                    "published_at": "2024-03-05T12:00:00+00:00",
                    "day": "2024-03-05",
                    "tags": '["a", "b"]',
                },
            },
        ),
        (2, {"text": "Other", "id": "8"}),
    ]
    unit = Unit("parquet", (source(written.getvalue(), "a.parquet"),))
    assert tables.count(unit) == 2
    assert tables.head(unit, 1) == (
        list(content),
        [["7", "Ada spoke", *("2024-03-05T12:00:00+00:00", "2024-03-05", '["a", "b"]')]],
    )


def test_what_is_no_parquet_is_told():
    assert told(("a.parquet", b"PAR1 nothing"))[0][1][2] == "bad_parquet"


@pytest.mark.parametrize("number", ["", "x", "-1", "²", "9" * 5000, "4294967296"])
def test_a_row_that_is_not_numbered_as_rows_are_has_the_next_number(number):
    sheet = (
        '<row r="1"><c t="inlineStr"><is><t>text</t></is></c></row>'
        f'<row r="{number}"><c t="inlineStr"><is><t>Ada</t></is></c></row>'
    )
    assert rows(("a.xlsx", workbook(sheet))) == [(2, {"text": "Ada"})]


@pytest.mark.parametrize("place", ["-1", "1", "x", "9" * 5000])
def test_a_cell_whose_text_is_not_there_is_told(place):
    sheet = f'<row><c t="s"><v>{place}</v></c></row>'
    assert told(("a.xlsx", workbook(sheet, "<si><t>text</t></si>")))[0][1][2] == "bad_xlsx"


@pytest.mark.parametrize("value", ["nan", "inf", "1e400", "2958465.9999999"])
def test_a_date_that_is_none_stays_as_it_is(value):
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    sheet = (
        '<row><c t="inlineStr"><is><t>text</t></is></c></row>'
        f'<row><c s="0"><v>{value}</v></c></row>'
    )
    [(_, found)] = rows(("a.xlsx", workbook(sheet, styles=styles)))
    assert found["text"] == value
