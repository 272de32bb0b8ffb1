import pytest

from annotations.importing import records
from tests.annotations.importing.files import rows, surfaces, told

HEAD = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Mood|kind


"""
BODY = """#Text=Ada 😀 Brandt spoke
1-1\t0-3\tAda\t*[1]\tactor[1]\t_\t
1-2\t4-6\t😀\t*[1]\tactor[1]\t_\t
1-3\t7-13\tBrandt\tQ7[1]|*[2]\tactor[1]|name[2]\t_\t
1-4\t14-19\tspoke\t_\t_\tloud\\_ly\t
1-4.1\t14-17\tspo\t*\tpart\t_\t

#Text=In Velmora.
2-1\t21-23\tIn\t_\t_\t_\t
2-2\t24-31\tVelmora\t*\tlocation\t_\t
2-3\t31-32\t.\t_\t_\t*\t
"""


def test_tokens_become_text_and_layers_become_spans():
    [(_, value)] = rows(("max/a.tsv", (HEAD + BODY).encode()))
    assert (value["id"], value["text"]) == ("a", "Ada 😀 Brandt spoke\n\nIn Velmora.")
    assert surfaces(value) == [
        ("actor", "Ada 😀 Brandt"),
        ("name", "Brandt"),
        ("part", "spo"),
        ("loud_ly", "spoke"),
        ("location", "Velmora"),
        ("Mood", "."),
    ]
    coding = records.check(value).codings[0]
    assert coding.coder == "max"
    assert coding.spans[0]["attributes"] == [{"name": "identifier", "value": "Q7"}]


def test_files_of_several_people_on_one_document_are_one_article():
    data = (HEAD + BODY).encode()
    files = [("p/annotation/a.txt/max.tsv", data), ("p/annotation/a.txt/eva.tsv", data)]
    [(_, value)] = rows(*files)
    assert value["id"] == "a"
    assert [coding["coder"] for coding in value["codings"]] == ["max", "eva"]


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (HEAD + BODY.replace("24-31\tVelmora", "24-31\tVelmara"), 15, "quote_mismatch"),
        (HEAD + BODY.replace("1-2\t4-6", "1-2\tfour"), 8, "bad_webanno"),
        (HEAD + BODY.replace("#Text=In", "#Text=On"), 14, "bad_webanno"),
        (HEAD.replace("#T_SP=w", "#T_RL=w") + BODY, 3, "has_relations"),
    ],
)
def test_what_does_not_fit_is_told_by_its_line(data, line, code):
    assert told(("a.tsv", data.encode())) == [(1, ("a.tsv", line, code))]
