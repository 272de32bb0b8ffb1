from base64 import b64encode

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import AuditEvent, Member
from tests.factories import MONDAY, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    person = UserFactory()
    MemberFactory.create_batch(3, user=person)
    client = APIClient()
    client.force_login(person)
    return client


def test_pages_follow_each_other_without_a_gap(client):
    first = client.get("/api/v1/projects/", {"page_size": 2}).json()
    second = client.get(first["next"]).json()

    slugs = [project["slug"] for page in (first, second) for project in page["results"]]
    assert len(slugs) == len(set(slugs)) == 3
    assert (first["previous"], second["next"]) == (None, None)


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        b64encode(b"7").decode(),
        b64encode(b'["on", ["never", 1]]').decode(),
        b64encode(b'["on", ["9999999999999-01-01", 1]]').decode(),
        b64encode(b'["on", ["2024-01-01T00:00:00Z", "x"]]').decode(),
        b64encode(b'["on", [{"a": 1}, []]]').decode(),
        b64encode(b'["on", [1]]').decode(),
        b64encode(b'["back", []]').decode(),
        "%00",
        "ü",
    ],
)
def test_a_cursor_that_was_made_up_is_refused(client, cursor):
    answer = client.get("/api/v1/projects/", {"cursor": cursor})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


def test_rows_that_tie_are_walked_through_however_many(client):
    admin = MemberFactory(roles=[Role.ADMIN])
    AuditEvent.objects.bulk_create(
        AuditEvent(
            project=admin.project,
            kind=AuditEvent.Kind.PROJECT_CHANGED,
            target_type="project",
            target_uuid=admin.project.uuid,
            at=MONDAY,
        )
        for _ in range(1_401)
    )
    client.force_login(admin.user)
    address = f"/api/v1/projects/{admin.project.slug}/history/?page_size=200"
    seen = []
    for _ in range(8):
        page = client.get(address).json()
        seen += [event["id"] for event in page["results"]]
        address = page["next"]

    assert address is None
    assert len(set(seen)) == len(seen) == 1_401


def test_a_page_whose_rows_are_gone_is_empty(client):
    first = client.get("/api/v1/projects/", {"page_size": 2}).json()
    last = client.get(first["next"]).json()
    Member.objects.filter(project__slug=last["results"][0]["slug"]).update(removed_at=MONDAY)

    empty = client.get(first["next"]).json()

    assert empty == {"next": None, "previous": None, "results": []}


def test_no_page_holds_more_than_two_hundred_rows(client):
    answer = client.get("/api/v1/projects/", {"page_size": 100_000})

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 3


@pytest.mark.parametrize("size", ["0", "-1", "ten", "1.5", "", "9" * 5_000, "٣"])
def test_a_page_size_that_is_none_is_refused(client, size):
    answer = client.get("/api/v1/projects/", {"page_size": size})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "page_size")
