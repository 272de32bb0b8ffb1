from base64 import b64encode

import pytest
from rest_framework.test import APIClient

from tests.factories import MemberFactory, UserFactory

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
        b64encode(b"p=never").decode(),
        b64encode(b"p=9999999999999-01-01").decode(),
        b64encode(b"o=-1&p=x").decode(),
        "%00",
    ],
)
def test_a_cursor_that_was_made_up_is_refused(client, cursor):
    answer = client.get("/api/v1/projects/", {"cursor": cursor})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


def test_no_page_holds_more_than_two_hundred_rows(client):
    answer = client.get("/api/v1/projects/", {"page_size": 100_000})

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 3


@pytest.mark.parametrize("size", ["0", "-1", "ten", "1.5", "", "9" * 5_000, "٣"])
def test_a_page_size_that_is_none_is_refused(client, size):
    answer = client.get("/api/v1/projects/", {"page_size": size})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "page_size")
