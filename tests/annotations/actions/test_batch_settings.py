from datetime import date

import pytest

from annotations.actions import batch_settings
from annotations.actions.batches import NameTaken
from annotations.actions.guards import Archived
from annotations.enums import Priority, Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, Batch
from tests.factories import MONDAY, BatchFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    return BatchFactory(name="Spring")


def change(batch, role=Role.ADMIN, **settings):
    by = MemberFactory(project=batch.project, roles=[role]).user
    return batch_settings.change(batch=batch, settings=settings, by=by, at=MONDAY)


def test_what_is_named_is_set_and_the_rest_stays(batch):
    change(batch, due=date(2026, 5, 1), lease_days=7)
    change(batch, name="Summer", priority=Priority.HIGH, daily_quota=20, lease_days=None)

    row = Batch.objects.get()
    assert (row.name, row.due, row.priority) == ("Summer", date(2026, 5, 1), Priority.HIGH)
    assert (row.daily_quota, row.lease_days) == (20, None)
    events = AuditEvent.objects.filter(kind=AuditEvent.Kind.BATCH_CHANGED).order_by("pk")
    assert [event.detail["changed"] for event in events] == [
        ["due", "lease_days"],
        ["daily_quota", "lease_days", "name", "priority"],
    ]


def test_what_stays_as_it_was_is_no_event(batch):
    change(batch, name="Spring", due=None, priority=Priority.NORMAL)

    assert not AuditEvent.objects.exists()


def test_two_batches_of_a_project_never_have_one_name(batch):
    BatchFactory(project=batch.project, name="Summer")
    BatchFactory(name="Autumn")

    with pytest.raises(NameTaken) as refusal:
        change(batch, name="Summer")
    assert refusal.value.errors[0]["field"] == "name"
    assert change(batch, name="Autumn").name == "Autumn"


def test_only_admins_of_a_project_that_goes_on_change_a_batch(batch):
    with pytest.raises(Forbidden):
        change(batch, role=Role.ADJUDICATOR, name="Summer")

    batch.project.archived_at = MONDAY
    batch.project.save()
    with pytest.raises(Archived):
        change(batch, name="Summer")
    assert Batch.objects.get().name == "Spring"
