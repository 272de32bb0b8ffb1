"""No text becomes markup: hostile words in every field, every page read by all who may."""

import pytest
from django.apps import apps

from tests.hostile import LONG, SHAPED, HostileWorld, injected, texts_of
from tests.permission_table import rows

READERS = ("coder", "adjudicator", "admin", "researcher", "all")


@pytest.fixture
def world(db):
    return HostileWorld()


def pages():
    """Yield the rows of all pages, and who is to read each."""
    for row in rows():
        if row.method == "GET" and not row.template.startswith("/api/"):
            readers = [reader for reader in READERS if row.expected(reader) == "200"]
            if readers:
                yield row, readers


@pytest.mark.parametrize(
    "is_long", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_no_text_becomes_markup_on_any_page(world, trust, is_long):
    """The short run has every page read by one of those who may, by another on the next."""
    read = [
        (row, reader)
        for turn, (row, readers) in enumerate(pages())
        for reader in (readers if is_long else [readers[turn % len(readers)]])
    ]
    broken, met = {}, 0
    for row, reader in read:
        client = world.clients[reader]
        answer = client.get(world.path(row))
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.getvalue().decode()
        met += "ran()" in page
        if answer.status_code != 200 or injected(page):
            broken[f"{row.template} as {reader}"] = (answer.status_code, injected(page))

    assert broken == {}
    # A page that shows nothing hostile proves nothing.
    assert met > len(read) / 2
    trust(
        "Who sees what",
        "Hostile words in every text that a person or a file fills",
        tried=f"{len(read)} pages as who may read them",
        of=f"{met} with such words",
        elements_grown=len(broken),
        control="five pages that would run or fetch something are all noticed",
    )


def test_the_words_are_in_every_text_that_there_is():
    """A field is new? It is filled by itself, unless it is kept to a shape and listed as such."""
    models = {model.__name__: model for model in apps.get_models()}
    gone = [
        f"{name}.{field}"
        for name, fields in SHAPED.items()
        for field in fields
        if field not in {each.name for each in models[name]._meta.concrete_fields}
    ]

    assert gone == []
    assert {field.name for field in texts_of(models["Batch"])} == {"name"}


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{LONG}</p>",
        "<p onclick='ran()'>x</p>",
        "<a href=' JavaScript:ran()'>x</a>",
        "<script src='https://elsewhere.example/x.js'></script>",
        "<img src='https://elsewhere.example/b.png'>",
    ],
    ids=["unescaped", "handler", "address", "script", "picture"],
)
def test_what_would_run_is_noticed(page):
    assert injected(page)
    assert not injected("<p>&lt;script&gt;</p><a href='/x'>x</a><script src='/static/a.js'>")
