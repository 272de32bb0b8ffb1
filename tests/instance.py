"""``script/run`` as a process: a whole instance in a folder and on a port of its own."""

import os
import signal
import subprocess
import urllib.request
from contextlib import contextmanager

import psutil

from tests.stack import family, free_port, wait_until
from workbench.env import ROOT, Instance
from workbench.services.broker import Broker
from workbench.services.postgres import Cluster


class Run:
    """One ``script/run`` in a folder and on a port of its own."""

    def __init__(self, folder, *, port=None, command=(ROOT / "script/run",), **options):
        self.instance = Instance(folder)
        self.port = port or free_port()
        self.log = folder.with_name(f"{folder.name}.out")
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                command,
                env=clean_environment()
                | {"WORKBENCH_DATA": str(folder), "PORT": str(self.port)}
                | options.pop("env", {}),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )

    @property
    def output(self):
        return self.log.read_text()

    def wait_until_it_serves(self):
        wait_until(
            lambda: "The workbench is at" in self.output or self.process.poll() is not None,
            what="the greeting",
        )
        assert self.process.poll() is None, self.output
        self.wait_for_an_answer()

    def wait_for_an_answer(self):
        wait_until(self.answers, what="an answer of the workbench")

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except OSError:
            return False

    def members(self):
        """Return every process of the instance, the servers that stand apart included."""
        servers = [Cluster(self.instance).postmaster(), Broker(self.instance).process()]
        return [
            member
            for root in [self.process.pid, *(server.pid for server in servers if server)]
            for member in family(root)
        ]

    def named(self, part):
        """Return the members whose command line holds ``part``, parents before children."""
        return [member for member in self.members() if part in command_line(member)]

    def stop(self, number=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


def command_line(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@contextmanager
def running(folder, **options):
    run = Run(folder, **options)
    try:
        run.wait_until_it_serves()
        yield run
    finally:
        run.stop()


def clean_environment():
    """Return the environment without what ``script/test`` has set for the tests."""
    ours = ("DATABASE_", "BROKER_", "DJANGO_", "WORKBENCH_", "SECRET_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
