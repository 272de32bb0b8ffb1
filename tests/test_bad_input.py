"""No page breaks, whatever a form or an address holds: every route, every field, no 500."""

import re
from html.parser import HTMLParser
from itertools import cycle, islice
from urllib.parse import quote_from_bytes, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import second_step
from tests.databases import unreadable
from tests.permission_table import rows, taken_back
from tests.world import WholeWorld

PASSWORD = "open sesame 42"
#: In the order in which they are asked.
PEOPLE = ("anonymous", "admin", "coder", "adjudicator", "researcher")
NO_ANSWER = {"401", "403", "404"}
SIGN_IN = ("/sign-in/", "/profile/again/")
#: What pages that show nothing by themselves are told.
NEEDED = {
    "/projects/{project}/codebook/1/changes/": {"since": b"1"},
    "/projects/{project}/codebook/rulings/": {"rule": b"R1"},
}
#: What pages read from an address without a field that shows it.
UNSEEN = ("page", "show", "before", "after", "since", "import", "next")

ODD = [
    b"",
    b"\0",
    b"a\0b",
    b"\xff\xfe",
    b"\xed\xa0\x80",  # half of a surrogate pair
    b"\xe2\x80\xae<script>",
    b"\r\n",
    b"0",
    b"-1",
    b"1.5",
    b"1e999",
    b"NaN",
    b"9" * 20,
    b"9" * 5_000,
    "٣".encode(),
    b"true",
    b"0000-00-00",
    b"9999-12-31",
    b"99999-01-01",
    b"x" * 300,
    b"[" * 3_000,
    b'{"a": [1]}',
    b"00000000-0000-0000-0000-000000000000",
    b"../../etc/passwd",
    b"%s{}{{ }}",
]
BODIES = {
    "application/json": b'{"name": 1}',
    "multipart/form-data": b"no boundary",
    "multipart/form-data; boundary=x": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\0'
    ),
    "multipart/form-data; boundary=\xff": b"--",
    "application/x-www-form-urlencoded; charset=utf-16": b"name=a",
    "application/x-www-form-urlencoded; charset=nonsense": b"name=a",
    "": b"name=a",
    "text/plain": b"\xff",
}


class Forms(HTMLParser):
    """The forms of a page as ``(method, address, {name: value})``, filled in as they come."""

    def __init__(self, path, page):
        super().__init__()
        self.path = path
        self.found = []
        self.fields = self.select = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.fields = {}
            method = (given.get("method") or "get").upper()
            goal = urljoin(self.path, given.get("action") or "")
            self.found.append((method, goal, self.fields))
        if self.fields is not None:
            for verb in ("get", "post"):
                if goal := given.get(f"hx-{verb}"):
                    self.found.append((verb.upper(), urljoin(self.path, goal), self.fields))
        if tag == "form" or self.fields is None:
            return
        if tag in {"input", "textarea", "button"} and given.get("name"):
            self.fields.setdefault(given["name"], given.get("value") or "")
        elif tag == "select":
            self.select = given.get("name")
            self.fields[self.select] = ""
        elif tag == "option" and not self.fields.get(self.select):
            self.fields[self.select] = given.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.fields = None


def route_of(address):
    return resolve(urlsplit(address).path).route


class Site:
    """Every page of one world, each with somebody who may see it, and the fields of its forms."""

    def __init__(self):
        self.world = world = WholeWorld()
        # Pages on a second step show nothing to who has none, or has not just said who they are.
        second_step.give(world.researcher.user)
        self.clients = {name: Client(raise_request_exception=False) for name in PEOPLE}
        for name in PEOPLE[1:]:
            self.clients[name].force_login(getattr(world, name).user)
            self.clients[name].post("/profile/again/", {"password": PASSWORD})
        needed = {
            ("GET", route_of(template.format(**world.addresses))): fields
            for template, fields in NEEDED.items()
        }
        self.filled: dict[tuple[str, str], dict[str, bytes]] = dict(needed)
        self.routes = [
            (row.method, row.template.format(**world.addresses), self.who(row))
            for row in rows()
            if not row.template.startswith("/api/")
        ]
        for method, path, actor in self.routes:
            if method == "GET":
                page = self.send("GET", self.full(path), actor).getvalue().decode()
                for verb, goal, fields in Forms(path, page).found:
                    known = {name: value.encode() for name, value in fields.items()}
                    found = (verb, route_of(goal))
                    self.filled[found] = self.filled.get(found, {}) | known | needed.get(found, {})

    def who(self, row):
        """Return whose request gets furthest: by the table, and where it leaves that open, by
        asking.
        """
        cells = {name: row.cells[name][:3] for name in PEOPLE}
        let_in = [name for name, cell in cells.items() if cell not in NO_ANSWER]
        if cells["anonymous"] == "302":  # To where one signs in.
            let_in.remove("anonymous")
        sure = [name for name in let_in if cells[name] in {"200", "422"}]
        if sure or len(let_in) == 1:
            return (sure or let_in)[0]
        path, found = self.full(row.template.format(**self.world.addresses)), {}
        for actor in let_in or PEOPLE:
            answer = self.send(row.method, path, actor)
            status, goal = str(answer.status_code), answer.headers.get("Location", "")
            found[actor] = (status in NO_ANSWER, goal.startswith(SIGN_IN), status)
        furthest = min(found, key=lambda actor: found[actor])
        assert not found[furthest][0], f"What {path} is sent would never be looked at."
        return furthest

    def full(self, path):
        """Return the address of a page with what it needs to be told."""
        return f"{path}?{encoded(self.filled.get(('GET', route_of(path)), {}))}"

    def fields(self, method, path):
        """Return what the route takes, filled in well; the second of many like it is left out."""
        known = self.filled.get((method, route_of(path)), {})
        unseen = dict.fromkeys(UNSEEN, b"") if method == "GET" else {}
        return {
            name: value
            for name, value in (unseen | known).items()
            if not re.search(r"-[1-9][0-9]*-", name)
        }

    def send(self, method, path, actor, **more):
        client = self.clients[actor]
        with taken_back(client):
            answer = client.generic(method, path, **more)
            answer.getvalue()
        return answer


def encoded(fields):
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields.items())


def is_broken_by(site, method, path, actor, fields):
    pairs = encoded(fields)
    if method == "GET":
        answer = site.send("GET", f"{path}?{pairs}", actor)
    else:
        kind = "application/x-www-form-urlencoded"
        answer = site.send("POST", path, actor, data=pairs, content_type=kind)
    return answer.status_code >= 500


@pytest.fixture(scope="module")
def site_of_the_module(storages_of_the_module):
    return Site()


@pytest.fixture
def site(site_of_the_module, storages_of_the_module, db, settings, files_of_their_own):
    settings.STORAGES = storages_of_the_module
    return site_of_the_module


@pytest.mark.parametrize(
    "is_long", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_no_page_breaks_over_one_odd_value(site, is_long):
    """Everything else is filled in well, so that the odd value gets as far as it can.

    The short run tries one field in sixteen, so that every other page gets such a value.
    """
    broken, met = [], 0
    for method, path, actor in site.routes:
        fields = site.fields(method, path)
        for name in fields:
            met += 1
            # A NUL is what most often gets through; of the rest each field meets the next one.
            both = (b"a\0b", ODD[met // 2 % len(ODD)])
            for odd in both if is_long else both[met % 2 :][: not met % 16]:
                if is_broken_by(site, method, path, actor, fields | {name: odd}):
                    broken.append((method, path, name, odd[:40]))

    assert broken == []
    assert met > 800


@pytest.mark.slow
def test_no_page_breaks_over_many_odd_values(site, trust):
    with unreadable("annotations_project"):
        control = [is_broken_by(site, *route, {}) for route in site.routes]
    assert any(control)
    values = st.sampled_from(ODD) | st.binary(max_size=20)
    sent = 0

    @settings(
        max_examples=3_000,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def whatever(data):
        nonlocal sent
        method, path, actor = data.draw(st.sampled_from(site.routes))
        fields = site.fields(method, path)
        for name in data.draw(st.lists(st.sampled_from(sorted(fields) or ["page"]), max_size=5)):
            fields[name] = data.draw(values)
        assert not is_broken_by(site, method, path, actor, fields)
        sent += 1

    whatever()
    trust(
        "The whole system",
        "Odd values in the fields of all forms and addresses of the site",
        tried=f"{sent:,} requests",
        of=f"{len(site.routes)} routes and methods of pages",
        server_errors=0,
        control=f"with a table that can’t be read, {sum(control)} of {len(control)} were broken",
    )


@pytest.mark.parametrize(
    "number", [1, pytest.param(len(BODIES), marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_no_page_breaks_over_a_body_that_is_no_form(site, number):
    """Each route gets so many of them, in the short run other ones than the route before."""
    broken, bodies = [], cycle(BODIES.items())
    for method, path, actor in site.routes:
        for kind, body in islice(bodies, number) if method == "POST" else ():
            answer = site.send("POST", path, actor, data=body, content_type=kind)
            if answer.status_code >= 500:
                broken.append((path, kind))

    assert broken == []
