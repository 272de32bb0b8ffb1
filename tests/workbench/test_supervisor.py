"""``script/run``, from outside: what it starts, mends and stops."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.instance import Run, clean_environment, running
from tests.stack import wait_until
from workbench.env import ROOT
from workbench.services.postgres import Cluster
from workbench.services.processes import is_running

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return an instance that serves, shared by the tests that leave it serving."""
    with running(tmp_path_factory.mktemp("run") / "first") as run:
        yield run
    shutil.rmtree(Cluster(run.instance).data)


def test_the_demo_accounts_are_printed(run):
    demo = run.instance.data / "demo.json"

    assert demo.stat().st_mode & 0o777 == 0o600
    for name in ("admin", "coder1", "coder2", "adjudicator", "researcher", "operator"):
        assert name in run.output


def test_a_second_start_in_the_same_folder_is_refused_in_words(run):
    second = Run(run.instance.data)

    assert second.process.wait(30) == 1
    assert "runs in" in second.output
    run.wait_for_an_answer()


def test_a_port_that_is_taken_is_refused_in_words(run, tmp_path):
    second = Run(tmp_path / "other", port=run.port)

    assert second.process.wait(30) == 1
    assert f"Port {run.port} can't be used" in second.output


@pytest.mark.parametrize(
    "part", ["celery --app=workbench", "manage.py sweep", "gunicorn", "valkey-server", "postgres"]
)
def test_what_is_killed_is_started_again(run, part):
    victim = run.named(part)[0]

    victim.kill()

    wait_until(
        lambda: any(member.pid != victim.pid for member in run.named(part)) and run.answers(),
        what=f"another {part}",
    )


def test_a_command_joins_the_running_instance(run):
    question = "print(User.objects.filter(username='admin').count())"

    done = subprocess.run(
        [ROOT / "script/manage", "shell", "--command", question],
        env=clean_environment() | {"WORKBENCH_DATA": str(run.instance.data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1"
    run.wait_for_an_answer()


@pytest.mark.slow
def test_an_instance_beside_it_starts_again_after_its_supervisor_was_killed(run, place):
    with running(**place) as killed:
        orphans = [member for member in killed.members() if member.pid != killed.process.pid]
        killed.stop(signal.SIGKILL)

    with running(**place, port=killed.port) as again:
        members = again.members()
        # The servers of the first start are joined, and nothing else of it is left.
        assert {orphan.pid for orphan in orphans if is_running(orphan)} <= {
            member.pid for member in members
        }
        assert {member.uids().real for member in members} == {place["folder"].stat().st_uid}
        assert again.stop(signal.SIGTERM) == 0

    assert [member for member in members if is_running(member)] == []
    run.wait_for_an_answer()


@pytest.fixture
def place():
    """Say where and how to run an instance as an ordinary user, whoever runs the tests."""
    outside = Path(tempfile.mkdtemp(prefix="workbench-test-"))
    folder = outside / "instance"
    folder.mkdir()
    try:
        yield {"folder": folder} | (as_nobody(outside) if os.getuid() == 0 else {})
    finally:
        shutil.rmtree(outside)


def as_nobody(outside):
    nobody = pwd.getpwnam("nobody")
    for folder in (outside, *outside.iterdir()):
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    options = {
        "env": {"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "HOME": str(outside)},
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "cwd": "/",
    }
    # The one that runs the tests may lie in root's home, where nobody else can enter.
    for python in (sys.executable, "/usr/bin/python3.11", "/usr/local/bin/python3.11"):
        with suppress(OSError):
            done = subprocess.run([python, "-c", "import redis"], check=False, **options)
            if done.returncode == 0:
                command = [python, "-m", "workbench.services.supervisor"]
                return {"command": command, **options}
    pytest.skip("nobody else can run this Python, and there is no other")
