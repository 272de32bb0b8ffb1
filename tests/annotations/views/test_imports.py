import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.actions import clusters, imports
from annotations.enums import JobState, Role
from annotations.models import Article, ImportJob
from tests.factories import TUESDAY, CodebookFactory, ImportJobFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin.user)
    return client


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/imports/"


def test_files_are_dropped_and_what_came_of_them_is_shown(signed_in, address):
    files = [
        SimpleUploadedFile("one.txt", b"Talks fail in Velmora again"),
        SimpleUploadedFile("two.jsonl", json.dumps({"text": "x", "oops": 1}).encode()),
    ]

    answer = signed_in.post(address, {"files": files})
    job = ImportJob.objects.get()
    assert answer["Location"] == f"{address}{job.uuid}/"
    waiting = signed_in.get(answer["Location"]).content.decode()
    imports.run_import(job_id=job.pk, at=TUESDAY)
    comparing = signed_in.get(f"{answer['Location']}progress/").content.decode()
    clusters.find(job_id=job.pk)
    over = signed_in.get(f"{answer['Location']}progress/").content.decode()

    assert "hx-trigger" in waiting
    assert "hx-trigger" in comparing
    assert "to find copies of one story" in comparing
    assert "hx-trigger" not in over
    assert "the record has an unknown field “oops”." in over
    assert Article.objects.get().key == "one"


def test_options_of_the_form_reach_the_import(signed_in, address):
    file = SimpleUploadedFile("one.txt", b"Some text")
    signed_in.post(address, {"files": [file], "keep": "on", "dry_run": "on"})
    assert ImportJob.objects.get().options == {
        "dry_run": True,
        "on_duplicate": "keep",
        "create_labels": False,
    }


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "This field is required."),
        ([SimpleUploadedFile("a.zip", b"PK")], "“a.zip” is neither a text file nor JSONL."),
    ],
)
def test_what_can_not_be_imported_is_said_on_the_page(signed_in, address, files, words):
    page = signed_in.post(address, {"files": files})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ImportJob.objects.exists()


def test_a_waiting_import_is_cancelled(signed_in, address, admin):
    job = ImportJobFactory(project=admin.project, state=JobState.QUEUED)
    signed_in.post(f"{address}{job.uuid}/cancel/")
    again = signed_in.post(f"{address}{job.uuid}/cancel/", follow=True)

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert "there is nothing to cancel" in again.content.decode()


def test_only_admins_find_the_page(client, admin, address):
    job = ImportJobFactory(project=admin.project)
    client.force_login(MemberFactory(project=admin.project, roles=[Role.CODER]).user)
    assert client.get(address).status_code == 403
    assert client.get(f"{address}{job.uuid}/").status_code == 403
    client.force_login(MemberFactory(roles=[Role.ADMIN]).user)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    for job in ImportJobFactory.create_batch(
        rows, project=admin.project, requested_by=admin.user, options={"dry_run": False}
    ):
        job.files.create(name="a.txt", format="txt", path="x", size=1, sha256="0" * 64, position=0)
    with django_assert_num_queries(8):
        signed_in.get(address)


@pytest.mark.parametrize("rows", [1, 3])
def test_an_import_takes_the_same_queries_for_one_problem_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    job = ImportJobFactory(project=admin.project)
    for line in range(rows):
        job.problems.create(file="one.jsonl", line=line, code="unknown", detail="It is wrong.")

    with django_assert_num_queries(8):
        signed_in.get(f"{address}{job.uuid}/")
