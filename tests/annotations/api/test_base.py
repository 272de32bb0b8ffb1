"""Nothing is taken for what it is not: values of other types, parameters given twice."""

import uuid

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from tests.factories import BatchFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN], project__slug="study")


@pytest.fixture
def client(admin):
    client = APIClient()
    client.force_login(admin.user)
    return client


def fields_refused(answer):
    return answer.status_code, [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("post", "projects/", {"name": 7}, "name"),
        ("post", "projects/", {"name": True}, "name"),
        ("post", "projects/", {"name": "A", "slug": 12}, "slug"),
        ("post", "projects/", {"name": "A", "settings": {"feedback": "yes"}}, "settings.feedback"),
        ("post", "projects/", {"name": "A", "settings": {"feedback": 1}}, "settings.feedback"),
        ("post", "projects/", {"name": "A", "settings": {"reasons": [3]}}, "settings.reasons.0"),
        ("post", "tokens/", {"name": "A", "expires_in_days": "3"}, "expires_in_days"),
        ("post", "tokens/", {"name": "A", "expires_in_days": True}, "expires_in_days"),
        ("post", "tokens/", {"name": "A", "expires_in_days": 1.5}, "expires_in_days"),
        ("post", "tokens/", {"name": "A", "project": 5}, "project"),
        ("patch", "projects/study/", {"description": 1.5}, "description"),
        ("post", "projects/study/releases/", {"name": "A", "splits": {"a": "1"}}, "splits.a"),
        ("post", "projects/study/releases/", {"name": "A", "batches": [1]}, "batches.0"),
        ("post", "projects/study/releases/", {"name": "A", "filter": {"to": 1}}, "filter.to"),
        (
            "put",
            "projects/study/codebook/",
            {"labels": [{"key": "a", "attributes": [{"name": 5}]}]},
            "labels.0.attributes.0.name",
        ),
    ],
)
def test_a_value_of_another_type_is_refused(client, method, path, body, field):
    answer = getattr(client, method)(f"/api/v1/{path}", body)

    assert fields_refused(answer) == (422, [field])


def test_a_whole_number_may_be_written_with_a_fraction_of_nothing(client):
    assert client.post("/api/v1/tokens/", {"name": "A", "expires_in_days": 3.0}).status_code == 201


def test_what_stands_in_an_address_or_a_form_is_read_as_what_it_says(client, admin):
    batch = BatchFactory(project=admin.project)

    answer = client.get(f"/api/v1/projects/study/articles/?batch={batch.uuid}&page_size=3")

    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["state=open&state=coded", "page_size=1&page_size=2"])
def test_a_parameter_that_is_given_twice_is_refused(client, query):
    answer = client.get(f"/api/v1/projects/study/tasks/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("key", ["", "k" * 201, "two words", "clé"])
def test_a_key_that_could_be_mistaken_for_another_is_refused(client, key):
    answer = client.post("/api/v1/projects/", {"name": "A"}, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_options_name_the_methods_and_nothing_else(client):
    answer = client.options("/api/v1/projects/study/members/")

    assert answer.status_code == 200
    assert answer.json()["methods"] == ["GET", "POST", "HEAD", "OPTIONS"]
    assert set(answer.json()) == {"methods", "schema"}


def test_a_form_that_is_no_form_is_refused(client):
    answer = client.post(
        "/api/v1/projects/study/imports/",
        b"--x",
        content_type="multipart/form-data; boundary=\xe9",
    )

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("accept", ["text/xml", "application/json;q=zero", "/", "\xff"])
def test_what_cannot_be_accepted_is_a_problem_too(accept):
    client = APIClient(raise_request_exception=False)
    client.force_login(UserFactory())

    answer = client.get("/api/v1/projects/", headers={"Accept": accept})

    assert answer.status_code in {200, 406}
    assert answer["Content-Type"] in {"application/json", "application/problem+json"}


def test_what_no_database_can_look_for_is_not_there(client):
    answer = client.get(f"/api/v1/releases/{uuid.uuid4()}/files/%00")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["put", "trace"])
def test_a_method_that_an_address_does_not_take_is_405_whatever_else_was_sent(client, method):
    answer = client.generic(method.upper(), "/api/v1/projects/?page_size=none&so=what")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
