import io
import zipfile
from xml.etree import ElementTree

from exports.formats import xmi
from exports.formats.ledger import Ledger
from tests.exports.formats import awkward

UIMA = "{http://uima.apache.org/resourceSpecifier}"
ID = "{http://www.omg.org/XMI}id"


def members():
    data = b"".join(xmi.write(awkward.records(), Ledger("xmi", xmi.KEEPS)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: ElementTree.fromstring(archive.read(name))  # noqa: S314  # our own
            for name in archive.namelist()
        }


def test_the_type_system_declares_all_that_annotations_say():
    documents = members()
    declared = {
        description.findtext(f"{UIMA}name"): {
            feature.findtext(f"{UIMA}name") for feature in description.find(f"{UIMA}features")
        }
        for description in documents.pop("TypeSystem.xml").iter(f"{UIMA}typeDescription")
    }

    said = {"workbench.Span": set(), "workbench.Link": set()}
    for document in documents.values():
        for element in document.iter():
            namespace, _, name = element.tag.partition("}")
            if "workbench" in namespace:
                own = element.attrib.keys() - {ID, "sofa", "begin", "end"}
                said[f"workbench.{name}"] |= own
    assert said == declared
    assert "role" in declared["workbench.Span"]


def test_every_annotation_is_a_member_of_the_view():
    for name, document in members().items():
        if name != "TypeSystem.xml":
            ids = [e.get(ID) for e in document if "workbench" in e.tag]
            view = document.find("{http:///uima/cas.ecore}View")
            assert view.get("members").split() == ids
            sofa = document.find("{http:///uima/cas.ecore}Sofa")
            assert sofa.get("sofaString") in {
                record["text"].replace("\ufffe", "\ufffd") for record in awkward.records()
            }
