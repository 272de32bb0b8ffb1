"""What a call does not know it refuses, and every refusal has one shape."""

import json

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from tests.contract.people import problems
from tests.permission_table import rows

OK = {"200", "201", "202", "204", "409", "422"}


def calls():
    """Yield each row of the permission table's API that is not public, and one who may call it."""
    for method, path, cells in rows():
        address = path.removeprefix("/api/v1/")
        if path.startswith("/api/") and cells["anonymous"] == "401":
            actors = [
                name
                for name in ("admin", "adjudicator", "coder")
                if cells[name].split("/")[0] in OK
            ]
            if actors:
                yield method, address, actors[0]


def test_a_parameter_that_a_call_does_not_have_is_400(study):
    lenient = []
    for method, address, who in calls():
        refused = study.ask(who, method, f"{address}?surprise=1", None)
        known = refused.json() if refused.status_code == 400 else {}
        if [error["field"] for error in known.get("errors", [])] != ["surprise"]:
            lenient.append(f"{method} {address}: {refused.status_code}")

    assert lenient == []


def test_a_field_that_a_call_does_not_have_is_400(study):
    lenient = []
    for method, address, who in calls():
        if method in {"GET", "DELETE"}:
            continue
        format = "multipart" if address.endswith("imports/") else "json"
        refused = study.ask(who, method, address, {"surprise": "1"}, format=format)
        known = refused.json() if refused.status_code == 400 else {}
        if [error["field"] for error in known.get("errors", [])] != ["surprise"]:
            lenient.append(f"{method} {address}: {refused.status_code}")

    assert lenient == []


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"name": "\\u0000"}', "application/json", 400),
        (b"[" * 900 + b'"\\u0000"' + b"]" * 900, "application/json", 400),
        ('{"name": "Café"}'.encode("latin-1"), "application/json", 400),
        ('{"name": "Café"}'.encode("utf-16"), "application/json; charset=utf-16", 400),
        (b'["name"]', "application/json", 422),
        (b"null", "application/json", 422),
        (b"name=Floods", "application/x-www-form-urlencoded", 415),
        (b"name: Floods", "text/yaml", 415),
        (b'{"name": "' + b"x" * 20 * 2**20 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_none_is_refused(study, content, content_type, status):
    client = study["admin"]

    refused = client.generic("POST", "/api/v1/projects/", content, content_type=content_type)

    assert refused.status_code == status
    assert problems(refused) == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=x; charset=base64", 400),
        ("application/json", 415),
    ],
)
def test_a_form_that_is_none_is_refused(study, content_type, status):
    client = study["admin"]
    content = b'--x\r\nContent-Disposition: form-data; name="dry_run"\r\n\r\ntrue\r\n--x--\r\n'

    refused = client.generic(
        "POST", study.path("projects/study/imports/"), content, content_type=content_type
    )

    assert refused.status_code == status
    assert problems(refused) == []


@pytest.mark.parametrize(("more", "status"), [(0, 422), (1, 413)])
def test_a_form_has_so_many_files_and_no_more(study, settings, more, status):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.bin"\r\n\r\n\0\r\n'

    refused = study["admin"].generic(
        "POST",
        study.path("projects/study/imports/"),
        part * (3 + more) + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert refused.status_code == status
    assert problems(refused) == []


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/v1/nothing/", 404),
        ("POST", "/api/v1/nothing/", 404),
        ("GET", "/api/v1/batches/7/", 404),
        ("GET", "/api/v2/", 404),
        ("DELETE", "/api/v1/projects/", 405),
        ("PUT", "/api/v1/session/", 405),
    ],
)
@pytest.mark.parametrize("who", ["admin", "admin token"])
def test_what_is_not_there_is_a_problem_too(study, who, method, address, status):
    refused = study[who].generic(method, address)

    assert refused.status_code == status
    assert problems(refused) == []
    assert status != 405 or "GET" in refused["Allow"]


@pytest.mark.parametrize("who", ["admin", "admin token"])
def test_a_database_that_is_away_is_503_and_says_when_to_come_back(study, who, monkeypatch):
    monkeypatch.setattr(study[who], "raise_request_exception", False)

    def nobody_answers(*args):
        raise OperationalError("the server closed the connection unexpectedly")

    with connection.execute_wrapper(nobody_answers):
        refused = study.ask(who, "GET", "projects/")

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")


def test_a_refusal_of_a_body_names_each_fault(study):
    refused = study.ask("admin", "POST", "projects/", {"slug": "No Slug"})

    assert refused.json() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "Some of what was sent is not valid.",
        "code": "invalid",
        "errors": [
            {
                "field": "slug",
                "code": "invalid",
                "detail": "Use small letters, digits and hyphens.",
            },
            {"field": "name", "code": "required", "detail": "This field is required."},
        ],
    }


def test_the_description_names_every_call(study):
    described = APIClient().get("/api/v1/schema/", headers={"Accept": "application/json"})
    paths = json.loads(described.content)["paths"]
    named = {
        (method.upper(), path.replace("{", "<").replace("}", ">"))
        for path, methods in paths.items()
        for method in methods
    }

    assert described.status_code == 200
    assert described.json()["openapi"].startswith("3.")
    routes = [row for row in rows() if row[1].startswith("/api/") and "/docs/" not in row[1]]
    assert len(named) >= len(routes) - 1
    assert APIClient().get("/api/v1/docs/").status_code == 200
