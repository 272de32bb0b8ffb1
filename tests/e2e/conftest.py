"""What the stories in the browser share."""

import threading
from io import StringIO

import pytest
from django.conf import settings as product
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from annotations.actions import agreement
from annotations.models import Batch, Project
from tests.e2e.desk import Desk
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)
from tests.stack import wait_until

# A machine that has more to do than this may be slow, and still be right.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def collected(tmp_path_factory):
    """Return the settings with which a page's modules are one file, as in the product.

    Apart, as in the source, they are fifty requests of every browser.
    """
    staticfiles = {"BACKEND": "workbench.static.ModuleStorage"}
    folder = tmp_path_factory.mktemp("static")
    with override_settings(
        STATIC_ROOT=folder, STORAGES=product.STORAGES | {"staticfiles": staticfiles}
    ):
        call_command("collectstatic", "--no-input", verbosity=0)
    return {"STATIC_ROOT": folder, "staticfiles": staticfiles}


@pytest.fixture(scope="session")
def live_server(collected):
    """Serve pages and files as gunicorn does; WhiteNoise looks once for what there is."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = lambda application: application
    with override_settings(STATIC_ROOT=collected["STATIC_ROOT"]):
        server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def served_as_collected(collected, settings, files_of_their_own):
    """Have pages name the files that were collected."""
    settings.STATIC_ROOT = collected["STATIC_ROOT"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": collected["staticfiles"]}


@pytest.fixture(autouse=True)
def requests_answered(transactional_db):
    """Let the server answer what a page has asked for, before the tables are emptied.

    The page is gone by then, since it is made after this; what it sent on leaving is not.
    """
    under_way = set()

    def begins(**kwargs):
        under_way.add(threading.get_ident())

    def ends(**kwargs):
        under_way.discard(threading.get_ident())

    request_started.connect(begins)
    request_finished.connect(ends)
    yield
    wait_until(lambda: not under_way, what="the last answers")
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def signed_in(context, live_server, client, settings):
    """Return a function that signs a person in without the form."""

    def sign_in(user):
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])

    return sign_in


@pytest.fixture
def desk_with(page, live_server, signed_in):
    """Return a function that gives a coder articles with these texts and opens the first."""

    def sit_down(*texts, wait=True, **details):
        coder = MemberFactory()
        batch = BatchFactory(project=coder.project)
        work = [
            AssignmentFactory(
                coder=coder,
                position=position,
                task=TaskFactory(
                    batch=batch,
                    article=ArticleFactory(project=coder.project, text=text, **details),
                ),
            )
            for position, text in enumerate(texts)
        ]
        signed_in(coder.user)
        desk = Desk(page, live_server.url, work[0])
        if wait:
            desk.open()
        else:
            page.goto(desk.address)
        return desk

    return sit_down


@pytest.fixture
def demo(settings, tmp_path):
    """Return the demo project, its figures of agreement computed."""
    settings.DATA = tmp_path
    call_command("demo", stdout=StringIO())
    for batch in Batch.objects.all():
        agreement.measure(batch=batch, at=timezone.now())
    for report in agreement.unfinished():
        agreement.compute(report_id=report.pk, at=timezone.now())
    return Project.objects.get()
