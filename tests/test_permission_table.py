"""Every route × method × actor gets the status and the rows of ``permission_table.txt``.

A route without a row fails, and so does a method that a route takes but the table does not name.
Bodies are empty: who may not is refused before the content is looked at, who may is told what
is missing.
"""

import copy
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone

from annotations.enums import Role
from tests.factories import ApiTokenFactory, MemberFactory, UserFactory
from tests.world import World

TABLE = Path(__file__).with_name("permission_table.txt")
PEOPLE = [
    "anonymous",
    "coder",
    "other",
    "adjudicator",
    "admin",
    "researcher",
    "stranger",
    "operator",
]
TOKENS = ["right", "wrong", "expired"]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ROUTES_OF_OTHERS = re.compile(r"^admin/")


def rows():
    """Yield ``(method, path, {actor: expectation})`` for every line of the table."""
    columns = [*PEOPLE, "wrong", "right"]
    for line in TABLE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            method, path, *cells = line.split()
            assert len(PEOPLE) <= len(cells) <= len(columns), line
            yield method, path, dict(zip(columns, cells, strict=False))


def expectation(actor, cells):
    """A token with the right scope is its owner, an expired one is nobody."""
    if actor == "right":
        return cells.get("right", cells["admin"])
    if actor == "expired":
        return "401"
    return cells[actor]


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def clients(world):
    """One signed-in client per person, and one per kind of token of the admin."""
    users = {
        "coder": world.coder.user,
        "other": MemberFactory(project=world.project, roles=[Role.CODER]).user,
        "adjudicator": world.adjudicator.user,
        "admin": world.admin.user,
        "researcher": world.researcher.user,
        "stranger": MemberFactory(roles=[Role.ADMIN]).user,
        "operator": UserFactory(is_superuser=True, is_staff=True),
    }
    clients = {"anonymous": Client(raise_request_exception=False)}
    for name, user in users.items():
        clients[name] = Client(raise_request_exception=False)
        clients[name].force_login(user)
    now = timezone.now()
    kinds = {
        "right": {"scopes": ["admin"]},
        "wrong": {"scopes": ["coding"]},
        "expired": {"expires_at": now - timedelta(seconds=1)},
    }
    for name, fields in kinds.items():
        token = ApiTokenFactory(
            user=users["admin"],
            created_at=now - timedelta(days=1),
            **{"scopes": ["admin"], **fields},
        )
        clients[name] = Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer wbt_{token.name}"}
        )
    return clients


def answer(client, method, path):
    """Return what the table writes: the status, and ``/n`` for a page of n rows."""
    body = {"data": "{}", "content_type": "application/json"} if path.startswith("/api/") else {}
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        if method == "GET":
            response = client.get(path)
        else:
            response = getattr(client, method.lower())(path, **body)
        # Whatever the request did is taken back, so that every row finds the same world.
        transaction.set_rollback(True)
    client.cookies = cookies
    if response.headers.get("Content-Type") == "application/json" and method == "GET":
        content = response.json()
        if set(content) == {"next", "previous", "results"}:
            return f"200/{len(content['results'])}"
    return str(response.status_code)


@pytest.mark.parametrize("actor", PEOPLE + TOKENS)
def test_everybody_gets_what_the_table_says(actor, clients, world):
    wrong = []
    for method, template, cells in rows():
        if actor in TOKENS and (not template.startswith("/api/") or "wrong" not in cells):
            continue
        path = template.format(**world.addresses)
        got = answer(clients[actor], method, path)
        if got != expectation(actor, cells):
            wrong.append(f"{method} {template}: {got}, not {expectation(actor, cells)}")
    assert wrong == []


def routes(resolver=None, prefix=""):
    """Yield every route of the site."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif not ROUTES_OF_OTHERS.match(route):
            yield route


def test_the_table_names_every_route_and_every_method_that_it_takes(clients, world):
    named = {}
    for method, template, _ in rows():
        path = template.format(**world.addresses)
        named.setdefault(resolve(path).route, (path, set()))[1].add(method)

    missing = [route for route in routes() if route not in named]
    unnamed = [
        f"{method} {path}"
        for path, methods in named.values()
        for method in METHODS - methods
        if answer(clients["admin"], method, path) != "405"
    ]
    assert (missing, unnamed) == ([], [])


def test_researchers_see_releases_and_nothing_else():
    """Besides what any person signed in sees: the project's own page, its codebook, releases."""
    theirs = {
        (method, path)
        for method, path, cells in rows()
        if cells["researcher"][0] in "23" and cells["stranger"][0] not in "23"
    }

    assert {method for method, _path in theirs} == {"GET"}
    assert {re.sub("^/(api/v1/)?", "", path) for _method, path in theirs} == {
        "projects/{project}/",
        "projects/{project}/codebook/",
        "projects/{project}/codebook/1/",
        "projects/{project}/codebook/1/codebook.yaml",
        "projects/{project}/releases/",
        "releases/{release}/",
        "releases/{release}/difference/",
        "releases/{release}/files/articles.jsonl",
        "releases/{release}/progress/",
    }
