"""Releases by real processes: killed, paused, woken up late, rung for five times."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest
from kombu import Connection

from annotations.enums import ReleaseState
from annotations.models import AuditEvent
from exports import folders
from exports.actions import building
from exports.models import Release
from tests.exports.worlds import corpus, expire_leases, files_left, requested
from tests.factories import (
    ApiTokenFactory,
    MemberFactory,
    ProjectFactory,
)
from tests.stack import application_url, wait_until
from workbench.celery import app
from workbench.env import ROOT

pytestmark = pytest.mark.stack
FILES = ["README.md", "SHA256SUMS", "articles.jsonl", "manifest.json"]


@pytest.fixture
def project(stack):
    """Return a project whose articles are more than a worker writes at once."""
    text = "Mayor Ada Brandt said in Velmora that the talks had failed. " * 1000
    return corpus(ProjectFactory(), 40, text=text).project


class Halted:
    """A release whose worker is stuck in the middle of its file until ``let_go``."""

    def __init__(self, stack, project):
        stack.kill_sweeper()
        self.release = requested(project)
        part = stack.files / "releases" / str(self.release.uuid) / "shards" / "1-1.jsonl.part"
        part.parent.mkdir(parents=True)
        os.mkfifo(part)
        self.pipe = os.open(part, os.O_RDONLY | os.O_NONBLOCK)
        ring_for(stack, self.release)
        wait_until(self._gives_bytes, what="a worker to write")

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


def test_a_release_outlives_a_worker_that_is_killed_in_the_middle(stack, project):
    undisturbed = requested(project)
    wait_until_ready(undisturbed)
    release = Halted(stack, project).release

    stack.kill_worker()
    assert is_in(release, ReleaseState.RENDERING)
    expire_leases(release)
    stack.start_worker()
    stack.start_sweeper()

    wait_until_ready(release)
    assert release.content_hash == undisturbed.content_hash


def test_a_worker_that_was_paused_cannot_publish(stack, project):
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
