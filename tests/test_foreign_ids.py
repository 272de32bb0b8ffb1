"""What belongs to another project is answered as what there is not, wherever it is named.

Each parameter and each field that names something gets it twice: the name of what is there in
another project, and one that nothing has. The two answers are the same to the byte.
"""

import json
import re
from urllib.parse import quote_from_bytes, urlencode
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.urls import resolve

from annotations.models import Label
from tests.permission_table import NEW_EACH_TIME, rows, taken_back
from tests.test_bad_input import Site, route_of
from tests.world import WholeWorld

#: One counts how often it was asked, the other shows a key that it has just made.
NEW_AT_EACH_LOOK = {"/metrics", "/profile/two-step/"}
NOTHING = UUID("6b1d9a52-0f6e-4f0e-9a55-7c1f0e2d3b4a")
JSON = {"content_type": "application/json"}
#: ``(path, body)`` of what an admin sends, with ``{name}`` for what is elsewhere, or is nothing.
BODIES = [
    ("tokens/", {"name": "x", "project": "{project}"}),
    ("projects/study/batches/", {"name": "x", "articles": {"ids": ["{article}"]}}),
    ("projects/study/batches/", {"name": "x", "articles": {"import": "{import}"}}),
    ("projects/study/batches/", {"name": "x", "articles": {"all": True}, "coders": ["{coder}"]}),
    ("projects/study/releases/", {"name": "x", "batches": ["{batch}"]}),
    ("projects/study/articles/describe/", {"filter": {"import": "{import}"}}),
    ("projects/study/articles/describe/", {"filter": {"batch": "{batch}"}}),
    ("projects/study/cleaning/", {"off": [], "scope": "import", "scope_value": "{import}"}),
    ("batches/{batch}/reassign/", {"from": "{coder}", "to": "{coder}"}),
    ("batches/{batch}/release/", {"coder": "{coder}"}),
    ("batches/{batch}/release/", {"assignments": ["{assignment}"]}),
    ("batches/{batch}/another/", {"coders": ["{coder}"]}),
    ("batches/{batch}/another/", {"coders": ["{own}"], "labels": ["{label}"]}),
    ("batches/{batch}/remind/", {"coders": ["{coder}"]}),
    ("clusters/{cluster}/correct/", {"do": "take_out", "articles": ["{article}"]}),
    ("clusters/{cluster}/correct/", {"do": "merge", "other": "{cluster}"}),
]


def named(world):
    """Return what the names of parameters and fields stand for in a world."""
    name = world.coder.user.username
    return {
        "about": world.assignment.uuid,
        "actor": world.admin.user.username,
        "after": world.question.uuid,
        "against": name,
        "article": world.article.uuid,
        "assignment": world.assignment.uuid,
        "assignments": world.assignment.uuid,
        "base": world.article.uuid,
        "batch": world.batch.uuid,
        "batches": world.batch.uuid,
        "before": world.memo.uuid,
        "but": world.coded.uuid,
        "card": world.card.card_id,
        "chosen": world.assignment.uuid,
        "cluster": world.cluster.uuid,
        "coder": name,
        "coders": name,
        "from": name,
        "from_coder": name,
        "ids": world.article.uuid,
        "import": world.import_job.uuid,
        "label": "weather",
        "labels": "weather",
        "other": world.cluster.name,
        "project": world.project.slug,
        "since": world.release.uuid,
        "to": name,
        "to_coder": name,
        "username": name,
        "version": world.article.uuid,
        "work": world.assignment.uuid,
    }


def unheard_of(value):
    """Return a name of the same shape that nothing has."""
    shapes = {UUID: NOTHING, str: "nothing-at-all"}
    return "0" * 32 if isinstance(value, str) and len(value) == 32 else shapes[type(value)]


class Both:
    """A site, and another project beside the one that its people are in."""

    def __init__(self):
        self.site = Site()
        elsewhere = WholeWorld("beyond-the-hill", "shut")
        Label.objects.create(project=elsewhere.project, key="weather")
        elsewhere.cluster.name = "told-elsewhere"
        elsewhere.cluster.save()
        self.foreign = named(elsewhere)

    def said(self, actor, method, path, *given, **more):
        """Return what an answer says and does, without what was sent and what is new."""
        client = self.site.clients[actor]
        with taken_back(client) as written:
            answer = client.generic(method, path, **more)
            words = NEW_EACH_TIME.sub(b"", answer.getvalue())
        # Where one is sent on to, and what is said there.
        told = [answer.headers.get("Location", ""), *map(str, get_messages(answer.wsgi_request))]
        words += "\n".join(told).encode()
        for value in sorted(map(str, given), key=len, reverse=True):
            words = words.replace(value.encode(), b"?")
        return answer.status_code, words, written

    def differ(self, name, ask):
        """Say whether ``ask`` is answered otherwise for what is elsewhere than for nothing."""
        there = self.foreign[name]
        return ask(there) != ask(unheard_of(there))


@pytest.fixture(scope="module")
def both_of_the_module(storages_of_the_module):
    return Both()


@pytest.fixture
def both(both_of_the_module, storages_of_the_module, db, settings, files_of_their_own):
    settings.STORAGES = storages_of_the_module
    return both_of_the_module


def test_a_parameter_of_the_api_reaches_nothing_of_another_project(both):
    told, asked = [], 0
    for row in rows():
        path = row.template.format(**both.site.world.addresses)
        view = resolve(path).func
        if not hasattr(view, "cls") or not hasattr(view, "actions"):
            continue
        names = getattr(view.cls, "parameters", {}).get(view.actions.get(row.method.lower()), ())
        for name in set(names) & both.foreign.keys():
            actor = both.site.who(row)

            def ask(value, row=row, path=path, name=name, actor=actor):
                return both.said(actor, row.method, f"{path}?{name}={value}", value)

            asked += 1
            if both.differ(name, ask):
                told.append(f"{row.method} {path}: {name}")

    assert told == []
    assert asked >= 10


@pytest.mark.parametrize(
    ("path", "body"), BODIES, ids=[f"{n} {path}" for n, (path, _) in enumerate(BODIES)]
)
def test_a_body_reaches_nothing_of_another_project(both, path, body):
    sent = json.dumps(body).replace("{own}", both.site.world.coder.user.username)
    [name] = set(re.findall(r"{(\w+)}", sent))
    address = "/api/v1/" + path.format(**both.site.world.addresses)

    def ask(value):
        data = sent.replace(f"{{{name}}}", str(value))
        return both.said("admin", "POST", address, value, data=data, **JSON)

    there, nothing = ask(both.foreign[name]), ask(unheard_of(both.foreign[name]))

    assert there == nothing
    assert there[0] != 500


@pytest.mark.parametrize(
    "is_long", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_a_parameter_of_a_page_reaches_nothing_of_another_project(both, is_long):
    """All of them at once, and in the long run each alone that a form of the site sends there."""
    told = []
    for method, path, actor in both.site.routes:
        if method == "GET" and path not in NEW_AT_EACH_LOOK:
            known = both.site.filled.get((method, route_of(path)), {}) if is_long else {}
            sent = known.keys() & both.foreign.keys()
            for chosen in [both.foreign.keys(), *({name} for name in sorted(sent))]:

                def ask(names, path=path, actor=actor):
                    return both.said(actor, "GET", f"{path}?{urlencode(names)}", *names.values())

                names = {name: both.foreign[name] for name in sorted(chosen)}
                nothing = {name: unheard_of(value) for name, value in names.items()}
                if ask(names) != ask(nothing):
                    told.append((path, *names))

    assert told == []


def test_a_field_of_a_page_reaches_nothing_of_another_project(both):
    """Hidden ones, choices and words alike; all else is filled in well."""
    told, asked = [], 0
    for method, path, actor in both.site.routes:
        fields = both.site.fields(method, path) if method == "POST" else {}
        for name in fields.keys() & both.foreign.keys():

            def ask(value, name=name, fields=fields, path=path, actor=actor):
                sent = fields | {name: str(value).encode()}
                pairs = "&".join(f"{one}={quote_from_bytes(said)}" for one, said in sent.items())
                kind = "application/x-www-form-urlencoded"
                return both.said(actor, "POST", path, value, data=pairs, content_type=kind)

            asked += 1
            if both.differ(name, ask):
                told.append(f"{path}: {name}")

    # People are the whole instance's, and naming one of them is how a project lets them in.
    assert told == ["/projects/study/people/add/: username"]
    assert asked >= 10


def test_every_field_that_names_something_is_tried(both):
    """A field is new? Its name is to be in ``named``."""
    world = both.site.world
    own = {str(value).encode() for value in [*named(world).values(), *world.addresses.values()]}
    unnamed = {
        f"{verb} {route}: {name}"
        for (verb, route), fields in both.site.filled.items()
        for name, value in fields.items()
        if name not in both.foreign and (value in own or re.fullmatch(rb"[0-9a-f-]{36}", value))
    }

    assert unnamed == set()
