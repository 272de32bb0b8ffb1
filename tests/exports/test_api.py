import uuid

import pytest
from rest_framework.test import APIClient

from annotations.enums import ReleaseState
from annotations.models import AuditEvent
from exports import folders
from exports.actions import building
from exports.models import Release
from tests.exports import golden, reading
from tests.exports.worlds import built, corpus, published, requested
from tests.factories import (
    ApiTokenFactory,
    BatchFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
)

transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(db):
    return ProjectFactory()


@pytest.fixture
def admin(project):
    return signed_in(project, "admin")


def signed_in(project, *roles):
    client = APIClient()
    client.force_login(MemberFactory(project=project, roles=list(roles)).user)
    return client


def releases_of(project):
    return f"/api/v1/projects/{project.slug}/releases/"


def address(release, rest=""):
    return f"/api/v1/releases/{release.uuid}/{rest}"


@transactional
def test_a_release_is_asked_for_built_and_fetched(project, admin):
    corpus(project, 2)

    asked = admin.post(releases_of(project), {"name": "Gold"})
    assert asked.status_code == 202
    queued = admin.get(address_of(asked)).json()
    building.build(release_id=Release.objects.get(uuid=asked.json()["id"]).pk)
    ready = admin.get(address_of(asked)).json()

    assert asked.json() == {"id": queued["id"]}
    assert asked["Location"] == f"http://testserver/api/v1/releases/{queued['id']}/"
    assert (queued["state"], queued["number"]) == ("queued", 1)
    assert queued["progress"] == {"done": 0, "total": 0, "step": ""}
    assert (queued["manifest"], queued["files"], queued["content_hash"]) == (None, [], "")
    assert ready["state"] == "ready"
    assert ready["progress"] == {"done": 2, "total": 2, "step": ""}
    assert ready["manifest"]["content_hash"] == ready["content_hash"]
    (file,) = [file for file in ready["files"] if file["name"] == "articles.jsonl"]
    assert file["sha256"] == ready["content_hash"]
    download = admin.get(file["url"])
    assert len(b"".join(download.streaming_content)) == file["bytes"]


def address_of(answer):
    return f"/api/v1/releases/{answer.json()['id']}/"


def test_the_defaults_are_those_of_the_contract(project, admin):
    admin.post(releases_of(project), {"name": "Gold"})

    assert Release.objects.get().request == {
        "batches": None,
        "filter": {},
        "formats": ["jsonl"],
        "include": ["gold"],
        "splits": None,
        "stratify": None,
        "seed": 0,
        "text": True,
        "real_names": False,
    }


def test_all_that_can_be_asked_for_reaches_the_recipe(project, admin):
    batch = BatchFactory(project=project)
    wanted = {
        "batches": [str(batch.uuid)],
        "filter": {
            "outlet": "Lantern",
            "language": "en",
            "from": "2024-01-01",
            "to": "2024-12-31",
        },
        "formats": ["jsonl"],
        "include": ["gold", "codings"],
        "splits": {"train": 0.8, "dev": 0.1, "test": 0.1},
        "stratify": "outlet",
        "seed": 42,
        "text": False,
        "real_names": True,
    }

    assert admin.post(releases_of(project), {"name": "Gold"} | wanted).status_code == 202

    assert Release.objects.get().request == wanted


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": " "}, 422, "name"),
        ({"name": "G", "formats": ["stone"]}, 422, "formats"),
        ({"name": "G", "formats": ["conll"], "text": False}, 422, "formats"),
        ({"name": "G", "formats": []}, 422, "formats"),
        ({"name": "G", "include": ["gossip"]}, 422, "include.0"),
        ({"name": "G", "splits": {"train": 0.5}}, 422, "splits"),
        ({"name": "G", "splits": {"train": "NaN"}}, 422, "splits.train"),
        ({"name": "G", "splits": {"train": "x"}}, 422, "splits.train"),
        ({"name": "G", "stratify": "outlet"}, 422, "stratify"),
        ({"name": "G", "filter": {"from": "yesterday"}}, 422, "filter.from"),
        ({"name": "G", "filter": {"from": "2024-02-01", "to": "2024-01-01"}}, 422, "filter.from"),
        ({"name": "G", "batches": [str(uuid.UUID(int=9))]}, 422, "batches"),
        ({"name": "G", "batches": ["nine"]}, 422, "batches.0"),
        ({"name": "G", "batches": []}, 422, "batches"),
        ({"name": "G", "seed": "x"}, 422, "seed"),
        ({"name": "G", "filter": {"colour": "red"}}, 400, "colour"),
        ({"name": "G", "overwrite": True}, 400, "overwrite"),
    ],
)
def test_a_bad_request_says_what_is_wrong_and_leaves_nothing(project, admin, body, status, field):
    answer = admin.post(releases_of(project), body)

    assert answer.status_code == status
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Release.objects.exists()


def test_an_unknown_format_is_answered_with_those_there_are(project, admin):
    answer = admin.post(releases_of(project), {"name": "G", "formats": ["stone"]})

    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert error["detail"].startswith("There is no format “stone”. There is: jsonl, ")


def test_a_batch_of_another_project_is_unknown(project, admin):
    foreign = BatchFactory()

    answer = admin.post(releases_of(project), {"name": "G", "batches": [str(foreign.uuid)]})

    assert answer.json()["errors"][0]["code"] == "unknown_batch"


@pytest.mark.parametrize(
    ("roles", "listed", "asked"),
    [
        (["admin"], 200, 202),
        (["researcher"], 200, 403),
        (["adjudicator"], 403, 403),
        (["coder"], 403, 403),
        ([], 404, 404),
    ],
)
def test_who_lists_and_who_asks(project, roles, listed, asked):
    client = signed_in(project if roles else ProjectFactory(), *(roles or ["admin"]))

    assert client.get(releases_of(project)).status_code == listed
    assert client.post(releases_of(project), {"name": "G"}).status_code == asked


@pytest.mark.parametrize(
    ("roles", "seen", "fetched", "changed"),
    [
        (["admin"], 200, 200, 200),
        (["researcher"], 200, 200, 403),
        (["adjudicator"], 404, 404, 404),
        (["coder"], 404, 404, 404),
    ],
)
def test_who_sees_fetches_and_retracts(project, roles, seen, fetched, changed):
    release = published(project)
    client = signed_in(project, *roles)

    assert client.get(address(release)).status_code == seen
    assert client.get(address(release, "files/articles.jsonl")).status_code == fetched
    answer = client.post(address(release, "retract/"), {"reason": "wrong label"})
    assert answer.status_code == changed


def test_somebody_without_a_session_is_asked_to_sign_in(project):
    release = requested(project)

    for url in (releases_of(project), address(release), address(release, "files/articles.jsonl")):
        assert APIClient().get(url).status_code == 401


def test_a_token_for_releases_fetches_but_does_not_ask(project):
    release = published(project)
    owner = MemberFactory(project=project, roles=["admin", "researcher"]).user
    ApiTokenFactory(user=owner, name="key", scopes=["releases"])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer wbt_key")

    assert client.get(address(release, "files/articles.jsonl")).status_code == 200
    assert client.post(releases_of(project), {"name": "G"}).status_code == 403


def test_a_file_goes_out_whole_with_its_hash(project, admin):
    release = published(project)

    answer = admin.get(address(release, "files/articles.jsonl"))

    content = b"".join(answer.streaming_content)
    assert content == reading.content(release)
    assert answer["ETag"] == f'"{release.content_hash}"'
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Disposition"] == 'attachment; filename="articles.jsonl"'
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/x-ndjson"


def test_a_broken_off_download_goes_on_where_it_stopped(project, admin):
    release = published(project)
    url = address(release, "files/articles.jsonl")
    whole = reading.content(release)
    etag = f'"{release.content_hash}"'

    rest = admin.get(url, headers={"Range": "bytes=3-", "If-Range": etag})
    changed = admin.get(url, headers={"Range": "bytes=3-", "If-Range": '"other"'})
    beyond = admin.get(url, headers={"Range": f"bytes={len(whole)}-"})
    cached = admin.get(url, headers={"If-None-Match": etag})

    assert rest.status_code == 206
    assert rest["Content-Range"] == f"bytes 3-{len(whole) - 1}/{len(whole)}"
    assert rest["Content-Length"] == str(len(whole) - 3)
    assert b"".join(rest.streaming_content) == whole[3:]
    assert changed.status_code == 200
    assert b"".join(changed.streaming_content) == whole
    assert beyond.status_code == 416
    assert beyond["Content-Range"] == f"bytes */{len(whole)}"
    assert cached.status_code == 304


def test_head_tells_all_but_the_bytes_and_is_no_download(project, admin):
    release = published(project)
    url = address(release, "files/articles.jsonl")

    answer = admin.head(url)

    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(reading.content(release)))
    assert answer.content == b""
    assert not AuditEvent.objects.filter(kind=AuditEvent.Kind.FILE_DOWNLOADED).exists()


def test_every_download_is_written_down(project, admin):
    release = published(project)

    admin.get(address(release, "files/articles.jsonl"))

    event = AuditEvent.objects.get(kind=AuditEvent.Kind.FILE_DOWNLOADED)
    assert event.target_uuid == release.uuid
    assert event.detail["file"] == "articles.jsonl"
    assert event.project == project


@pytest.mark.parametrize("name", ["nothing.txt", "..%2Fsecret.key", "articles.jsonl.part"])
def test_a_file_that_is_not_of_the_release_is_not_found(project, admin, name):

    assert admin.get(address(published(project), f"files/{name}")).status_code == 404


def test_a_file_that_is_lost_is_told_as_such_and_not_as_handed_out(project, admin):
    release = published(project)
    file = release.files.get(name="articles.jsonl")
    folders.storage().delete(file.path)

    answer = admin.get(address(release, "files/articles.jsonl"))

    assert (answer.status_code, answer.json()["code"]) == (503, "file_missing")
    assert "backup" in answer.json()["detail"]
    assert not AuditEvent.objects.filter(kind=AuditEvent.Kind.FILE_DOWNLOADED).exists()


def test_whatever_a_client_accepts_it_gets_the_bytes(project, admin):
    url = address(published(project), "files/articles.jsonl")

    answer = admin.get(url, headers={"Accept": "application/x-ndjson"})

    assert answer.status_code == 200


def test_cancelling_stops_a_release_for_good(project, admin):
    release = requested(project)

    first = admin.post(address(release, "cancel/"))
    again = admin.post(address(release, "cancel/"))

    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()["state"]) == (200, "cancelled")
    assert building.build(release_id=release.pk) is False
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.RELEASE_CANCELLED).count() == 1


def test_what_is_ready_cannot_be_cancelled(project, admin):
    answer = admin.post(address(published(project), "cancel/"))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_running")


def test_a_retracted_release_says_why_and_keeps_its_bytes(project, admin):
    release = published(project)

    answer = admin.post(address(release, "retract/"), {"reason": " wrong label "})

    assert answer.status_code == 200
    assert answer.json()["state"] == "retracted"
    assert answer.json()["retracted_reason"] == "wrong label"
    assert answer.json()["content_hash"] == release.content_hash
    download = admin.get(address(release, "files/articles.jsonl"))
    assert b"".join(download.streaming_content) == reading.content(release)


def test_a_retraction_needs_a_reason(project, admin):
    release = published(project)

    answer = admin.post(address(release, "retract/"), {"reason": "  "})

    assert (answer.status_code, answer.json()["code"]) == (422, "reason_missing")
    release.refresh_from_db()
    assert release.state == ReleaseState.READY


def test_only_a_ready_release_is_retracted(project, admin):
    answer = admin.post(address(requested(project), "retract/"), {"reason": "never mind"})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_the_newest_release_is_listed_first(project, admin):
    for _ in range(3):
        requested(project)

    page = admin.get(releases_of(project), {"page_size": 2}).json()
    rest = admin.get(page["next"]).json()

    assert [row["number"] for row in page["results"] + rest["results"]] == [3, 2, 1]


def test_a_list_takes_as_many_queries_for_three_as_for_one(
    project, admin, django_assert_num_queries
):
    published(project)
    admin.get(releases_of(project))
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        admin.get(releases_of(project))
    published(project)
    published(project)

    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(admin.get(releases_of(project)).json()["results"]) == 3


QUERIES_OF_A_LIST = 6


@transactional
def test_a_researcher_finds_no_name_of_a_person(project):
    golden_project = golden.corpus()
    release = built(golden_project, include=["gold", "codings"])
    client = signed_in(golden_project, "researcher")

    seen = [
        client.get(releases_of(golden_project)).content,
        client.get(address(release)).content,
    ]
    for file in client.get(address(release)).json()["files"]:
        seen.append(b"".join(client.get(file["url"]).streaming_content))

    assert not [text for text in seen if b"anna" in text or b"benno" in text]
    assert b"coder-2" in b"".join(seen)


def test_a_superuser_without_membership_sees_no_release(project):
    client = APIClient()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))

    assert client.get(releases_of(project)).status_code == 404
    assert client.get(address(requested(project))).status_code == 404
