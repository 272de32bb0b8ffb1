import json

from exports.formats import labelstudio
from exports.formats.ledger import Ledger
from tests.exports.formats import awkward


def test_offsets_are_what_javascript_counts():
    # The importer would take code points too, and so its reading them back proves nothing.
    ledger = Ledger("labelstudio", labelstudio.KEEPS)
    tasks = json.loads(b"".join(labelstudio.write(awkward.records(), ledger)))

    results = [r for task in tasks for r in task["annotations"][0]["result"] if "value" in r]
    units = awkward.LINES.encode("utf-16-le")
    quoted = [r["value"] for r in results if "labels" in r["value"]][:-2]
    assert len(quoted) == 17
    for value in quoted:
        place = slice(2 * value["start"], 2 * value["end"])
        assert units[place].decode("utf-16-le") == value["text"]
