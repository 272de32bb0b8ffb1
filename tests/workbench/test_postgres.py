"""The embedded database, on clusters of the tests' own."""

import os
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from workbench.env import APPLICATION_ROLE, OWNER_ROLE, ROOT, Instance
from workbench.services import privileges
from workbench.services.postgres import Cluster, attached
from workbench.services.processes import ServiceError


@pytest.fixture
def instance(tmp_path):
    instance = Instance(tmp_path / "instance")
    yield instance
    # For root it lies outside pytest's folders, which let nobody through.
    shutil.rmtree(Cluster(instance).data, ignore_errors=True)


@pytest.fixture(scope="module")
def resting(tmp_path_factory):
    """Return an instance whose database was made and does not run, for tests that leave it so."""
    instance = Instance(tmp_path_factory.mktemp("resting") / "instance")
    with attached(instance) as cluster:
        pass
    yield instance
    shutil.rmtree(cluster.data, ignore_errors=True)


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """Return an instance whose database runs, for tests that leave it running."""
    instance = Instance(tmp_path_factory.mktemp("serving") / "instance")
    with attached(instance) as cluster:
        yield instance
    shutil.rmtree(cluster.data, ignore_errors=True)


def connect(instance, role=OWNER_ROLE):
    return psycopg.connect(instance.database_url(role=role), autocommit=True)


def test_the_server_never_runs_as_root(serving):
    assert Cluster(serving).postmaster().uids().real != 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs another place for the data")
def test_a_folder_that_nobody_can_enter_gets_its_data_elsewhere(instance):
    instance.data.mkdir(mode=0o700)

    with attached(instance) as cluster:
        assert cluster.data != instance.data / "postgres"
        first = cluster.data
    shutil.rmtree(instance.data)

    # A new folder of the old name begins with an empty database.
    with attached(instance) as cluster:
        assert cluster.data != first
    shutil.rmtree(first)


def test_the_server_listens_on_a_private_socket_alone(serving):
    assert serving.postgres_sockets.stat().st_mode & 0o777 == 0o700
    assert Cluster(serving).postmaster().net_connections(kind="inet") == []


def test_text_sorts_by_code_point(serving):
    with connect(serving) as connection:
        found = connection.execute(
            "SELECT x FROM unnest(ARRAY['é', 'z', 'a', 'Z', '_']) x ORDER BY x"
        ).fetchall()
    assert [letter for (letter,) in found] == ["Z", "_", "a", "z", "é"]


def test_the_last_to_leave_stops_the_server(resting):
    with attached(resting) as first:
        with attached(resting):
            number = first.postmaster().pid
        assert first.postmaster().pid == number
    assert first.postmaster() is None
    assert not resting.sockets.exists()


def test_a_killed_server_keeps_what_it_has_acknowledged(resting):
    with attached(resting) as cluster:
        with connect(resting) as connection:
            connection.execute("CREATE TABLE fact (id int)")
        for number in range(2):
            with connect(resting) as connection:
                connection.execute("INSERT INTO fact VALUES (%s)", [number])
                cluster.postmaster().kill()
            cluster.start()
        with connect(resting) as connection:
            found = connection.execute("SELECT id FROM fact ORDER BY id").fetchall()

    assert found == [(0,), (1,)]


def test_a_server_that_was_left_running_is_joined(resting):
    abandoned = Cluster(resting)
    abandoned.start()
    number = abandoned.postmaster().pid

    with attached(resting) as cluster:
        assert cluster.postmaster().pid == number

    abandoned.child.wait(10)
    assert cluster.postmaster() is None


def test_another_programs_number_in_the_lock_file_does_not_prevent_a_start(resting):
    with attached(resting) as cluster:
        lock = cluster.data / "postmaster.pid"
        content = lock.read_text()
    lock.write_text(content.replace(content.split("\n")[0], str(os.getpid()), 1))

    with attached(resting) as cluster:
        assert cluster.postmaster().pid != os.getpid()


@pytest.mark.slow
def test_many_at_once_start_one_server(instance):
    together = threading.Barrier(4)

    def join(_):
        with attached(instance) as cluster:
            number = cluster.postmaster().pid
            together.wait(30)
        return number

    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(join, range(4)))

    assert len(set(numbers)) == 1


def test_a_cluster_of_another_version_is_refused_in_words(resting):
    version = Cluster(resting).data / "PG_VERSION"
    ours = version.read_text()
    version.write_text("14\n")

    try:
        with pytest.raises(ServiceError, match="made by PostgreSQL 14"), attached(resting):
            pass
    finally:
        version.write_text(ours)


def test_the_application_does_not_own_the_database(serving):
    with connect(serving, APPLICATION_ROLE) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE mine")


def test_the_applications_rights_reach_tables_made_before_and_after(serving):
    with connect(serving) as owner:
        owner.execute("CREATE DATABASE real")
    addresses = {
        "owner_url": serving.database_url(role=OWNER_ROLE, database="real"),
        "application_url": serving.database_url(role=APPLICATION_ROLE, database="real"),
    }
    with psycopg.connect(addresses["owner_url"], autocommit=True) as owner:
        owner.execute("CREATE TABLE before (id serial)")
        privileges.grant_by_address(**addresses)
        owner.execute("CREATE TABLE after (id serial)")
    with psycopg.connect(addresses["application_url"]) as application:
        for table in ("before", "after"):
            application.execute(f"INSERT INTO {table} DEFAULT VALUES")
            assert application.execute(f"DELETE FROM {table}").rowcount == 1


def test_a_command_starts_the_database_for_as_long_as_it_runs(resting):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "DJANGO_"))
    }
    command = [ROOT / "script/manage", "migrate", "annotations", "zero", "--plan"]
    done = subprocess.run(
        command,
        env=environment | {"WORKBENCH_DATA": str(resting.data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert Cluster(resting).postmaster() is None
