import pytest
from rest_framework.test import APIClient

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_session_says_who_is_signed_in_and_for_how_long():
    person = UserFactory()
    client = APIClient()
    client.force_login(person)

    answer = client.get("/api/v1/session/")

    assert answer.json()["user"] == {"id": str(person.uuid), "username": person.username}
    assert answer.json()["expires_in"] == 14 * 24 * 60 * 60
    assert answer["Cache-Control"] == "private, no-store"


def test_the_csrf_token_of_the_session_lets_a_write_through():
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    body = {"name": "River talks"}

    csrf = client.get("/api/v1/session/").json()["csrf"]

    assert client.post("/api/v1/projects/", body).status_code == 403
    assert client.post("/api/v1/projects/", body, HTTP_X_CSRFTOKEN=csrf).status_code == 201


def test_a_visitor_has_no_session():
    assert APIClient().get("/api/v1/session/").status_code == 401
