"""Lists come in pages, by position and never by counting."""

from uuid import uuid4

import pytest

from tests.factories import ImportJobFactory
from tests.world import ACTOR

STEP = {"type": "create", "label": "actor", "start": 6, "end": 16, "quote": "Ada Brandt"}


@pytest.fixture
def lists(study):
    """Return every list that has pages, each with three rows or more, and who reads it."""
    for _ in range(3):
        ImportJobFactory(project=study.project)
        study.ask("admin", "POST", "tokens/", {"name": "laptop"})
        study.ask("admin", "POST", "projects/", {"name": "Floods"})
        study.ask("admin", "POST", "projects/study/releases/", {"name": "Gold"})
        study.make_coded_task([ACTOR], [])
    body = {
        "client_id": "laptop",
        "since": 0,
        "text_sha256": study.article.text_sha256,
        "codebook_version": 1,
    }
    for text_sha256 in ("0" * 64, study.article.text_sha256):
        for seq in range(3):
            op = STEP | {"op_id": str(uuid4()), "span_id": str(uuid4()), "seq": seq}
            sent = body | {"text_sha256": text_sha256, "ops": [op]}
            study.ask("coder", "POST", "assignments/{assignment}/ops/", sent)
    return {
        "tokens/": "admin",
        "projects/": "admin",
        "projects/study/members/": "admin",
        "projects/study/imports/": "admin",
        "projects/study/articles/": "admin",
        "projects/study/batches/": "admin",
        "projects/study/assignments/": "admin",
        "projects/study/tasks/": "adjudicator",
        "projects/study/releases/": "researcher",
        "projects/study/history/": "admin",
        "assignments/{assignment}/history/": "coder",
        "assignments/{assignment}/drafts/": "coder",
    }


def test_every_list_is_walked_forth_and_back_in_one_order(study, lists):
    for template, reader in lists.items():
        whole = study.ask(reader, "GET", template).json()
        assert (whole["next"], whole["previous"]) == (None, None), template
        assert len(whole["results"]) >= 3, template

        forth = pages(study, reader, f"{template}?page_size=2", "next")
        rows = [row for page in forth for row in page["results"]]
        back = pages(study, reader, inner(forth[-1]["previous"]), "previous")
        backwards = [row for page in reversed(back) for row in page["results"]]

        assert rows == whole["results"], template
        assert backwards + forth[-1]["results"] == rows, template


def pages(study, reader, address, way):
    """Return the pages from ``address`` on, to the end."""
    found = []
    while address:
        found.append(study.ask(reader, "GET", address).json())
        assert len(found[-1]["results"]) in {1, 2}, address
        assert len(found) < 40, f"no end of {address}"
        address = inner(found[-1][way])
    return found


def inner(address):
    """Return what ``Study.path`` makes this address of."""
    return address and address.removeprefix("http://testserver/api/v1/")


def test_every_list_refuses_what_is_no_place_in_it(study, lists):
    for template, reader in lists.items():
        for query in ("cursor=soon", "page_size=all", "page_size=0", "page_size=-1"):
            refused = study.ask(reader, "GET", f"{template}?{query}")
            assert refused.status_code == 422, (template, query)
            named = [error["field"] for error in refused.json()["errors"]]
            assert named == [query.split("=")[0]], template


def test_a_page_has_two_hundred_rows_at_most(study):
    for number in range(201):
        study.project.batches.create(
            name=f"Batch number {number}", strategy="balanced", created_at=study.batch.created_at
        )

    page = study.ask("admin", "GET", "projects/study/batches/?page_size=1000").json()

    assert len(page["results"]) == 200
    assert page["next"]
