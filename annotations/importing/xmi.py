"""UIMA CAS as XMI: a text in its Sofa, and annotations that a type system explains."""

from collections.abc import Iterator
from typing import Any

from annotations.importing import standoff
from annotations.importing.problems import Problem
from annotations.importing.shapes import refuse_crowd
from annotations.importing.sources import Source, Tools, Unit
from annotations.importing.standoff import Mark
from annotations.importing.xml_events import Element, elements

LONGEST = 4 * 2**20
#: With a line for each word.
LARGEST = 64 * 2**20
LARGEST_TYPES = 2 * 2**20

_STRING = "uima.cas.String"
_XMI_ID = "http://www.omg.org/XMI id"
#: What tools put in to say where words and sentences are, and what document this is.
_STRUCTURE = (
    "uima.tcas.DocumentAnnotation",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.",
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.",
    "de.tudarmstadt.ukp.clarin.webanno.api.type.",
)
_PLACE = {"begin", "end", "sofa"}
_ENDS = {"Governor", "Dependent"}
_LISTS = {"uima.cas.FSArray", "uima.cas.FSList", "uima.cas.TOP"}
_NAMING_FEATURES = ("value", "label", "category", "type")


def count(unit: Unit) -> int:
    return 1


def read(unit: Unit, tools: Tools) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Yield one article with what is in each coder's file; their texts must be one text."""
    units = (standoff.UTF_16, standoff.CODE_POINTS)
    yield from standoff.article_of(unit, _documents(unit), units)


def _documents(unit: Unit) -> Iterator["_Document"]:
    types = _types(unit.beside[0]) if unit.beside else {}
    for source in unit.files:
        yield _Document(source, types)


class _Document:
    """One XMI file, read: its first Sofa, and what lies on it."""

    def __init__(self, source: Source, types: dict[str, dict[str, str]]):
        self._name = source.name
        self._types = types
        self._found: list[Element] = []
        #: The slots of an annotation: what each is called, and what fills it.
        self._slots: dict[str, tuple[str, str]] = {}
        self._links = 0
        sofas: list[Element] = []
        if source.size > LARGEST:
            detail = f"Such a file may have {LARGEST >> 20} MB."
            raise Problem("file_too_large", detail).at(source.name, 1)
        try:
            with source.open() as file:
                for element in elements(file, longest=LONGEST):
                    values = element.attributes
                    if element.name == "Sofa" and values.get("sofaString"):
                        sofas.append(element)
                        _refuse_second(sofas)
                    elif values.keys() >= _PLACE:
                        if not _type_name(element).startswith(_STRUCTURE):
                            self._found.append(element)
                    elif "target" in values and _XMI_ID in values:
                        self._slots[values[_XMI_ID]] = (values.get("role", ""), values["target"])
                    refuse_crowd(len(self._found), 0)
                    refuse_crowd(len(self._slots), 0)
        except Problem as problem:
            raise problem.at(source.name, 1) from None
        source.encoding = "utf-8"
        if not sofas:
            raise Problem("no_text", "It has no Sofa with a text.").at(source.name, 1)
        self.text = sofas[0].attributes["sofaString"]
        self._sofa = sofas[0].attributes.get(_XMI_ID)

    def marks(self) -> list[Mark]:
        here = [e for e in self._found if e.attributes["sofa"] == self._sofa]
        spans = [element for element in here if not element.attributes.keys() >= _ENDS]
        marks = {element.attributes.get(_XMI_ID, ""): self._mark(element) for element in spans}
        for element in spans:
            self._fill_slots(element, marks)
        for element in here:
            # A relation covers a stretch too, but is said by what it joins.
            if element.attributes.keys() >= _ENDS:
                start, end = (element.attributes[name] for name in ("Governor", "Dependent"))
                if start in marks and end in marks:
                    name = self._named(element)[1]
                    marks[start].links.append({"name": name, "target": end})
        return list(marks.values())

    def _mark(self, element: Element) -> Mark:
        values = element.attributes
        try:
            start, end = int(values["begin"]), int(values["end"])
        except ValueError:
            detail = "Its place is no number."
            raise Problem("bad_span", detail).at(self._name, element.line) from None
        naming, label = self._named(element)
        own_id = values.get(_XMI_ID)
        mark = Mark(start, end, label, id=own_id, file=self._name, line=element.line)
        said = {*_PLACE, _XMI_ID, naming}
        for name, value in values.items():
            if value and name not in said and not self._is_reference(element, name):
                mark.attributes.append({"name": name, "value": value})
        return mark

    def _fill_slots(self, element: Element, marks: dict[str, Mark]) -> None:
        mark = marks[element.attributes.get(_XMI_ID, "")]
        for name, value in element.attributes.items():
            if name in _PLACE or not self._is_reference(element, name):
                continue
            for one in value.split():
                role, target = self._slots.get(one, (name, one))
                if target in marks:
                    mark.links.append({"name": role or name, "target": target})
                    self._links += 1
                    refuse_crowd(self._links, 0)

    def _named(self, element: Element) -> tuple[str, str]:
        """Return what an annotation is called: by its telling feature, else by its type."""
        type_name = _type_name(element)
        values = element.attributes
        names = [name for name in _NAMING_FEATURES if values.get(name)]
        if not names:
            texts = [n for n, kind in self._types.get(type_name, {}).items() if kind == _STRING]
            names = texts if len(texts) == 1 and values.get(texts[0]) else []
        return (names[0], values[names[0]]) if names else ("", type_name.rpartition(".")[2])

    def _is_reference(self, element: Element, name: str) -> bool:
        kind = self._types.get(_type_name(element), {}).get(name, _STRING)
        return not kind.startswith("uima.cas.") or kind in _LISTS


def _refuse_second(sofas: list[Element]) -> None:
    if len(sofas) > 1:
        detail = "It has several texts, and an article is one."
        raise Problem("several_texts", detail).at("", sofas[1].line)


def _type_name(element: Element) -> str:
    """Return a type's dotted name, which XMI writes as a namespace: ``http:///a/b.ecore``."""
    package = element.namespace.removeprefix("http:///").removesuffix(".ecore")
    return f"{package.replace('/', '.')}.{element.name}".removeprefix("noNamespace.")


def _types(source: Source) -> dict[str, dict[str, str]]:
    """Return each type of a type system with its features and their ranges."""
    types: dict[str, dict[str, str]] = {}
    waiting: dict[str, str] = {}
    feature: dict[str, str] = {}
    own: dict[str, str] = {}
    if source.size > LARGEST_TYPES:
        detail = f"A type system may have {LARGEST_TYPES >> 20} MB."
        raise Problem("file_too_large", detail).at(source.name, 1)
    try:
        with source.open() as file:
            for element in elements(file, longest=LONGEST):
                outer = element.path[-1] if element.path else ""
                if outer == "featureDescription":
                    feature[element.name] = element.text.strip()
                elif element.name == "featureDescription":
                    own[feature.get("name", "")] = feature.get("rangeTypeName", "")
                    feature = {}
                elif outer == "typeDescription":
                    waiting[element.name] = element.text.strip()
                elif element.name == "typeDescription":
                    types[waiting.get("name", "")] = own
                    waiting, own = {}, {}
    except Problem as problem:
        raise problem.at(source.name, 1) from None
    return types
