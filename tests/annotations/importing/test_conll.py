import pytest

from annotations.importing import records
from tests.annotations.importing.files import rows, surfaces, told

TWO = b"""-DOCSTART- -X- O O

Ada NNP B-NP B-PER
Brandt NNP I-NP I-PER
spoke VBD B-VP O
. . O O

Velmora NNP B-NP I-LOC
Ada NNP B-NP B-PER

-DOCSTART- -X- O O

Nothing NN B-NP O
"""


def test_documents_and_sentences_are_put_together_with_their_spans():
    first, second = rows(("max.conll", TWO))
    assert (first[0], first[1]["id"], first[1]["text"]) == (
        1,
        "max",
        "Ada Brandt spoke .\nVelmora Ada",
    )
    assert surfaces(first[1]) == [("PER", "Ada Brandt"), ("LOC", "Velmora"), ("PER", "Ada")]
    assert (second[0], second[1]["id"]) == (11, "max-2")
    assert records.check(second[1]).codings[0].spans == []


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        ("B-A I-A O", ["a b"]),
        ("B-A B-A I-A", ["a", "b c"]),
        ("I-A I-B I-B", ["a", "b c"]),
        ("B-A E-A S-A", ["a b", "c"]),
        ("U-A B-A L-A", ["a", "b c"]),
        ("I-A O I-A", ["a", "c"]),
    ],
)
def test_every_scheme_is_read(labels, spans):
    lines = [f"{word}\t{label}" for word, label in zip("abc", labels.split(), strict=True)]
    [(_, record)] = rows(("a.iob", "\r\n".join(lines).encode("utf-8-sig")))
    assert [surface for _, surface in surfaces(record)] == spans


def test_universal_columns_say_where_no_space_was():
    lines = [
        "# newdoc id = weekly-7",
        "# text = Ada's here",
        "1-2\tAda's\t_\t_\t_\t_\t_\t_\t_\t_",
        "1\tAda\tAda\tPROPN\t_\t_\t0\troot\t_\tSpaceAfter=No|B-PER",
        "2\t's\t's\tPART\t_\t_\t1\tcase\t_\t_",
        "3\there\there\tADV\t_\t_\t1\tadv\t_\t_",
    ]
    [(_, record)] = rows(("a.conllu", "\n".join(lines).encode()))
    assert (record["id"], record["text"]) == ("weekly-7", "Ada's here")
    assert surfaces(record) == [("PER", "Ada")]


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (b"Ada B-PER\nBrandt NOUN\n", 2, "bad_conll"),
        (b"Ada B-PER\nBrandt\n", 2, "bad_conll"),
        (b"Ada B-PER\nBr\xff B-PER\n", 2, "undecodable"),
        (b"", 1, "empty_text"),
    ],
)
def test_what_is_no_conll_is_told_by_its_line(data, line, code):
    assert told(("a.conll", data)) == [(line, ("a.conll", line, code))]
