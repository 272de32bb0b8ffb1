"""What every test can use."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from workbench.env import APPLICATION_ROLE
from workbench.services import privileges


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Give the application's role the rights in the test database that it has in the product."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APPLICATION_ROLE}")
        privileges.grant(cursor, application_role=APPLICATION_ROLE)


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
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = storages
