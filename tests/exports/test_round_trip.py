"""What leaves with names comes in again, and leaves as the same bytes."""

import io
import json
import os
from pathlib import Path

import pytest
from django.core.files import File

from annotations.actions import imports
from annotations.models import Project
from exports.formats import jsonl
from tests.exports import golden, reading
from tests.exports.worlds import built
from tests.factories import TUESDAY, CodebookFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
EVERYTHING = {"include": ["gold", "codings"], "real_names": True}


def brought_in(content: bytes) -> Project:
    """Return a new project with what ``content`` brings."""
    project = ProjectFactory()
    CodebookFactory(project=project)
    job = imports.request_import(
        project=project,
        by=None,
        at=TUESDAY,
        files=[File(io.BytesIO(content), name="articles.jsonl")],
        create_labels=True,
    )
    job = imports.run_import(job_id=job.pk, at=TUESDAY)
    assert (job.state, list(job.problems.values_list("detail", flat=True))) == ("ready", [])
    return project


@pytest.mark.parametrize(
    "recipe",
    [
        EVERYTHING,
        {"real_names": True},
        {"include": ["codings"], "real_names": True},
        EVERYTHING | {"splits": {"train": 0.5, "test": 0.5}, "seed": 3},
    ],
)
def test_a_release_with_names_comes_back_as_the_same_bytes(recipe):
    first = built(golden.corpus(), **recipe)
    content = reading.content(first)
    assert content

    again = built(brought_in(content), **recipe)

    assert reading.content(again).decode() == content.decode()
    assert again.content_hash == first.content_hash


@pytest.mark.parametrize("name", ["polnear_train", "bratiaa_es"])
def test_real_codings_come_back_as_the_same_bytes(name):
    path = CORPORA / name / "articles.jsonl"
    if not path.exists():
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain(f"The corpus {name} is not beside the repository (../shared).")
    given = path.read_bytes()
    recipe = {"include": ["codings"], "real_names": True}

    first = built(brought_in(given), **recipe)
    again = built(brought_in(reading.content(first)), **recipe)

    assert first.manifest["counts"]["articles"] == len(given.splitlines())
    assert again.content_hash == first.content_hash


def test_gold_with_every_kind_of_field_survives():
    record = {
        "id": "x",
        "text": "Ada Brandt said so.",
        "meta": {"title": "T", "words": 4, "share": 0.25, "is_long": False, "none": None},
        "zones": [{"start": 11, "end": 18, "kind": "other"}],
        "cluster": "c-1",
        "split": "dev",
        "codebook_version": 1,
        "spans": [
            {
                "id": "5b0c9a52-6a0c-4a1f-9a55-0d4c5a1d7a11",
                "start": 0,
                "end": 10,
                "label": "person",
                "quote": "Ada Brandt",
                "note": "twice",
                "attributes": [{"name": "role", "value": "mayor"}],
                "links": [{"name": "self", "target": "5b0c9a52-6a0c-4a1f-9a55-0d4c5a1d7a11"}],
                "source": "majority",
                "coders": ["Ben", "Anna"],
                "decision": "0b0c9a52-6a0c-4a1f-9a55-0d4c5a1d7a12",
            }
        ],
    }

    (found,) = reading.records(built(brought_in(jsonl.line(record)), real_names=True))

    record["spans"][0]["coders"] = ["Anna", "Ben"]
    record["text_sha256"] = found["text_sha256"]
    assert found == json.loads(jsonl.line(record))
