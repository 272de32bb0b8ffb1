import json
import uuid
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.actions import clusters, imports
from annotations.enums import JobState, Role
from annotations.models import Article, ImportJob
from tests.factories import (
    TUESDAY,
    CodebookFactory,
    ImportJobFactory,
    MemberFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
REPORTS = Path(__file__).parents[4] / "shared" / "corpora" / "near_duplicates"


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def address(admin):
    return f"/api/v1/projects/{admin.project.slug}/imports/"


def signed_in(user):
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def client(admin):
    return signed_in(admin.user)


def upload(*records, name="records.jsonl"):
    data = "\n".join(json.dumps(record) for record in records).encode()
    return SimpleUploadedFile(name, data)


def post(client, address, *files, **fields):
    return client.post(address, {"files": list(files), **fields}, format="multipart")


def test_an_import_is_taken_at_once_and_reported_on(client, address):
    taken = post(client, address, upload({"text": "A."}, {"oops": 1}), upload({"text": "B."}))
    assert (taken.status_code, taken.json()["state"]) == (202, "queued")

    job = ImportJob.objects.get()
    imports.run_import(job_id=job.pk, at=TUESDAY)
    seen = client.get(f"{address}{taken.json()['id']}/").json()

    wanted = ("state", "done", "total", "created", "duplicates", "errors")
    assert {name: seen[name] for name in wanted} == {
        "state": "ready",
        "done": 3,
        "total": 3,
        "created": 2,
        "duplicates": 0,
        "errors": [
            {
                "file": "records.jsonl",
                "line": 2,
                "code": "unknown_field",
                "detail": "the record has an unknown field “oops”.",
            }
        ],
    }
    assert taken.json()["clusters"] == {"state": "queued", "done": 0, "total": 0}
    assert seen["clusters"] == {"state": "queued", "done": 0, "total": 2}
    clusters.find(job_id=job.pk)
    seen = client.get(f"{address}{taken.json()['id']}/").json()
    assert seen["clusters"] == {"state": "ready", "done": 2, "total": 2}


def test_every_pair_of_reports_on_one_story_is_in_a_cluster_and_nothing_else(client, address):
    data = (REPORTS / "articles_100.jsonl").read_bytes()
    post(client, address, SimpleUploadedFile("articles_100.jsonl", data))
    job = ImportJob.objects.get()
    imports.run_import(job_id=job.pk, at=TUESDAY)
    clusters.find(job_id=job.pk)

    page = client.get(address.replace("imports/", "articles/"), {"page_size": 200}).json()
    together = defaultdict(set)
    for article in page["results"]:
        together[article["cluster"]].add(article["key"])
    assert len(together.pop(None)) == 90
    pairs = (REPORTS / "articles_100.truth").read_text().splitlines()
    assert sorted(map(sorted, together.values())) == sorted(sorted(p.split()) for p in pairs)


def test_options_are_words_of_a_form(client, address):
    post(
        client,
        address,
        upload({"text": "A.", "spans": [{"start": 0, "end": 1, "label": "mood"}]}),
        dry_run="true",
        create_labels="true",
        on_duplicate="keep",
        format="jsonl",
    )
    assert ImportJob.objects.get().options == {
        "dry_run": True,
        "create_labels": True,
        "on_duplicate": "keep",
    }


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"format": "xml"}, 422),
        ({"on_duplicate": "explode"}, 422),
        ({"dry_run": "perhaps"}, 422),
        ({"columns": '{"text": "body"}'}, 422),
        ({"columns": '["text"]'}, 422),
        ({"columns": '{"text": 1}'}, 422),
        ({"columns": "{"}, 422),
        ({"paths": '{"a": 1}'}, 422),
        ({"paths": '["a", "b"]'}, 422),
        ({"surprise": "1"}, 400),
    ],
)
def test_what_can_not_be_meant_is_refused(client, address, fields, status):
    answer = post(client, address, upload({"text": "A."}), **fields)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not ImportJob.objects.exists()


def table(name="a.csv"):
    return SimpleUploadedFile(name, b"Nr,Story,Paper\n1,Ada spoke,Post\n2,,Post\n")


def test_columns_are_named_and_what_was_met_and_refused_is_told(client, address):
    columns = {"text": "Story", "id": "Nr", "meta.outlet": "Paper"}
    taken = post(client, address, table(), columns=json.dumps(columns)).json()
    imports.run_import(job_id=ImportJob.objects.get().pk, at=TUESDAY)

    seen = client.get(f"{address}{taken['id']}/").json()
    assert seen["met"] == {"formats": {"csv": 1}, "encodings": {"utf-8": 1}}
    assert Article.objects.values("key", "text", "meta__outlet").get() == {
        "key": "1",
        "text": "Ada spoke",
        "meta__outlet": "Post",
    }
    listed = client.get(f"{address}{taken['id']}/refused/")
    assert json.loads(b"".join(listed)) == {
        "refused": {
            "file": "a.csv",
            "line": 3,
            "code": "empty_text",
            "detail": "There is no text in it.",
        },
        "row": {"text": "", "id": "2", "meta": {"outlet": "Post"}},
    }


@pytest.mark.parametrize(
    "columns", [{"body": "Story", "text": "Story"}, {"id": "Nr"}, {"text": "Story", "meta.": "Nr"}]
)
def test_columns_that_can_not_be_filled_are_refused(client, address, columns):
    answer = post(client, address, table(), columns=json.dumps(columns))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_columns")


def test_there_is_no_list_of_refused_rows_where_none_was(client, address):
    taken = post(client, address, upload({"text": "A."})).json()
    assert client.get(f"{address}{taken['id']}/refused/").status_code == 404
    imports.run_import(job_id=ImportJob.objects.get().pk, at=TUESDAY)
    assert client.get(f"{address}{taken['id']}/refused/").status_code == 404


def test_a_request_without_files_is_refused(client, address):
    assert client.post(address, {"dry_run": "true"}, format="multipart").status_code == 422


def test_a_format_that_nobody_reads_is_refused_by_name(client, address):
    answer = post(client, address, SimpleUploadedFile("pages.pdf", b"%PDF"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_format")
    assert "pages.pdf" in answer.json()["detail"]


def test_the_same_key_twice_imports_once(client, address):
    headers = {"Idempotency-Key": "once"}
    first, second = (
        client.post(
            address, {"files": [upload({"text": "A."})]}, format="multipart", headers=headers
        )
        for _ in range(2)
    )
    assert first.json()["id"] == second.json()["id"]
    assert ImportJob.objects.count() == 1


def test_a_queued_import_is_cancelled_once(client, address):
    number = post(client, address, upload({"text": "A."})).json()["id"]

    assert client.post(f"{address}{number}/cancel/").json()["state"] == "cancelled"
    again = client.post(f"{address}{number}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "too_late")
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.CODER, 403), (Role.ADJUDICATOR, 403), (Role.RESEARCHER, 403)]
)
def test_imports_are_the_admins(admin, address, role, status):
    member = MemberFactory(project=admin.project, roles=[role])
    other = signed_in(member.user)
    assert other.get(address).status_code == status
    assert post(other, address, upload({"text": "A."})).status_code == status


def test_another_projects_imports_are_not_there(admin, address):
    job = ImportJobFactory(project=admin.project)
    stranger = MemberFactory(roles=[Role.ADMIN])

    client = signed_in(stranger.user)
    assert client.get(address).status_code == 404
    own = f"/api/v1/projects/{stranger.project.slug}/imports/{job.uuid}/"
    assert client.get(own).status_code == 404
    assert client.post(f"{own}cancel/").status_code == 404
    assert signed_in(UserFactory()).get(address).status_code == 404
    assert client.get(f"{address}{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    client, address, admin, rows, django_assert_num_queries
):
    ImportJobFactory.create_batch(rows, project=admin.project, state=JobState.READY)
    with django_assert_num_queries(5):
        answer = client.get(address)
    assert len(answer.json()["results"]) == rows
