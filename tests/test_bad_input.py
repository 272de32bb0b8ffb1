"""No page breaks, whatever a form or an address holds: every route, every field, no 500."""

import copy
import re
from html.parser import HTMLParser
from itertools import cycle, islice
from urllib.parse import quote_from_bytes, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.permission_table import rows
from tests.world import World

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
        self.world = world = World()
        people = {
            name: getattr(world, name).user
            for name in ("admin", "coder", "adjudicator", "researcher")
        }
        self.clients = {"anonymous": Client(raise_request_exception=False)}
        for name, user in people.items():
            self.clients[name] = Client(raise_request_exception=False)
            self.clients[name].force_login(user)
        self.routes = [
            (method, template.format(**world.addresses), self.who(cells))
            for method, template, cells in rows()
            if not template.startswith("/api/")
        ]
        self.filled: dict[tuple[str, str], dict[str, bytes]] = {}
        for method, path, actor in self.routes:
            if method == "GET":
                page = self.send("GET", path, actor).getvalue().decode()
                for verb, goal, fields in Forms(path, page).found:
                    known = self.filled.setdefault((verb, route_of(goal)), {})
                    known |= {name: value.encode() for name, value in fields.items()}

    def who(self, cells):
        """Return whose request gets furthest."""
        order = ("anonymous", "admin", "coder", "adjudicator", "researcher")
        for wanted in ("200", "422", "302"):
            for actor in order:
                if cells[actor] == wanted and (wanted, actor) != ("302", "anonymous"):
                    return actor
        return "anonymous"

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
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            answer = client.generic(method, path, **more)
            answer.getvalue()
            transaction.set_rollback(True)
        # Who signs out is there for the next row.
        client.cookies = cookies
        return answer


def is_broken_by(site, method, path, actor, fields):
    pairs = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields.items())
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

    The short run tries every field of a form, and of what no form shows some on each page.
    """
    broken, tried, unseen = [], 0, 0
    for method, path, actor in site.routes:
        fields = site.fields(method, path)
        for name in fields:
            unseen += name in UNSEEN
            if name in UNSEEN and unseen % 3 and not is_long:
                continue
            # A NUL is what most often gets through; of the rest each field meets the next one.
            both = (b"a\0b", ODD[tried // 2 % len(ODD)])
            for odd in both if is_long else (both[tried % 2],):
                if is_broken_by(site, method, path, actor, fields | {name: odd}):
                    broken.append((method, path, name, odd[:40]))
            tried += 1

    assert broken == []
    assert tried > 400


@pytest.mark.slow
def test_no_page_breaks_over_many_odd_values(site):
    values = st.sampled_from(ODD) | st.binary(max_size=20)

    @settings(
        max_examples=20_000,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def whatever(data):
        method, path, actor = data.draw(st.sampled_from(site.routes))
        fields = site.fields(method, path)
        for name in data.draw(st.lists(st.sampled_from(sorted(fields) or ["page"]), max_size=5)):
            fields[name] = data.draw(values)
        assert not is_broken_by(site, method, path, actor, fields)

    whatever()


def test_no_page_breaks_over_a_body_that_is_no_form(site):
    """Each route gets three of them, and another three than the one before."""
    broken, bodies = [], cycle(BODIES.items())
    for method, path, actor in site.routes:
        for kind, body in islice(bodies, 3) if method == "POST" else ():
            answer = site.send("POST", path, actor, data=body, content_type=kind)
            if answer.status_code >= 500:
                broken.append((path, kind))

    assert broken == []
