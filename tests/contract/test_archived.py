"""An archived project is read-only: every call that writes is refused with one sentence."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from tests.contract.people import ADMINS, only
from tests.factories import UserFactory

# The same in every process that collects these tests, since it is part of a test's name.
SUBMISSION = "7b0f2a1e-44a6-4c8e-9d53-1f0c3b9a6d21"
OPS = {
    "client_id": "tab",
    "since": 0,
    "codebook_version": 1,
    "ops": [
        {
            "op_id": str(uuid.uuid4()),
            "seq": 1,
            "type": "create",
            "span_id": str(uuid.uuid4()),
            "start": 0,
            "end": 5,
            "label": "actor",
            "quote": "Mayor",
        }
    ],
}
WRITES = [
    ("admin", "PATCH", "projects/{project}/", {"name": "Another"}),
    ("admin", "POST", "projects/{project}/members/", {"username": "amina", "roles": ["coder"]}),
    ("admin", "PATCH", "projects/{project}/members/{member}/", {"roles": ["researcher"]}),
    ("admin", "DELETE", "projects/{project}/members/{member}/", None),
    ("admin", "POST", "projects/{project}/invitations/", {"roles": ["coder"]}),
    ("admin", "DELETE", "projects/{project}/invitations/{invitation}/", None),
    ("admin", "PUT", "projects/{project}/codebook/", "codebook"),
    ("admin", "POST", "projects/{project}/imports/", "files"),
    ("admin", "POST", "projects/{project}/imports/{import}/cancel/", None),
    ("admin", "PATCH", "articles/{article}/", {"meta": {"title": "Another"}}),
    ("admin", "POST", "articles/{article}/withdraw/", {"reason": "Rights"}),
    ("admin", "POST", "articles/{article}/restore/", None),
    (
        "admin",
        "POST",
        "projects/{project}/articles/describe/",
        {"values": {"outlet": "Gazette"}},
    ),
    ("admin", "POST", "projects/{project}/cleaning/", {"off": [], "patterns": []}),
    (
        "admin",
        "POST",
        "projects/{project}/batches/",
        {"name": "More", "articles": {"all": True}, "coders": "coder", "coders_per_article": 1},
    ),
    ("admin", "POST", "batches/{batch}/reassign/", {"from": "a", "to": "b"}),
    ("admin", "POST", "batches/{batch}/close/", None),
    ("admin", "POST", "assignments/{assignment}/release/", None),
    ("coder", "POST", "projects/{project}/next/", None),
    ("coder", "POST", "assignments/{assignment}/ops/", "ops"),
    (
        "coder",
        "POST",
        "assignments/{assignment}/submit/",
        {"submission_id": SUBMISSION, "doc_rev": 0},
    ),
    (
        "adjudicator",
        "PUT",
        "tasks/{task}/adjudication/cards/{card}/",
        {"base_version": 0, "outcome": "reject"},
    ),
    ("adjudicator", "POST", "tasks/{task}/adjudication/take/", {}),
    ("adjudicator", "POST", "tasks/{task}/adjudication/cards/{card}/remarks/", {"text": "So?"}),
    (
        "adjudicator",
        "POST",
        "tasks/{task}/adjudication/cards/{card}/spread/",
        {"base_version": 0},
    ),
    (
        "adjudicator",
        "DELETE",
        "tasks/{task}/adjudication/cards/{card}/?base_version=0",
        None,
    ),
    (
        "adjudicator",
        "POST",
        "tasks/{task}/adjudication/spans/",
        {"base_version": 0, "label": "actor", "start": 0, "end": 5},
    ),
    ("adjudicator", "POST", "tasks/{task}/adjudication/finish/", None),
    ("adjudicator", "POST", "tasks/{done}/adjudication/reopen/", None),
    ("adjudicator", "POST", "tasks/{task}/adjudication/return/", {"coder": "A", "note": "Look"}),
    (
        "admin",
        "POST",
        "projects/{project}/releases/",
        {"name": "Second", "formats": ["jsonl"], "include": ["gold"]},
    ),
    ("admin", "POST", "releases/{release}/cancel/", None),
    ("admin", "POST", "releases/{release}/retract/", {"reason": "Wrong"}),
]


@pytest.fixture
def archived(study):
    UserFactory(username="amina")
    study.project.archived_at = timezone.now()
    study.project.save()
    yield study
    study.project.archived_at = None


def body_of(study, body):
    if body == "codebook":
        current = study.ask("admin", "GET", "projects/study/codebook/").json()
        return {"labels": current["labels"], "rules": [], "change": "minor", "note": "More"}
    if body == "files":
        return {"files": ContentFile(b"A text", name="a.txt")}
    if body == "ops":
        return OPS | {"text_sha256": study.article.text_sha256}
    if body and body.get("coders"):
        return body | {"coders": [study.coder.user.username]}
    return body


@pytest.mark.parametrize(("who", "method", "address", "body"), WRITES, ids=lambda v: str(v)[:50])
def test_a_call_that_writes_is_refused(archived, who, method, address, body):
    path = address.replace("{done}", str(archived.done.uuid))
    more = {"format": "multipart"} if body == "files" else {}

    refused = archived.ask(who, method, path, body_of(archived, body), **more)

    assert (refused.status_code, refused.json()["code"]) == (409, "archived")
    assert "archived" in refused.json()["detail"]


def test_everything_is_still_read(archived):
    for who, address in (
        ("researcher", "releases/{release}/"),
        ("admin", "projects/{project}/batches/"),
        ("adjudicator", "tasks/{task}/adjudication/"),
        ("coder", "assignments/{assignment}/"),
    ):
        assert archived.ask(who, "GET", address).status_code == 200


def test_admins_bring_an_archived_project_back(study):
    assert study.everybody("POST", "projects/study/restore/") == only(*ADMINS)

    study.ask("admin", "POST", "projects/study/archive/")
    back = study.ask("admin", "POST", "projects/study/restore/").json()

    assert back["archived_at"] is None
    assert study.ask("admin", "PATCH", "projects/study/", {"name": "On"}).status_code == 200
    kinds = [
        row["kind"]
        for row in study.ask("admin", "GET", "projects/study/history/").json()["results"]
    ]
    assert kinds[:3] == ["project.changed", "project.reopened", "project.archived"]
