from datetime import date

import pytest

from annotations.enums import Priority, Role, Strategy
from annotations.models import Batch
from tests.factories import BatchFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    return BatchFactory(name="Spring", due=date(2026, 5, 1), daily_quota=5)


@pytest.fixture
def admin(client, batch):
    client.force_login(MemberFactory(project=batch.project, roles=[Role.ADMIN]).user)
    return client


def test_the_page_shows_what_holds_now(admin, batch):
    form = admin.get(f"/batches/{batch.uuid}/settings/").context["form"]

    assert form.initial == {
        "name": "Spring",
        "due": date(2026, 5, 1),
        "priority": Priority.NORMAL,
        "daily_quota": 5,
        "lease_days": None,
    }


def test_what_is_sent_is_set_and_an_empty_field_is_no_limit(admin, batch):
    sent = {"name": "Spring", "due": "", "priority": "3", "daily_quota": "", "lease_days": "7"}

    answer = admin.post(f"/batches/{batch.uuid}/settings/", sent)

    assert (answer.status_code, answer["Location"]) == (302, f"/batches/{batch.uuid}/")
    row = Batch.objects.get()
    assert (row.due, row.priority, row.daily_quota, row.lease_days) == (None, 3, None, 7)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Summer"),
        ("priority", "9"),
        ("daily_quota", "0"),
        ("lease_days", "-1"),
        ("lease_days", "9999999"),
        ("due", "soon"),
    ],
)
def test_what_can_not_be_is_said_beside_its_field(admin, batch, field, value):
    BatchFactory(project=batch.project, name="Summer")
    sent = {"name": "Spring", "priority": "2", field: value}

    answer = admin.post(f"/batches/{batch.uuid}/settings/", sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Batch.objects.get(name="Spring").daily_quota == 5


@pytest.mark.parametrize(
    ("strategy", "words"),
    [(Strategy.POOL, "back to the pool"), (Strategy.BALANCED, "is reminded")],
)
def test_the_page_says_what_becomes_of_abandoned_work(admin, batch, strategy, words):
    Batch.objects.update(strategy=strategy)

    assert words in admin.get(f"/batches/{batch.uuid}/settings/").content.decode()


def test_the_page_takes_few_queries(admin, batch, django_assert_max_num_queries):
    admin.get(f"/batches/{batch.uuid}/settings/")

    with django_assert_max_num_queries(12):
        admin.get(f"/batches/{batch.uuid}/settings/")
