"""Saving against real servers that are killed while coders work."""

import json
import shutil
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import suppress
from http.client import HTTPException

import psutil
import psycopg
import pytest

from annotations.models import Span, SpanOp
from tests.factories import ApiTokenFactory, AssignmentFactory
from tests.stack import wait_until
from workbench.env import OWNER_ROLE, Instance
from workbench.services.postgres import Cluster, attached

CODERS = 4
BETWEEN_KILLS = 12


class Coder(threading.Thread):
    """Sends one span after another, each again until it is acknowledged."""

    def __init__(self, stack):
        super().__init__()
        assignment = AssignmentFactory()
        self.assignment = assignment
        self.token = ApiTokenFactory(user=assignment.coder.user).name
        self.address = f"{stack.url}/api/v1/assignments/{assignment.uuid}/ops/"
        self.head = {
            "client_id": "tab",
            "since": 0,
            "text_sha256": assignment.task.article.text_sha256,
            "codebook_version": assignment.codebook.number,
        }
        self.acknowledged = []
        self.interrupted = 0
        self.is_done = threading.Event()

    def run(self):
        while not self.is_done.is_set():
            seq = len(self.acknowledged)
            op = {
                "op_id": str(uuid.uuid4()),
                "seq": seq,
                "type": "create",
                "span_id": str(uuid.uuid4()),
                "label": "actor",
                "start": seq % 40,
                "end": seq % 40 + 5,
            }
            give_up_at = time.monotonic() + 60
            while time.monotonic() < give_up_at and not self.is_saved(op):
                self.interrupted += 1
                time.sleep(0.05)

    def is_saved(self, op):
        request = urllib.request.Request(
            self.address,
            json.dumps(self.head | {"ops": [op]}).encode(),
            {"Authorization": f"Bearer wbt_{self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                result = json.load(response)["results"][0]
        except urllib.error.HTTPError:
            raise
        except (OSError, HTTPException, ValueError):
            return False  # the line went dead: nobody knows whether it was saved
        assert result["status"] in {"applied", "duplicate"}
        self.acknowledged.append(op["span_id"])
        return True


@pytest.mark.stack
@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.slow)])
def test_a_web_server_killed_in_mid_save_loses_and_doubles_nothing(kills, stack):
    coders = [Coder(stack) for _ in range(CODERS)]
    for coder in coders:
        coder.start()
    try:
        for _ in range(kills):
            wanted = saved_by(coders) + BETWEEN_KILLS
            wait_until(lambda wanted=wanted: saved_by(coders) >= wanted, what="coders to save")
            stack.kill_web()
            stack.start_web()
    finally:
        for coder in coders:
            coder.is_done.set()
            coder.join()

    assert sum(coder.interrupted for coder in coders) > 0
    for coder in coders:
        stored = Span.objects.filter(assignment=coder.assignment).values_list("uuid", flat=True)
        assert sorted(map(str, stored)) == sorted(coder.acknowledged)
        assert SpanOp.objects.filter(assignment=coder.assignment).count() == len(stored)


def saved_by(coders):
    return sum(len(coder.acknowledged) for coder in coders)


# The database itself. The control run shows that such a crash can lose rows, and that the
# first run would have shown it.


def crashes(folder, *, commits):
    """Kill a database ten times under load; return how many acknowledged rows were lost."""
    instance = Instance(folder)
    lost = 0
    try:
        with attached(instance), connected(instance) as connection:
            connection.execute("CREATE TABLE saved (id int PRIMARY KEY)")
        for crash in range(10):
            with attached(instance) as cluster:
                acknowledged = rows_until_killed(instance, cluster, crash * 100_000, commits)
            with attached(instance), connected(instance) as connection:
                (stored,) = connection.execute(
                    "SELECT count(*) FROM saved WHERE id >= %s", [crash * 100_000]
                ).fetchone()
            # One more may be there: committed, and the answer cut off.
            assert stored <= acknowledged + 1
            lost += max(0, acknowledged - stored)
    finally:
        shutil.rmtree(Cluster(instance).data, ignore_errors=True)
    return lost


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


@pytest.mark.slow
def test_a_database_killed_under_load_keeps_every_row_that_it_acknowledged(tmp_path):
    assert crashes(tmp_path / "safe", commits="on") == 0
    assert crashes(tmp_path / "control", commits="off") > 0
