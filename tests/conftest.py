"""What every test can use."""

import gc
import os
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.template import RequestContext, Template
from django.test import TransactionTestCase, override_settings
from django.test.signals import template_rendered

from tests import databases
from tests import trust as trust_table
from tests.files import storages_in
from tests.stack import Stack
from workbench.env import APPLICATION_ROLE
from workbench.services import privileges

# Playwright runs an event loop in the tests' own thread, where Django would refuse to work.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

DRAW = Template._render

# A test that commits would have Django truncate every table and emit ``post_migrate``.
TransactionTestCase._fixture_teardown = lambda test: databases.empty()


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item):
    """Mark what tells a row of the trust table, so that ``script/chaos`` finds it."""
    if "trust" in getattr(item, "fixturenames", ()):
        item.add_marker("proof")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run what needs real servers last: their worker would take the jobs of other tests."""
    items.sort(key=lambda item: "stack" in item.fixturenames)


def pytest_collection_finish():
    """Let the garbage collector pass over what stays: it took a tenth of all tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_sessionfinish(session):
    """Write the page on trust once, after what has run in all processes."""
    if trust_table.is_kept() and not hasattr(session.config, "workerinput"):
        trust_table.PAGE.write_text(trust_table.page())


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """Have every process copy one database instead of migrating its own."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Give the application's role the rights in the test database that it has in the product.

    At the end nobody is left in it: a thread of the live server that keeps a browser's connection
    would have PostgreSQL wait five seconds, and then not drop the database.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APPLICATION_ROLE}")
        privileges.grant(cursor, application_role=APPLICATION_ROLE)
    yield
    with django_db_blocker.unblock():
        databases.send_others_away()


@pytest.fixture(scope="session", autouse=True)
def contexts_of_pages_alone(django_test_environment):
    """Keep for tests what a page was drawn from, and not what each of its parts was: to copy the
    context of every template took a sixth of the time of tests that ask for pages.
    """

    def draw(template, context):
        if context.template is template and isinstance(context, RequestContext):
            template_rendered.send(sender=template, template=template, context=context)
        return DRAW(template, context)

    Template._render = draw


@pytest.fixture
def as_application():
    """Return a block in which the database sees the application's role, not the owner.

    An error must leave the block: it ends what the block has done, the role included.
    """

    @contextmanager
    def block():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APPLICATION_ROLE}")
            yield
            cursor.execute("RESET ROLE")

    return block


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    """Keep uploads and releases of a test in a folder that goes with it."""
    settings.STORAGES = storages_in(tmp_path / "files")


@pytest.fixture
def trust(request):
    """Return what a proof tells its row of ``docs/trust.md`` with, at its end."""
    run = "long" if request.node.get_closest_marker("slow") else "short"
    return trust_table.Teller(request.function.__name__.removeprefix("test_"), run)


@pytest.fixture(scope="module")
def storages_of_the_module(django_db_setup, django_db_blocker, tmp_path_factory):
    """Let fixtures make a world once for the module: its rows and its files go with it.

    A test that asks for ``db``, too, is a savepoint in it, so that what it does is taken back.
    """
    storages = storages_in(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), override_settings(STORAGES=storages), transaction.atomic():
        yield storages
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def everybody_of_the_module(storages_of_the_module):
    from tests.permission_table import Everybody

    return Everybody()


@pytest.fixture
def everybody(everybody_of_the_module, storages_of_the_module, db, settings, files_of_their_own):
    """The world with an actor of each kind, one for the module; what a test does is taken back."""
    settings.STORAGES = storages_of_the_module
    return everybody_of_the_module


@pytest.fixture(scope="module")
def guards_of_the_module():
    from tests.guards import Guards

    with pytest.MonkeyPatch.context() as patch:
        yield Guards(patch)


@pytest.fixture
def guards(guards_of_the_module, everybody):
    """The guards of the product, watched in all places; what a test takes out is put back."""
    guards_of_the_module.asked.clear()
    yield guards_of_the_module
    guards_of_the_module.out = frozenset()
    everybody.start_anew()


@pytest.fixture(scope="session")
def running_stack(django_db_setup, django_db_blocker, tmp_path_factory):
    """Start the servers once for all tests that need them."""
    with django_db_blocker.unblock():
        stack = Stack(tmp_path_factory.mktemp("stack"))
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.fixture
def stack(running_stack, transactional_db, settings, files_of_their_own):
    """Return real servers, all of them running, that see what the test commits."""
    running_stack.mend()
    settings.STORAGES = storages_in(running_stack.files)
    return running_stack


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the Chromium that ``script/test`` has found, and keep it from calling home."""
    path = os.environ.get("CHROMIUM")
    if not path:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("No Chromium: set CHROMIUM, or run the tests with script/test.")
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
    ]
    # Root has no sandbox to offer; everybody else keeps it.
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": quiet + sandbox}
