"""Saving against real servers that are killed while coders work."""

import shutil
from contextlib import suppress

import psutil
import psycopg
import pytest

from tests.saving import four_at_work, save_more, saved_by, told_otherwise_than_stored
from workbench.env import OWNER_ROLE, Instance
from workbench.services.postgres import Cluster, attached


@pytest.mark.stack
@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.slow)])
def test_a_web_server_killed_in_mid_save_loses_and_doubles_nothing(kills, stack, trust):
    coders = coded_while_killed(stack, kills)

    lost, doubled = told_otherwise_than_stored(coders)
    assert (lost, doubled) == (0, 0)
    assert sum(coder.interrupted for coder in coders) > 0
    acknowledged = saved_by(coders)

    answers_first = [
        "tests.answers_first:application" if part == "workbench.wsgi:application" else part
        for part in stack.web.command
    ]
    with stack.changed(stack.web, command=answers_first):
        coders = coded_while_killed(stack, 1)
    control, _ = told_otherwise_than_stored(coders)
    assert control > 0
    trust(
        "Saving",
        "The web server is killed with -9 while four coders save",
        tried=f"{kills} kills",
        of=f"{acknowledged:,} acknowledged spans",
        control=f"a server that answers before it saves lost {control} of {saved_by(coders)}",
        lost=lost,
        doubled=doubled,
    )


def coded_while_killed(stack, kills):
    with four_at_work(stack) as coders:
        for _ in range(kills):
            save_more(coders)
            stack.kill_web()
            stack.start_web()
    return coders


# The database itself. The control run shows that such a crash can lose rows, and that the
# first run would have shown it.


def crashes(folder, *, commits, kills):
    """Kill a database under load; return how many rows it acknowledged, and how many it lost."""
    instance = Instance(folder)
    total = lost = 0
    try:
        with attached(instance), connected(instance) as connection:
            connection.execute("CREATE TABLE saved (id int PRIMARY KEY)")
        for crash in range(kills):
            with attached(instance) as cluster:
                acknowledged = rows_until_killed(instance, cluster, crash * 100_000, commits)
            with attached(instance), connected(instance) as connection:
                (stored,) = connection.execute(
                    "SELECT count(*) FROM saved WHERE id >= %s", [crash * 100_000]
                ).fetchone()
            # One more may be there: committed, and the answer cut off.
            assert stored <= acknowledged + 1
            lost += max(0, acknowledged - stored)
            total += acknowledged
    finally:
        shutil.rmtree(Cluster(instance).data, ignore_errors=True)
    return total, lost


def rows_until_killed(instance, cluster, first, commits):
    acknowledged = 0
    server = cluster.postmaster()
    with suppress(psycopg.OperationalError), connected(instance) as connection:
        connection.execute(f"SET synchronous_commit = {commits}")
        while True:
            connection.execute("INSERT INTO saved VALUES (%s)", [first + acknowledged])
            acknowledged += 1
            if acknowledged == 300:
                for process in [server, *server.children(recursive=True)]:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
    return acknowledged


def connected(instance):
    return psycopg.connect(instance.database_url(role=OWNER_ROLE), autocommit=True)


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_a_database_killed_under_load_keeps_every_row_that_it_acknowledged(kills, tmp_path, trust):
    acknowledged, lost = crashes(tmp_path / "safe", commits="on", kills=kills)
    assert lost == 0

    unsafe, control = crashes(tmp_path / "control", commits="off", kills=kills)
    assert control > 0
    trust(
        "Servers that fail",
        "PostgreSQL is killed with -9 under load",
        tried=f"{kills} kills",
        of=f"{acknowledged:,} acknowledged rows",
        control=f"with synchronous_commit off, {control:,} of {unsafe:,} were lost",
        lost=lost,
    )
