"""Every route × method × actor gets the status and the rows of ``permission_table.txt``.

A route without a row fails, and so does a method that a route takes but the table does not name.
Bodies are empty: who may not is refused before the content is looked at, who may is told what
is missing. That the table would tell if a guard were missing is shown in ``test_guards.py``.
"""

import logging
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve

from tests.permission_table import ACTORS, Row, rows
from workbench import logs

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ROUTES_OF_OTHERS = re.compile(r"^admin/")
#: Who fetched which file of a release is kept, and which admin looked at whose work.
NOTED = {
    "GET /api/v1/assignments/{assignment}/drafts/",
    "GET /api/v1/assignments/{assignment}/history/",
    "GET /api/v1/releases/{release}/files/articles.jsonl",
    "GET /assignments/{assignment}/record/",
}
#: That something was used is noted on reading, too.
OF_USE = re.compile(r"last_used_at|cached_values|django_session|usersession")


@pytest.mark.parametrize(
    "apart", [3, pytest.param(1, marks=pytest.mark.slow)], ids=["short", "long"]
)
@pytest.mark.parametrize("actor", ACTORS)
def test_everybody_gets_what_the_table_says(actor, apart, everybody, caplog):
    """… is told no name of a coder, in an answer that nobody keeps, frames or adds a script to,
    and changes nothing by reading.

    In the short run each actor asks for every third row, and each row is asked for by a third of
    the actors.
    """
    caplog.set_level(logging.INFO)
    wrong = []
    names = everybody.names_kept_from(actor)
    for row in rows()[ACTORS.index(actor) % apart :: apart]:
        if not row.is_for(actor):
            continue
        got, line = everybody.ask(actor, row), f"{row.method} {row.template}"
        if got.cell != row.expected(actor):
            wrong.append(f"{line}: {got.cell}, not {row.expected(actor)}")
        wrong += [f"{line} tells of {name!r}" for name in names if name in got.said.lower()]
        if got.unprotected:
            wrong.append(f"{line} is not protected by {got.unprotected}")
        written = [sql for sql in got.written if not OF_USE.search(sql)]
        if written and row.method == "GET" and line not in NOTED:
            wrong.append(f"{line} writes: {written}")
    assert wrong == []

    logged = "\n".join(logs.JSONFormatter().format(record) for record in caplog.records)
    assert logged
    assert "quill" not in logged


def test_who_is_not_signed_in_needs_a_token_against_forgery_too(everybody, trust):
    def taken_from(client):
        answers = [(row, client.generic(row.method, everybody.path(row))) for row in writes]
        return [
            (row.method, row.template, answer.status_code)
            for row, answer in answers
            if answer.status_code not in {401, 403}
        ]

    writes = [row for row in rows() if row.method != "GET"]
    checked, unchecked = (
        Client(enforce_csrf_checks=is_checked, raise_request_exception=False)
        for is_checked in (True, False)
    )

    assert taken_from(checked) == []
    taken = taken_from(unchecked)
    assert taken
    trust(
        "Who sees what",
        "Whatever writes is asked for without a token against forgery, by nobody signed in",
        tried=f"{len(writes)} requests",
        of="every route and method that writes",
        taken=0,
        control=f"where no token is asked for, {len(taken)} of {len(writes)} got further",
    )


def routes(resolver=None, prefix=""):
    """Yield every route of the site."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif not ROUTES_OF_OTHERS.match(route):
            yield route


def test_the_table_names_every_route_and_every_method_that_it_takes(everybody, trust):
    table = rows()
    named = {}
    for row in table:
        route = resolve(everybody.path(row)).route
        named.setdefault(route, (row.template, set()))[1].add(row.method)

    missing = [route for route in routes() if route not in named]
    unnamed = [
        f"{method} {template}"
        for template, methods in named.values()
        for method in METHODS - methods
        if everybody.ask("admin", Row(method, template, {})).cell != "405"
    ]
    assert (missing, unnamed) == ([], [])
    named.popitem()
    [forgotten] = [route for route in routes() if route not in named]
    cells = sum(row.is_for(actor) for row in table for actor in ACTORS)
    trust(
        "Who sees what",
        "Every route and method is looked for in the table of who gets what",
        tried=f"{len(table)} routes and methods",
        of=f"{cells:,} cells for {len(ACTORS)} kinds of actors, each asked for by a test",
        routes_forgotten=len(missing),
        methods_forgotten=len(unnamed),
        control=f"without its line, {forgotten} was found to be forgotten",
    )


def test_what_asks_about_an_address_tells_nothing_that_reading_it_would_not(everybody):
    """HEAD is GET without the body, and OPTIONS speaks of the address, not of what is there."""
    told = []
    for row in rows():
        if row.method == "GET" and row.cells["stranger"] == "404":
            client, path = everybody.clients["stranger"], everybody.path(row)
            elsewhere = row.template.format(**dict.fromkeys(everybody.addresses, uuid4()))
            head = client.head(path)
            if head.status_code not in {404, 405} or head.content:
                told.append(f"HEAD {path}: {head.status_code}")
            if client.options(path).content != client.options(elsewhere).content:
                told.append(f"OPTIONS {path}")
    assert told == []


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
        "releases/{release}/changes/",
        "releases/{release}/difference/",
        "releases/{release}/files/articles.jsonl",
        "releases/{release}/progress/",
    }
