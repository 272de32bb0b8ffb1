"""``Idempotency-Key`` on every POST that creates."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.models import ApiToken, Batch, Decision, ImportJob, Member, Project, User
from exports.models import Release
from tests.factories import ArticleFactory

SPANS = "tasks/{task}/adjudication/spans/"


def creating(study, name):
    """Return where ``name`` is made, by whom, with which body, another body, and its rows."""
    first, second = ArticleFactory.create_batch(2, project=study.project)
    user = User.objects.create(username="newcomer")
    span = {"base_version": study.coded.version, "label": "event", "start": 42, "end": 47}
    batch = {"name": "Spring", "coders": [study.coder.user.username], "coders_per_article": 1}
    return {
        "token": ("tokens/", "admin", {"name": "a"}, {"name": "b"}, ApiToken),
        "project": ("projects/", "admin", {"name": "Floods"}, {"name": "Storms"}, Project),
        "member": (
            "projects/study/members/",
            "admin",
            {"username": user.username, "roles": ["coder"]},
            {"username": user.username, "roles": ["researcher"]},
            Member,
        ),
        "batch": (
            "projects/study/batches/",
            "admin",
            {**batch, "articles": {"ids": [str(first.uuid)]}},
            {**batch, "articles": {"ids": [str(second.uuid)]}},
            Batch,
        ),
        "span": (SPANS, "adjudicator", span, span | {"label": "claim"}, Decision),
        "release": (
            "projects/study/releases/",
            "admin",
            {"name": "Gold"},
            {"name": "Silver"},
            Release,
        ),
    }[name]


@pytest.mark.parametrize("name", ["token", "project", "member", "batch", "span", "release"])
def test_what_creates_is_done_once_and_answered_twice(study, name):
    where, who, body, another, model = creating(study, name)
    key = {"Idempotency-Key": "3f1c"}

    first = study.ask(who, "POST", where, body, headers=key)
    rows = model.objects.count()
    again = study.ask(who, "POST", where, body, headers=key)
    other = study.ask(who, "POST", where, another, headers=key)

    assert first.status_code in {201, 202}
    assert again.status_code == first.status_code
    secret = {"token"} if name == "token" else set()
    assert again.json() == {k: v for k, v in first.json().items() if k not in secret}
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert model.objects.count() == rows


def test_files_that_are_sent_again_are_not_imported_again(study):
    def send(text):
        body = {"files": [SimpleUploadedFile("a.jsonl", json.dumps({"text": text}).encode())]}
        key = {"Idempotency-Key": "3f1c"}
        return study.ask(
            "admin", "POST", "projects/study/imports/", body, format="multipart", headers=key
        )

    rows = ImportJob.objects.count()
    first, again, other = send("A."), send("A."), send("B.")

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert again.json() == first.json()
    assert ImportJob.objects.count() == rows + 1


def test_a_key_is_for_one_address_with_its_parameters(study):
    where, who, body, *_ = creating(study, "batch")
    key = {"Idempotency-Key": "3f1c"}

    shown = study.ask(who, "POST", f"{where}?preview=true", body, headers=key)
    made = study.ask(who, "POST", where, body, headers=key)

    assert shown.status_code == 200
    assert (made.status_code, made.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_is_none_is_refused(study, key):
    refused = study.ask(
        "admin", "POST", "projects/", {"name": "Floods"}, headers={"Idempotency-Key": key}
    )

    assert (refused.status_code, refused.json()["code"]) == (400, "parse_error")
    assert not Project.objects.filter(name="Floods").exists()
