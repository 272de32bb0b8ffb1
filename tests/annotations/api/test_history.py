import pytest
from rest_framework.test import APIClient

from annotations.actions.audit import record
from annotations.enums import Role
from annotations.models import AuditEvent
from tests.factories import MONDAY, TUESDAY, AssignmentFactory, BatchFactory, MemberFactory

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN], user__username="boss")


@pytest.fixture
def client(admin):
    client = APIClient()
    client.force_login(admin.user)
    return client


@pytest.fixture
def address(admin):
    return f"/api/v1/projects/{admin.project.slug}/history/"


def note(project, kind=Kind.PROJECT_CHANGED, by=None, at=MONDAY, **more):
    return record(kind, target=project, by=by, at=at, **more)


def kinds(answer):
    return [row["kind"] for row in answer.json()["results"]]


def test_an_event_says_who_did_what_to_what_and_when(client, address, admin):
    batch = BatchFactory(project=admin.project)
    event = record(
        Kind.BATCH_CLOSED, target=batch, by=admin.user, at=MONDAY, batch=batch, dropped=2
    )

    (row,) = client.get(address).json()["results"]

    assert row == {
        "id": str(event.uuid),
        "at": "2026-03-02T09:00:00Z",
        "kind": "batch.closed",
        "actor": "boss",
        "target": {"type": "batch", "id": str(batch.uuid)},
        "batch": str(batch.uuid),
        "detail": {"dropped": 2},
    }


def test_the_newest_come_first_a_page_at_a_time(client, address, admin):
    note(admin.project, Kind.PROJECT_CREATED)
    note(admin.project, Kind.MEMBER_ADDED, at=TUESDAY)
    note(admin.project, Kind.MEMBER_CHANGED, at=TUESDAY)

    first = client.get(f"{address}?page_size=2")
    second = client.get(first.json()["next"])

    assert kinds(first) == ["member.changed", "member.added"]
    assert (kinds(second), second.json()["next"]) == (["project.created"], None)


def test_events_are_found_by_kind_and_by_who_did_them(client, address, admin):
    note(admin.project, by=admin.user)
    note(admin.project)
    note(admin.project, Kind.MEMBER_ADDED, by=admin.user)

    assert len(kinds(client.get(f"{address}?kind=project.changed"))) == 2
    assert len(kinds(client.get(f"{address}?actor=boss"))) == 2
    assert kinds(client.get(f"{address}?kind=member.added&actor=boss")) == ["member.added"]
    assert kinds(client.get(f"{address}?actor=nobody")) == []


@pytest.mark.parametrize(("query", "status"), [("kind=made.up", 422), ("colour=red", 400)])
def test_what_makes_no_sense_is_refused(client, address, query, status):
    assert client.get(f"{address}?{query}").status_code == status


def test_what_happened_elsewhere_is_not_told(client, address):
    note(MemberFactory().project)

    assert kinds(client.get(address)) == []


def test_an_admin_who_codes_reads_nothing_of_that_batch_until_the_end(client, address, admin):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    before = client.get(address).content
    theirs = AssignmentFactory(task=own.task)
    record(
        Kind.ASSIGNMENT_SUBMITTED,
        target=theirs,
        by=theirs.coder.user,
        at=MONDAY,
        batch=own.task.batch,
    )

    assert client.get(address).content == before


@pytest.mark.parametrize("rows", [1, 3])
def test_the_history_takes_the_same_queries_for_one_event_and_three(
    client, address, admin, rows, django_assert_num_queries
):
    for _ in range(rows):
        batch = BatchFactory(project=admin.project)
        record(Kind.BATCH_OPENED, target=batch, by=admin.user, at=MONDAY, batch=batch)
    with django_assert_num_queries(5):
        client.get(address)
