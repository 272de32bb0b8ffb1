from collections import Counter

import pytest

from annotations.importing import records
from tests.annotations.importing.files import CORPORA, folder, rows, surfaces, told

TEXT = "Ada Brandt spoke\nin Velmora."


def brat(*lines: str, text: str = TEXT) -> list[tuple[str, bytes]]:
    return [("Max/a.txt", text.encode()), ("Max/a.ann", "\n".join(lines).encode())]


def test_a_real_project_is_four_coders_with_all_their_spans():
    found = [
        records.check(record) for _, record in rows(*folder(CORPORA / "bratiaa_es/brat_original"))
    ]

    coders = Counter()
    for record in found:
        for coding in record.codings:
            coders[coding.coder] += len(coding.spans)
    assert len(found) == 7
    assert set(coders) == {"Lisa", "Maria", "Max", "Peter"}
    assert coders.total() == 1567


def test_one_document_of_several_coders_is_one_article():
    files = [
        ("project/Max/news/a.txt", TEXT.encode()),
        ("project/Max/news/a.ann", b"T1\tactor 0 10\tAda Brandt\n"),
        ("project/Eva/news/a.txt", TEXT.encode()),
        ("project/Eva/news/a.ann", b""),
        ("project/annotation.conf", b"[entities]\nactor\n"),
        ("project/README", b"About the project\n"),
    ]
    [(line, record)] = rows(*files)
    assert (line, record["id"]) == (1, "news/a")
    assert [coding["coder"] for coding in record["codings"]] == ["Max", "Eva"]
    assert surfaces(record) == [("actor", "Ada Brandt")]
    assert surfaces(record, coder=1) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Ada 😀\r\nspoke in Velmora.", "16 23"),  # as Python counts the file
        ("Ada 😀\r\nspoke in Velmora.", "15 22"),  # as after CRLF became LF
        ("Ada 😀\r\nspoke in Velmora.", "17 24"),  # as Java counts it
        ("\ufeffAda 😀 spoke in Velmora.", "15 22"),
    ],
)
def test_offsets_are_told_by_their_quotes(text, place):
    at = text.lstrip("\ufeff").index("Velmora")
    _, record = rows(*brat(f"T1\tlocation {place}\tVelmora", text=text))[0]
    found = records.check(record)
    assert surfaces(record) == [("location", "Velmora")]
    assert found.codings[0].spans[0]["start"] == at - text.count("\r\n")


def test_what_hangs_on_spans_comes_with_them():
    lines = [
        "T1\tactor 0 10\tAda Brandt",
        "T2\tspeech 11 16\tspoke",
        "T3\tlocation 20 27\tVelmora",
        "E1\tspeech:T2 Speaker:T1 Place2:T3",
        "R1\tnear Arg1:T1 Arg2:T3",
        "A1\tNegated E1",
        "A2\tCertainty T1 high",
        "N1\tReference T3 Gazetteer:77\tVelmora",
        "#1\tAnnotatorNotes T1\tThe mayor",
        "#2\tAnnotatorNotes R1\tA note on a relation",
    ]
    [(_, record)] = rows(*brat(*lines))
    actor, speech, location = records.check(record).codings[0].spans
    assert speech["links"] == [
        {"name": "Speaker", "target": actor["id"]},
        {"name": "Place", "target": location["id"]},
    ]
    assert actor["links"] == [{"name": "near", "target": location["id"]}]
    assert speech["attributes"] == [{"name": "Negated", "value": "true"}]
    assert actor["attributes"] == [{"name": "Certainty", "value": "high"}]
    assert location["attributes"] == [{"name": "Gazetteer", "value": "77"}]
    assert actor["note"] == "The mayor"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("T2\tactor 0 10\tAda Brando", "quote_mismatch"),
        ("T2\tactor 20 99\tVelmora.", "span_outside_text"),
        ("T2\tactor 10 10\t", "bad_span"),
        ("T2\tactor 0 3;17 19\tAda in", "discontinuous"),
        ("T1\tactor 0 3\tAda", "span_id_repeated"),
        ("T2 actor 0 3 Ada", "bad_annotation"),
        ("A1\tNegated T9", "unknown_target"),
        ("R1\tnear Arg1:T1 Arg2:T9", "unknown_target"),
    ],
)
def test_a_bad_line_refuses_its_article_by_file_and_line_and_the_next_is_read(line, code):
    good = [("Max/b.txt", b"Other text."), ("Max/b.ann", b"")]
    found = told(*brat("T1\tlocation 20 27\tVelmora", line), *good)
    assert found[0] == (1, ("Max/a.ann", 2, code))
    assert found[1][1]["id"] == "b"


def test_coders_of_different_texts_are_told():
    files = [*brat(""), ("Eva/a.txt", b"Another text"), ("Eva/a.ann", b"")]
    assert told(*files) == [(1, ("Eva/a.txt", 1, "texts_differ"))]


def test_annotations_without_their_text_are_told():
    assert told(("a.ann", b"")) == [(1, ("a.ann", 1, "no_text"))]


def test_a_backslash_and_an_n_are_what_the_text_has_or_a_line_break():
    text = "A \\n and\na break"
    lines = ["T1\tactor 0 16\tA \\n and a break", "T2\tactor 5 12\tand\\na b"]

    _, record = rows(*brat(*lines, text=text))[0]

    assert surfaces(record) == [("actor", text[:16]), ("actor", "and\na b")]
