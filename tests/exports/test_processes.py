"""Releases by real processes: killed, paused, woken up late, rung for five times."""

import json
import os
import subprocess
import sys
import threading
import urllib.request

import pytest
from django.db import connection, connections, transaction
from kombu import Connection

from annotations.actions.jobs import LEASE, claim
from annotations.enums import ReleaseState, TaskState
from annotations.models import Article, AuditEvent, Task
from exports import folders
from exports.actions import building, freezing, sharding
from exports.models import Release
from tests.exports.worlds import corpus, expire_leases, files_left, requested
from tests.factories import (
    TUESDAY,
    ApiTokenFactory,
    MemberFactory,
    ProjectFactory,
)
from tests.stack import application_url, wait_until
from workbench.celery import app
from workbench.env import ROOT
from workbench.services.programs import SWEEP_EVERY

pytestmark = pytest.mark.stack
FILES = ["README.md", "SHA256SUMS", "articles.jsonl", "manifest.json"]
WAITING = """
    SELECT count(DISTINCT pid) FROM pg_locks
    JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND relation = %s::regclass AND NOT granted
"""


@pytest.fixture
def project(stack):
    """Return a project whose articles are more than a worker writes at once."""
    text = "Mayor Ada Brandt said in Velmora that the talks had failed. " * 1000
    return corpus(ProjectFactory(), 40, text=text).project


class Halted:
    """A release whose worker is stuck in the middle of its file until ``let_go``."""

    def __init__(self, stack, project):
        stack.kill_sweeper()
        self.stack = stack
        self.release = requested(project)
        self.lie_in_wait("shards/1-1.jsonl")
        self.halt()

    def lie_in_wait(self, name):
        """Have the next worker that writes the file of that name get stuck."""
        part = self.stack.files / "releases" / str(self.release.uuid) / f"{name}.part"
        part.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(part)
        self.pipe = os.open(part, os.O_RDONLY | os.O_NONBLOCK)

    def halt(self):
        """Ring, each message five times, and wait until a worker is stuck."""
        for _ in range(5):
            ring_for(self.stack, self.release)
        wait_until(self._gives_bytes, what="a worker to be in the middle of the file")

    def _gives_bytes(self):
        try:
            return os.read(self.pipe, 1) != b""
        except BlockingIOError:
            return False

    def let_go(self):
        """Swallow what the worker has to write, until it stops."""
        os.set_blocking(self.pipe, True)
        while os.read(self.pipe, 2**16):
            pass
        os.close(self.pipe)


class Editing:
    """People who go on working: meta are corrected, tasks reopened, gold is made anew."""

    def __init__(self, project):
        self._project = project
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._edit)

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *raised):
        self._is_over.set()
        self._thread.join()

    def _edit(self):
        tasks = list(Task.objects.filter(batch__project=self._project).select_related("article"))
        turn = 0
        while not self._is_over.wait(0.01):
            turn += 1
            task = tasks[turn % len(tasks)]
            Article.objects.filter(pk=task.article_id).update(meta={"turn": turn})
            Task.objects.filter(pk=task.pk).update(state=TaskState.ADJUDICATING)
            task.golds.create(number=turn + 1, spans=[], codebook_version=2, made_at=TUESDAY)
            Task.objects.filter(pk=task.pk).update(state=TaskState.ADJUDICATED)
        connections.close_all()


def ring_for(stack, release):
    with Connection(stack.instance.broker_url) as broker:
        app.send_task("releases.build", kwargs={"release_id": release.pk}, connection=broker)


def is_in(release, state):
    return Release.objects.filter(pk=release.pk, state=state).exists()


def wait_until_ready(release, meanwhile=lambda: None):
    def is_ready():
        meanwhile()
        return is_in(release, ReleaseState.READY)

    wait_until(is_ready, what=f"{release} to be ready")
    release.refresh_from_db()
    wait_until(lambda: files_left(release) == the_four_files(release), what="it to be cleared up")


def the_four_files(release):
    found = release.files.order_by("name")
    assert [file.name for file in found] == FILES
    return sorted(file.path for file in found)


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.slow)])
def test_a_release_outlives_workers_that_are_killed_while_people_go_on(
    stack, project, kills, trust
):
    undisturbed = requested(project)
    wait_until_ready(undisturbed)
    halted = Halted(stack, project)
    release = halted.release

    # Half of the workers die over the shard, half over the file that is put together.
    over_shards = kills // 2
    halves = 0
    with Editing(project):
        for kill in range(1, kills + 1):
            stack.kill_worker()
            os.close(halted.pipe)
            assert not release.files.exists()
            halves += any(name.endswith(".part") for name in files_left(release))
            expire_leases(release)
            if kill < over_shards:
                halted.lie_in_wait(f"shards/1-{kill + 1}.jsonl")
            elif kill < kills:
                halted.lie_in_wait(f"{2 + kill - over_shards}-articles.jsonl")
            stack.start_worker()
            if kill < kills:
                halted.halt()
        stack.start_sweeper()
        wait_until_ready(release)

    told = AuditEvent.objects.filter(kind="release.ready", target_uuid=release.uuid).count()
    assert halves == kills
    trust(
        "Imports and releases",
        "Release workers are killed with -9 in the middle of a file, while gold is made anew",
        tried=f"{kills} kills, each message 5 times",
        of=f"a release of {release.total} articles",
        other_bytes=int(release.content_hash != undisturbed.content_hash),
        published_again=told - 1,
        left_behind=len(files_left(release)) - len(FILES),
        control=f"{halves} of the kills left a half-written file behind",
    )


@pytest.mark.parametrize("pauses", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_worker_that_was_paused_cannot_publish(stack, project, pauses):
    for _ in range(pauses):
        halted = Halted(stack, project)
        release = halted.release

        stack.pause_worker()
        expire_leases(release)
        assert building.build(release_id=release.pk) is True
        release.refresh_from_db()
        published = release.content_hash, release.manifest, files_left(release)
        stack.resume_worker()
        halted.let_go()
        stack.start_sweeper()
        wait_until_ready(requested(project))

        release.refresh_from_db()
        assert (release.content_hash, release.manifest, files_left(release)) == published
        assert published[2] == the_four_files(release)
        told = AuditEvent.objects.filter(kind="release.ready", target_uuid=release.uuid)
        assert told.count() == 1


@pytest.mark.slow
def test_a_release_whose_worker_was_killed_goes_on_within_two_leases_and_a_sweep(stack, project):
    """Nobody lends a hand here: the lease runs out by itself, and the sweeper rings."""
    halted = Halted(stack, project)

    stack.kill_worker()
    os.close(halted.pipe)
    stack.start_worker()
    stack.start_sweeper()

    wait_until(
        lambda: is_in(halted.release, ReleaseState.READY),
        what="the release to be ready",
        seconds=2 * LEASE.total_seconds() + SWEEP_EVERY,
    )


def test_workers_of_all_countries_write_one_release(stack, monkeypatch):
    """Six processes are at it at once, and the first stretch is written last."""
    project = corpus(ProjectFactory(), 8, meta={"b": 1, "a": 0.1, "published_at": "x"}).project
    recipe = {"splits": {"train": 0.5, "test": 0.5}, "include": ["gold", "codings"]}
    alone = requested(project, **recipe)
    wait_until_ready(alone)
    stack.kill_sweeper()
    monkeypatch.setattr(sharding, "ARTICLES", 1)
    release = requested(project, **recipe)
    mine = claim(Release.objects.to_freeze(), release.pk)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.FREEZING)
    freezing.freeze(mine)
    assert sharding.take_up(release).number == 1

    def stuck_workers():
        with connection.cursor() as cursor:
            cursor.execute(WAITING, ["annotations_gold"])
            return cursor.fetchone()[0]

    with (
        stack.another_worker(TIME_ZONE="Asia/Yerevan", LC_ALL="C", PYTHONHASHSEED="7"),
        stack.another_worker(TIME_ZONE="America/Lima", LC_ALL="POSIX", PYTHONHASHSEED="77"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE annotations_gold IN ACCESS EXCLUSIVE MODE")
            for _ in range(6):
                ring_for(stack, release)
            # Each of the three has two processes.
            wait_until(lambda: stuck_workers() == 6, what="six workers to have a shard each")
        wait_until(lambda: release.shards.waiting().count() == 1, what="the others to be done")
        expire_leases(release)
        ring_for(stack, release)
        wait_until_ready(release)

    assert release.content_hash == alone.content_hash
    assert release.manifest["counts"] == alone.manifest["counts"]


def test_five_messages_make_one_release(stack):
    release = requested(corpus(ProjectFactory(), 1).project)

    for _ in range(5):
        ring_for(stack, release)
    wait_until_ready(release)

    assert AuditEvent.objects.filter(kind="release.ready").count() == 1


def test_a_broker_that_is_down_holds_up_nobody(stack):
    project = corpus(ProjectFactory(), 2).project
    owner = MemberFactory(project=project, roles=["admin"]).user
    ApiTokenFactory(user=owner, name="key")

    def call(path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        headers |= {"Authorization": "Bearer wbt_key", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{stack.url}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()

    stack.kill_broker()
    status, body = call(f"/api/v1/projects/{project.slug}/releases/", {"name": "Gold"})
    assert status == 202
    stack.start_broker()
    release = Release.objects.get(uuid=json.loads(body)["id"])
    wait_until_ready(release, meanwhile=stack.revive)

    file = f"/api/v1/releases/{release.uuid}/files/articles.jsonl"
    _, whole = call(file)
    status, rest = call(file, Range="bytes=10-")
    assert (status, whole[:10] + rest) == (206, whole)
    assert folders.measure("", whole).sha256 == release.content_hash


def test_neither_time_zone_nor_hash_seed_nor_language_changes_a_byte(stack):
    project = corpus(ProjectFactory(), 5, meta={"b": 1, "a": 0.1, "published_at": "x"}).project
    here = requested(project, splits={"train": 0.5, "test": 0.5})
    wait_until_ready(here)
    elsewhere = {
        "DATABASE_URL": application_url(),
        "DATABASE_ROLE": "application",
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "WORKBENCH_DATA": str(stack.instance.data),
        "BROKER_URL": stack.instance.broker_url,
        "TIME_ZONE": "Asia/Yerevan",
        "TZ": "Asia/Yerevan",
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
    }

    done = subprocess.run(
        [
            *[sys.executable, str(ROOT / "manage.py"), "build_release", project.slug, "--json"],
            *["--name=G", "--split=train=0.5", "--split=test=0.5"],
        ],
        env=os.environ | elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["content_hash"] == here.content_hash
