import pytest

from annotations.importing import records
from tests.annotations.importing.files import rows, surfaces, told

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
<typeDescription><name>custom.Span</name><supertypeName>uima.tcas.Annotation</supertypeName>
<features>
<featureDescription><name>kind</name><rangeTypeName>uima.cas.String</rangeTypeName>
</featureDescription>
<featureDescription><name>speaker</name><rangeTypeName>uima.cas.FSArray</rangeTypeName>
</featureDescription>
</features></typeDescription>
</types></typeSystemDescription>"""
OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"
 xmlns:custom="http:///custom.ecore" xmlns:tcas="http:///uima/tcas.ecore"
 xmlns:type="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
 xmlns:type2="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore">
<cas:NULL xmi:id="0"/>
"""
SPANS = """<tcas:DocumentAnnotation xmi:id="2" sofa="1" begin="0" end="20" language="en"/>
<type2:Token xmi:id="3" sofa="1" begin="0" end="3"/>
<type:NamedEntity xmi:id="4" sofa="1" begin="0" end="6" value="actor" identifier="Q7"/>
<custom:Span xmi:id="5" sofa="1" begin="7" end="12" kind="speech" speaker="6"/>
<custom:SpanLink xmi:id="6" role="who" target="4"/>
<custom:Span xmi:id="7" sofa="1" begin="7" end="12"/>
<custom:Relation xmi:id="8" sofa="1" begin="0" end="6" Governor="4" Dependent="5" value="did"/>
"""
CLOSE = '<cas:View sofa="1" members="2 3 4 5"/></xmi:XMI>'


def sofa(text: str) -> str:
    return f'<cas:Sofa xmi:id="1" sofaNum="1" mimeType="text" sofaString="{text}"/>\n'


def document(spans: str = SPANS, text: str = "Ada 😀&#13;&#10;spoke here.") -> bytes:
    return (OPEN + spans + sofa(text) + CLOSE).encode()


def test_annotations_become_spans_of_the_text_with_what_they_refer_to():
    files = [
        ("max/a.txt.xmi", document(text="Ada 😀 spoke here.")),
        ("TypeSystem.xml", TYPES.encode()),
    ]
    [(_, value)] = rows(*files)
    assert (value["id"], value["codings"][0]["coder"]) == ("a", "max")
    assert surfaces(value) == [("actor", "Ada 😀"), ("Span", "spoke"), ("speech", "spoke")]
    actor, _, speech = records.check(value).codings[0].spans
    assert actor["attributes"] == [{"name": "identifier", "value": "Q7"}]
    assert actor["links"] == [{"name": "did", "target": speech["id"]}]
    assert speech["links"] == [{"name": "who", "target": actor["id"]}]


def test_offsets_in_java_units_over_crlf_land_on_their_words():
    spans = '<custom:Span xmi:id="5" sofa="1" begin="8" end="13" label="speech"/>'
    [(_, value)] = rows(("a.xmi", document(spans)))
    assert surfaces(value) == [("speech", "spoke")]
    assert records.check(value).text == "Ada 😀\nspoke here."


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (
            document('<custom:Span xmi:id="5" sofa="1" begin="8" end="99"/>'),
            7,
            "span_outside_text",
        ),
        (document('<custom:Span xmi:id="5" sofa="1" begin="8" end="x"/>'), 7, "bad_span"),
        (document(sofa("Another text")), 8, "several_texts"),
        (document(text=""), 1, "no_text"),
        (document()[:-20], 15, "bad_xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 1, "bad_xml"),
        (b"<a>" * 1000, 1, "bad_xml"),
    ],
)
def test_what_is_damaged_or_hostile_is_told_by_its_line(data, line, code):
    assert told(("a.xmi", data)) == [(1, ("a.xmi", line, code))]
