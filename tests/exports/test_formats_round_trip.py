"""What a release is written as comes in again, through the whole import and out as records."""

import io
from collections import Counter

import pytest
from django.core.files import File

from annotations.actions import imports
from exports.formats import DERIVED
from exports.formats.ledger import GOLD, Ledger
from tests.exports import reading
from tests.exports.formats import awkward
from tests.exports.worlds import built
from tests.factories import TUESDAY, CodebookFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
#: Whose readers are given the text: their spans come back to the place.
IN_PLACE = ["brat", "xmi", "labelstudio", "doccano"]


def written(format, records):
    """Return the name of the file, its bytes, and the spans that it lacks."""
    lost = []
    ledger = Ledger(format, DERIVED[format].KEEPS, lost.append)
    content = b"".join(DERIVED[format].write(iter(records), ledger))
    return DERIVED[format].NAME, content, {(row["article"], row["span"]) for row in lost}


def back(name, content):
    """Import a file into an empty project; return what it exports again, by its text."""
    project = ProjectFactory()
    CodebookFactory(project=project)
    job = imports.request_import(
        project=project,
        by=None,
        at=TUESDAY,
        files=[File(io.BytesIO(content), name=name)],
        create_labels=True,
    )
    job = imports.run_import(job_id=job.pk, at=TUESDAY)
    assert (job.state, list(job.problems.values_list("detail", flat=True))) == ("ready", [])
    release = built(project, include=["codings"], real_names=True)
    gold = built(project, real_names=True)
    return {
        record["text"]: record for record in (*reading.records(release), *reading.records(gold))
    }


def gold_of(record):
    """Return the spans that were gold: as such, or as the work of whom the file is named after."""
    if "spans" in record:
        return record["spans"]
    codings = {coding["coder"]: coding["spans"] for coding in record["codings"]}
    return codings[GOLD] if len(codings) > 1 else next(iter(codings.values()))


def places(spans):
    return Counter((span["start"], span["end"], span["label"]) for span in spans)


@pytest.mark.parametrize("format", IN_PLACE)
def test_texts_and_spans_come_back_to_their_place(format):
    records = awkward.records()
    name, content, lost = written(format, records)

    found = back(name, content)

    for record in records:
        # XML has no such character, and gets a replacement for it.
        text = record["text"].replace("\ufffe", "\ufffd") if format == "xmi" else record["text"]
        kept = [span for span in record["spans"] if (record["id"], span["id"]) not in lost]
        assert places(gold_of(found[text])) == places(kept)


def test_words_and_spans_come_back_where_only_words_are_told():
    records = awkward.records()
    name, content, lost = written("conll", records)

    found = back(name, content)

    def words(text, spans):
        quotes = (text[span["start"] : span["end"]].split() for span in spans)
        return "".join(text.split()), Counter(
            (span["label"], "".join(quote)) for span, quote in zip(spans, quotes, strict=True)
        )

    kept = {r["id"]: [s for s in r["spans"] if (r["id"], s["id"]) not in lost] for r in records}
    assert dict(words(text, gold_of(one)) for text, one in found.items()) == dict(
        words(record["text"], kept[record["id"]]) for record in records
    )
