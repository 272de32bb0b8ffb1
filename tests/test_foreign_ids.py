"""What belongs to another project is answered as what there is not, wherever it is named.

Each parameter and each field that names something gets it twice: the name of what is there in
another project, and one that nothing has. The two answers are the same to the byte.
"""

import json
import re
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import resolve

from annotations.models import Label
from tests.permission_table import NEW_EACH_TIME, rows
from tests.test_bad_input import Site
from tests.world import World

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
    return {
        "actor": world.admin.user.username,
        "after": world.question.uuid,
        "article": world.article.uuid,
        "assignment": world.assignment.uuid,
        "base": world.article.uuid,
        "batch": world.batch.uuid,
        "batches": world.batch.uuid,
        "before": world.memo.uuid,
        "but": world.coded.uuid,
        "card": world.card.card_id,
        "cluster": world.cluster.uuid,
        "coder": world.coder.user.username,
        "coders": world.coder.user.username,
        "from_coder": world.coder.user.username,
        "import": world.import_job.uuid,
        "label": "weather",
        "project": world.project.slug,
        "since": world.release.uuid,
        "to_coder": world.coder.user.username,
        "version": world.article.uuid,
    }


def unheard_of(value):
    """Return a name of the same shape that nothing has."""
    shapes = {UUID: NOTHING, str: "nothing-at-all"}
    return "0" * 32 if isinstance(value, str) and len(value) == 32 else shapes[type(value)]


class Both:
    """A site, and another project beside the one that its people are in."""

    def __init__(self):
        self.site = Site()
        elsewhere = World("elsewhere", "shut")
        Label.objects.create(project=elsewhere.project, key="weather")
        self.foreign = named(elsewhere)

    def said(self, actor, method, path, given, **more):
        """Return the status and the words of an answer, without what was sent and what is new."""
        with transaction.atomic():
            answer = self.site.clients[actor].generic(method, path, **more)
            words = NEW_EACH_TIME.sub(b"", answer.getvalue())
            transaction.set_rollback(True)
        return answer.status_code, words.replace(str(given).encode(), b"?")

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

            def ask(value, row=row, path=path, name=name):
                cells = {who: cell.split("/")[0] for who, cell in row.cells.items()}
                return both.said(both.site.who(cells), row.method, f"{path}?{name}={value}", value)

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
