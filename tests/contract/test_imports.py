import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from annotations.actions import clusters, imports
from annotations.models import Article, ImportJob
from tests.contract.people import ADMINS, only
from tests.contract.shapes import assert_fits, is_moment, is_uuid, maybe, page_of

ADDRESS = "projects/study/imports/"
ROW = {
    "id": is_uuid,
    "state": str,
    "step": str,
    "done": int,
    "total": int,
    "created": int,
    "duplicates": int,
    "refused": int,
    "failure": str,
    "dry_run": bool,
    "met": dict,
    "created_at": is_moment,
    "finished_at": maybe(is_moment),
    "clusters": {"state": str, "done": int, "total": int},
}
IMPORT = ROW | {"errors": [{"file": str, "line": int, "code": str, "detail": str}]}
STORY = "The ferry to Ossry sank in the night, and nobody was hurt."


def upload(*records):
    lines = "\n".join(json.dumps(record) for record in records)
    return SimpleUploadedFile("records.jsonl", lines.encode())


def ask_for(study, *records, name="admin", **options):
    body = {"files": [upload(*records)], **options}
    return study.ask(name, "POST", ADDRESS, body, format="multipart")


def work():
    """Do what the workers would."""
    job = ImportJob.objects.latest("pk")
    imports.run_import(job_id=job.pk, at=timezone.now())
    clusters.find(job_id=job.pk)


def test_imports_are_the_admins(study):
    asked = {
        name: ask_for(study, {"text": STORY, "id": name}, name=name).status_code
        for name in study.clients
    }

    assert asked == only(*ADMINS, status=202)
    assert study.everybody("GET", ADDRESS) == only(*ADMINS)
    assert study.everybody("GET", "projects/study/imports/{import}/") == only(*ADMINS)
    assert study.everybody("POST", "projects/study/imports/{import}/cancel/") == (
        only(*ADMINS, status=409)
    )


def test_an_import_is_taken_at_once_and_then_followed(study):
    taken = ask_for(
        study, {"text": STORY}, {"text": STORY, "id": "twin"}, {"text": "B.", "oops": 1}
    )
    queued = study.ask("admin", "GET", f"{ADDRESS}{taken.json()['id']}/").json()
    work()
    ready = study.ask("admin", "GET", f"{ADDRESS}{taken.json()['id']}/").json()

    assert taken.status_code == 202
    assert taken["Location"] == f"http://testserver/api/v1/{ADDRESS}{taken.json()['id']}/"
    for seen in (taken.json(), queued, ready):
        assert_fits(seen, IMPORT)
    assert_fits(study.ask("admin", "GET", ADDRESS).json(), page_of(ROW))
    assert (queued["state"], queued["clusters"]["state"]) == ("queued", "queued")
    named = ("state", "done", "total", "created", "duplicates", "clusters")
    assert {name: ready[name] for name in named} == {
        "state": "ready",
        "done": 3,
        "total": 3,
        "created": 2,
        "duplicates": 0,
        "clusters": {"state": "ready", "done": 2, "total": 2},
    }
    assert [(error["file"], error["line"]) for error in ready["errors"]] == [("records.jsonl", 3)]


def test_nothing_of_an_import_is_seen_before_it_is_ready(study):
    number = ask_for(study, {"text": STORY, "id": "ferry"}).json()["id"]
    query = f"projects/study/articles/?import={number}"

    assert study.ask("admin", "GET", query).json()["results"] == []
    work()
    assert [row["key"] for row in study.ask("admin", "GET", query).json()["results"]] == ["ferry"]


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(study):
    number = ask_for(study, {"text": STORY, "id": "ferry"}, dry_run="true").json()["id"]
    work()
    seen = study.ask("admin", "GET", f"{ADDRESS}{number}/").json()

    assert (seen["state"], seen["dry_run"], seen["created"]) == ("ready", True, 1)
    assert not Article.objects.filter(key="ferry").exists()


def test_a_cancelled_import_brings_nothing(study):
    number = ask_for(study, {"text": STORY, "id": "ferry"}).json()["id"]

    cancelled = study.ask("admin", "POST", f"{ADDRESS}{number}/cancel/")
    work()

    assert cancelled.status_code == 200
    assert_fits(cancelled.json(), IMPORT | {"state": "cancelled"})
    assert not Article.objects.filter(key="ferry").exists()


@pytest.mark.parametrize(
    ("on_duplicate", "created", "duplicates"), [("skip", 0, 1), ("keep", 1, 0)]
)
def test_the_same_text_again_is_skipped_or_kept(study, on_duplicate, created, duplicates):
    ask_for(study, {"text": STORY})
    work()
    number = ask_for(study, {"text": STORY}, on_duplicate=on_duplicate).json()["id"]
    work()
    seen = study.ask("admin", "GET", f"{ADDRESS}{number}/").json()

    assert (seen["created"], seen["duplicates"]) == (created, duplicates)


@pytest.mark.parametrize(
    ("options", "code"), [({}, ["unknown_label"]), ({"create_labels": "true"}, [])]
)
def test_a_label_that_nobody_declared_is_refused_or_made(study, options, code):
    spans = [{"start": 0, "end": 3, "label": "article", "quote": "The"}]
    number = ask_for(study, {"text": STORY, "spans": spans}, **options).json()["id"]
    work()
    seen = study.ask("admin", "GET", f"{ADDRESS}{number}/").json()

    assert [error["code"] for error in seen["errors"]] == code


@pytest.mark.parametrize(
    ("options", "status", "field"),
    [
        ({"format": "telepathy"}, 422, None),
        ({"on_duplicate": "burn"}, 422, "on_duplicate"),
        ({"dry_run": "perhaps"}, 422, "dry_run"),
        ({"surprise": "1"}, 400, "surprise"),
    ],
)
def test_an_option_that_can_not_be_meant_is_refused(study, options, status, field):
    refused = ask_for(study, {"text": STORY}, **options)

    assert refused.status_code == status
    named = [error["field"] for error in refused.json().get("errors", [])]
    assert named == ([field] if field else [])
