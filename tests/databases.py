"""How the tests come to migrated databases, and to empty ones, in little time."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

#: What ``migrate`` fills, and nobody changes.
KEPT = {"auth_permission", "django_content_type"}
ONE_AT_A_TIME = 2


def migrated() -> str:
    """Return a database that is migrated and empty, to copy from; the first to ask makes it.

    Migrating takes as long as a hundred tests, and every process of a run needs a database. It
    stays for later runs, until a migration changes.
    """
    name = f"test_migrated_{fingerprint_of_migrations()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_migrated_%%'")
        found = {known for (known,) in cursor.fetchall()}
        if name not in found:
            for outdated in found:
                cursor.execute(f"DROP DATABASE {connection.ops.quote_name(outdated)}")
            migrate("test_migrated_draft")
            cursor.execute(f"ALTER DATABASE test_migrated_draft RENAME TO {name}")
    return name


def migrate(name: str) -> None:
    """Make a database of this name, and leave the connection as it was."""
    usual = connection.settings_dict["NAME"]
    tests = connection.settings_dict["TEST"]
    usual_for_tests, tests["NAME"] = tests["NAME"], name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        tests["NAME"] = usual_for_tests
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = usual


def fingerprint_of_migrations() -> str:
    """Return other letters whenever a migration of ours or of a library is another."""
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            found.update(f"{app.label} {file.name} {file.stat().st_size}\n".encode())
            found.update(file.read_bytes())
    return found.hexdigest()[:16]


def empty() -> None:
    """Delete all rows, as Django's ``flush`` would after a test that commits.

    A test leaves few rows: to delete them takes a tenth of the work of truncating every table
    with all its indexes, and of making permissions and content types anew.
    """
    while True:
        try:
            _empty()
        except OperationalError as error:
            # Who is still writing may take its tables in another order.
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
        else:
            return


def _empty() -> None:
    quoted = connection.ops.quote_name
    existing = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [quoted(name) for name in existing if name not in KEPT]
    with pgtrigger.ignore(), transaction.atomic(), connection.cursor() as cursor:
        # As truncating would, this waits for whoever is still writing.
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT FROM {name})' for name in tables)}")
        filled = [
            name for name, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows
        ]
        if filled:
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))


@contextmanager
def unreadable(table: str) -> Iterator[None]:
    """Have each question to a table fail in a way that nobody has thought of."""

    def ask(execute, sql, *rest):
        if f'FROM "{table}"' in sql:
            raise RuntimeError(f"{table} can't be read")
        return execute(sql, *rest)

    with connection.execute_wrapper(ask):
        yield


def send_others_away() -> None:
    """End all sessions in the test database but this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
