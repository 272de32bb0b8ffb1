"""UIMA CAS as XMI, with the type system that explains it; INCEpTION opens both."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from exports.formats import utf16, zipped
from exports.formats.ledger import Ledger, Record, Span, layers

NAME = "xmi.zip"
TITLE = _("UIMA CAS XMI for INCEpTION, zipped")
KEEPS = frozenset({"attributes", "links", "codings"})
NEEDS = frozenset({"text"})
CARD = (
    f"`{NAME}` has a UIMA CAS for each article, in the folder `gold` and one for each coder, and",
    "`TypeSystem.xml`, which a tool wants first. Its offsets count UTF-16 units. Files are named",
    "by the article's id, percent-encoded. A character that XML can't hold is U+FFFD in it.",
)

_FEATURE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: What a feature of a span can't be called: it has these, or would be named by them.
_TAKEN = frozenset({"sofa", "begin", "end", "label", "value", "Governor", "Dependent", "self"})
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;"}
    | {"\r": "&#13;"}
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"'
    ' xmlns:workbench="http:///workbench.ecore" xmi:version="2.0">\n'
    '<cas:NULL xmi:id="0"/>\n'
)
_SOFA = 1


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the archive; the type system, which knows every attribute, comes last."""
    return zipped.archive(_members(records, ledger))


def _members(records: Iterable[Record], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    features: set[str] = set()
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        for layer, spans in layers(record):
            path = f"{zipped.stem(layer)}/{zipped.stem(record['id'])}.xmi"
            yield path, "".join(_document(record["text"], spans, features, ledger)).encode()
    yield "TypeSystem.xml", _types(features).encode()


def _document(text: str, spans: list[Span], features: set[str], ledger: Ledger) -> Iterator[str]:
    units = utf16.counter(text)
    numbers = {span["id"]: number for number, span in enumerate(spans, start=_SOFA + 1)}
    place = {s["id"]: f'begin="{units(s["start"])}" end="{units(s["end"])}"' for s in spans}
    last = _SOFA + len(spans)
    yield _HEAD
    for span in spans:
        ledger.wrote(span)
        said = _attributes(span, ledger)
        features.update(said)
        values = "".join(f' {name}="{_escaped(value)}"' for name, value in said.items())
        yield (
            f'<workbench:Span xmi:id="{numbers[span["id"]]}" sofa="{_SOFA}" {place[span["id"]]}'
            f' label="{_escaped(span["label"])}"{values}/>\n'
        )
    for span in spans:
        for link in span["links"]:
            if link["target"] not in numbers:
                ledger.left_out("links")
                continue
            last += 1
            yield (
                f'<workbench:Link xmi:id="{last}" sofa="{_SOFA}" {place[link["target"]]}'
                f' label="{_escaped(link["name"])}" Governor="{numbers[span["id"]]}"'
                f' Dependent="{numbers[link["target"]]}"/>\n'
            )
    members = " ".join(map(str, range(_SOFA + 1, last + 1)))
    yield (
        f'<cas:Sofa xmi:id="{_SOFA}" sofaNum="1" sofaID="_InitialView" mimeType="text"'
        f' sofaString="{_escaped(text)}"/>\n'
        f'<cas:View sofa="{_SOFA}" members="{members}"/>\n</xmi:XMI>\n'
    )


def _attributes(span: Span, ledger: Ledger) -> dict[str, str]:
    """Return the attributes that can be features: one value a name, and a name as UIMA has it."""
    said: dict[str, str] = {}
    for attribute in span["attributes"]:
        name = attribute["name"]
        if name in said or name in _TAKEN or not _FEATURE.fullmatch(name):
            ledger.left_out("attributes")
        else:
            said[name] = attribute["value"]
    return said


def _escaped(text: str) -> str:
    """Return a text as the value of an XML attribute; what XML can't hold is U+FFFD in it."""
    return _NO_XML.sub("\ufffd", text).translate(_ESCAPES)


def _types(features: set[str]) -> str:
    spans = "".join(_feature(name, "uima.cas.String") for name in ("label", *sorted(features)))
    ends = "".join(_feature(name, "workbench.Span") for name in ("Governor", "Dependent"))
    links = _feature("label", "uima.cas.String") + ends
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">\n<types>\n'
        f"{_type('workbench.Span', spans)}{_type('workbench.Link', links)}"
        "</types>\n</typeSystemDescription>\n"
    )


def _type(name: str, features: str) -> str:
    return (
        f"<typeDescription><name>{name}</name><description/>"
        f"<supertypeName>uima.tcas.Annotation</supertypeName>\n"
        f"<features>\n{features}</features></typeDescription>\n"
    )


def _feature(name: str, kind: str) -> str:
    return (
        f"<featureDescription><name>{name}</name><description/>"
        f"<rangeTypeName>{kind}</rangeTypeName></featureDescription>\n"
    )
