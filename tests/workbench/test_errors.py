"""Where no view answers, a person gets a page and a program a problem."""

import pytest
from django.db import OperationalError
from django.test import Client
from psycopg.errors import AdminShutdown, DiskFull

from annotations.api.errors import handle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["nothing/", "articles/no-uuid/", "projects/a/b/c/", "%00/"])
def test_an_address_of_the_api_that_is_none_is_a_problem(path):
    answer = Client().get(f"/api/v1/{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert (answer.json()["status"], answer.json()["code"]) == (404, "not_found")


def test_an_address_among_the_pages_that_is_none_is_a_page():
    answer = Client().get("/nothing/")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/api/v1/session/", "application/problem+json"), ("/sign-in/", "text/html; charset=utf-8")],
)
def test_a_host_that_is_not_ours_is_refused_in_the_same_words(path, content_type):
    answer = Client().get(path, headers={"Host": "elsewhere.example"})

    assert (answer.status_code, answer["Content-Type"]) == (400, content_type)


def test_a_database_without_room_is_told_as_a_full_disk():
    error = OperationalError("could not extend file")
    error.__cause__ = DiskFull()

    assert handle(error, {}).data["code"] == "disk_full"
    error.__cause__ = AdminShutdown()
    assert handle(error, {}).data["code"] == "database_away"
