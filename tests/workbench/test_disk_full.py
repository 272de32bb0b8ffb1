"""A database whose disk fills up: refused in words, and nothing that it acknowledged is lost."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg.errors import DiskFull

from annotations.models import SpanOp
from tests.saving import four_at_work, save_more, saved_by, told_otherwise_than_stored
from tests.stack import wait_until
from workbench.env import Instance, has_embedded_database
from workbench.services.postgres import Cluster, attached

REFUSALS = 12
ROWS_BEFORE = 100
SAVE = "INSERT INTO saved VALUES (%s) ON CONFLICT DO NOTHING"
FILL_THE_LOG = "SELECT pg_logical_emit_message(true, '', repeat('.', 999999))"


@pytest.fixture
def disk():
    """Return a function that mounts a disk of so many MB, which only root can."""
    mounted = []

    def mount(megabytes):
        folder = Path(tempfile.mkdtemp(prefix="workbench-disk-"))
        mounted.append(folder)
        options = f"size={megabytes}m,mode=0755"
        command = ["mount", "-t", "tmpfs", "-o", options, "none", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("Nobody but root can mount a disk that is small enough to fill up.")
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], capture_output=True, check=False)
        shutil.rmtree(folder)


def fill(folder):
    """Leave no room on the disk; return the file to delete."""
    file = folder / "filler"
    with suppress(OSError), file.open("wb", buffering=0) as full:
        while full.write(bytes(2**16)):
            pass
    return file


@contextmanager
def kept_on(folder, model):
    """Have a table lie on the disk in ``folder``."""
    cluster = Cluster(Instance.from_environment())
    place = folder / "table"
    place.mkdir()
    os.chown(place, cluster.user.pw_uid, cluster.user.pw_gid)
    table = model._meta.db_table
    with cluster.connect(connection.settings_dict["NAME"]) as superuser:
        superuser.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        try:
            superuser.execute(f"ALTER TABLE {table} SET TABLESPACE small")
            yield
        finally:
            superuser.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            superuser.execute("DROP TABLESPACE small")


def lines_lost_without_a_database(folder):
    """Write to a plain file until the disk is full: the control."""
    taken = 0
    path = folder / "plain"
    with suppress(OSError), path.open("w") as file:
        while True:
            file.write(f"{taken:08}\n")
            taken += 1
    kept = len(path.read_bytes()) // 9
    path.unlink()
    return taken - kept


def log_of(instance):
    return (instance.data / "logs/postgres.log").read_text()


def is_back(cluster):
    """Tell whether the database serves; start it if it has ended, and not only begun anew."""
    with suppress(psycopg.OperationalError), cluster.connect("postgres"):
        return True
    if cluster.postmaster() is None:
        cluster.start()
    return False


@pytest.mark.stack
@pytest.mark.skipif(not has_embedded_database(), reason="another database has its own disk")
@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_what_can_not_be_saved_on_a_full_disk_is_refused_and_saved_later(
    times, stack, disk, trust
):
    folder = disk(4)
    control = lines_lost_without_a_database(folder)
    assert control > 0

    with kept_on(folder, SpanOp), four_at_work(stack) as coders:
        for _ in range(times):
            save_more(coders)
            filler = fill(folder)
            refused = sum(coder.refused for coder in coders) + REFUSALS
            wait_until(
                lambda refused=refused: sum(coder.refused for coder in coders) >= refused,
                what="coders to be refused",
            )
            address = f"/assignments/{coders[0].work}/"
            assert stack.call(address, token=coders[0].token)[0] == 200
            filler.unlink()
            save_more(coders)
    assert {coder.reason for coder in coders} == {"disk_full"}

    lost, doubled = told_otherwise_than_stored(coders)
    trust(
        "Servers that fail",
        "PostgreSQL’s disk fills up while four coders save",
        tried=f"{times} {'times' if times > 1 else 'time'}",
        of=f"{saved_by(coders):,} acknowledged spans, {refused} refusals",
        control=f"a file written without a database lost {control} of the lines it had taken",
        lost=lost,
        doubled=doubled,
    )


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_database_without_room_for_its_log_starts_again_with_all_it_acknowledged(
    times, disk, tmp_path, trust
):
    folder = disk(160)
    control = lines_lost_without_a_database(disk(4))
    assert control > 0
    instance = Instance(tmp_path)
    (instance.data / "postgres").symlink_to(folder / "data")
    acknowledged = 0
    with attached(instance) as cluster:
        with cluster.connect("postgres") as database:
            database.execute("CREATE TABLE saved (id int PRIMARY KEY)")
            # The log of earlier rounds must not take the room that is given back.
            for setting in ("min_wal_size", "max_wal_size"):
                database.execute(f"ALTER SYSTEM SET {setting} = '32MB'")
            database.execute("SELECT pg_reload_conf()")
        for time in range(times):
            with suppress(psycopg.OperationalError), cluster.connect("postgres") as database:
                for _ in range(ROWS_BEFORE):
                    database.execute(SAVE, [acknowledged])
                    acknowledged += 1
                filler = fill(folder)
                while True:
                    # The table may be out of room before the log is.
                    with suppress(DiskFull):
                        database.execute(SAVE, [acknowledged])
                        acknowledged += 1
                    database.execute(FILL_THE_LOG)
            assert log_of(instance).count("PANIC") > time
            filler.unlink()
            wait_until(lambda: is_back(cluster), what="the database to be back")
        with cluster.connect("postgres") as database:
            # One more may be there: committed, and the answer cut off.
            count = "SELECT count(*) FROM saved WHERE id < %s"
            (stored,) = database.execute(count, [acknowledged]).fetchone()
    trust(
        "Servers that fail",
        "PostgreSQL has no room left for its log, and ends",
        tried=f"{times} {'times' if times > 1 else 'time'}",
        of=f"{acknowledged:,} acknowledged rows",
        control=f"a file written without a database lost {control} of the lines it had taken",
        lost=acknowledged - stored,
    )
