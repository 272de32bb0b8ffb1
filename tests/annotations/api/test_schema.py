"""The schema and its page answer what they are, and problems like every other call."""

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["schema", "docs"])
@pytest.mark.parametrize(
    ("method", "accept", "status"),
    [("POST", "*/*", 405), ("OPTIONS", "*/*", 405), ("GET", "image/png", 406)],
)
def test_what_is_refused_is_a_problem_in_json(page, method, accept, status):
    client = APIClient(raise_request_exception=False)

    answer = client.generic(method, f"/api/v1/{page}/", headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


def test_the_schema_comes_as_yaml_or_json():
    client = APIClient()

    assert client.get("/api/v1/schema/").content.startswith(b"openapi: 3")
    accept = {"Accept": "application/vnd.oai.openapi+json"}
    assert client.get("/api/v1/schema/", headers=accept).json()["openapi"].startswith("3")
