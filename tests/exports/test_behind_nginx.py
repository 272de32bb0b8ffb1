"""Downloads that nginx hands out, once somebody was found to have a right to them."""

import pytest

from annotations.models import AuditEvent, Member
from tests.exports.worlds import published
from tests.factories import TUESDAY, ApiTokenFactory, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(settings):
    settings.ACCEL_REDIRECT = "/kept/"
    return published(ProjectFactory())


@pytest.fixture
def researcher(release):
    member = MemberFactory(project=release.project, roles=["researcher"])
    ApiTokenFactory(user=member.user, name="key")
    return member


@pytest.fixture
def fetch(client, release):
    def fetched(method="get", **headers):
        return getattr(client, method)(
            f"/api/v1/releases/{release.uuid}/files/articles.jsonl",
            headers={"Authorization": "Bearer wbt_key"} | headers,
        )

    return fetched


def downloads():
    return AuditEvent.objects.filter(kind=AuditEvent.Kind.FILE_DOWNLOADED).count()


def test_nginx_is_told_where_the_file_lies(release, researcher, fetch):
    answer = fetch(Range="bytes=4-")

    file = release.files.get()
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["X-Accel-Redirect"] == f"/kept/{file.path}"
    assert answer["ETag"] == f'"{file.sha256}"'
    assert answer["Content-Disposition"] == 'attachment; filename="articles.jsonl"'
    assert answer["Content-Type"] == "application/x-ndjson"


def test_each_download_is_decided_on_and_written_down(researcher, fetch):
    fetch()
    fetch(Range="bytes=4-")
    fetch("head")
    assert downloads() == 2

    Member.objects.filter(pk=researcher.pk).update(removed_at=TUESDAY)
    refused = fetch()

    assert refused.status_code == 404
    assert "X-Accel-Redirect" not in refused
    assert downloads() == 2


def test_nobody_else_is_sent_there(release, client):
    answer = client.get(f"/api/v1/releases/{release.uuid}/files/articles.jsonl")

    assert answer.status_code == 401
    assert "X-Accel-Redirect" not in answer


def test_what_needs_no_bytes_is_answered_here(release, researcher, fetch):
    known = fetch(**{"If-None-Match": f'"{release.content_hash}"'})
    behind = fetch(Range="bytes=99999-")

    assert (known.status_code, behind.status_code) == (304, 416)
    assert "X-Accel-Redirect" not in known
    assert "X-Accel-Redirect" not in behind
    assert downloads() == 0
