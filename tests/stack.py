"""A real web server, worker, sweeper and broker, as processes, on the test database."""

import json
import random
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from workbench.env import APPLICATION_ROLE, Instance
from workbench.services import programs
from workbench.services.broker import Broker
from workbench.services.processes import is_running

#: How long anything may take on a machine that is busy with other things.
PATIENCE = 600.0


class Stack:
    """What ``script/run`` starts, for tests that look at it from outside or break it.

    The servers use the application's database role, so the rows that a test makes must be
    committed: ask for the ``stack`` fixture, which does.
    """

    def __init__(self, folder: Path):
        self.instance = Instance(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.broker = Broker(self.instance)
        self.web = programs.web(self.instance, host="127.0.0.1", port=self.port)
        self.worker = programs.worker(self.instance)
        self.sweeper = programs.sweeper(self.instance, every=1)
        self.black_hole: psutil.Process | None = None
        for program in self._programs:
            program.environment |= self.environment
            program.patience = 3.0

    @property
    def files(self) -> Path:
        """Where uploads and releases are kept."""
        return self.instance.data / "files"

    @property
    def _programs(self) -> list[programs.Program]:
        return [self.web, self.worker, self.sweeper]

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to be told to work on the tests' database."""
        return {
            "BROKER_URL": self.instance.broker_url,
            "DATABASE_ROLE": "application",
            "DATABASE_URL": application_url(),
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "PORT": str(self.port),
            "SECRET_KEY": settings.SECRET_KEY,
            "WORKBENCH_DATA": str(self.instance.data),
        }

    # All of it

    def start(self) -> None:
        self._collect_static_files()
        self.broker.start()
        for program in self._programs:
            program.start()
        self.wait_for_web()

    def stop(self) -> None:
        for program in self._programs:
            program.stop()
        self.broker.stop()

    def mend(self) -> None:
        """Start again whatever a test has killed or paused."""
        self.resume_broker()
        self.broker.start()
        for program in self._programs:
            assert program.process
            for process in family(program.process.pid):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)
        self.revive()
        self.wait_for_web()

    def revive(self) -> None:
        """Start again what has ended by itself, as the supervisor does.

        Celery's worker ends when the broker goes away in the middle of an acknowledgement.
        """
        for program in self._programs:
            assert program.process
            if program.process.poll() is not None:
                program.start()

    def call(self, path: str, body=None, *, token: str, **headers: str) -> tuple[int, bytes]:
        """Ask the API as a program does; ``body`` is sent as JSON unless it is bytes."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers |= {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer wbt_{token}"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()

    # Parts of it

    def kill_web(self) -> None:
        """Send ``kill -9`` to the web server and all its workers at once."""
        kill(self.web)

    def start_web(self) -> None:
        self.web.start()
        self.wait_for_web()

    def kill_worker(self) -> None:
        """Send ``kill -9`` to the Celery worker and its pool at once."""
        kill(self.worker)

    def start_worker(self) -> None:
        self.worker.start()

    @contextmanager
    def another_worker(self, **environment: str) -> Iterator[programs.Program]:
        """Run a second worker beside the first, in other surroundings."""
        program = programs.worker(self.instance)
        program.environment |= self.environment | environment
        program.patience = 3.0
        program.start()
        try:
            yield program
        finally:
            program.stop()

    def pause_worker(self) -> None:
        """Freeze the worker where it is, as a machine that is short of everything would."""
        self._signal(self.worker, signal.SIGSTOP)

    def resume_worker(self) -> None:
        self._signal(self.worker, signal.SIGCONT)

    def kill_sweeper(self) -> None:
        kill(self.sweeper)

    def start_sweeper(self) -> None:
        self.sweeper.start()

    def kill_broker(self) -> None:
        """Take the broker away, and with it what nobody has answered yet."""
        process = self.black_hole or self.broker.process()
        assert process
        self.black_hole = None
        process.kill()
        process.wait(PATIENCE)

    def start_broker(self) -> None:
        self.broker.start()

    def pause_broker(self) -> None:
        """Make the broker a black hole: whoever connects is let in, and never answered."""
        process = self.broker.process()
        assert process
        process.suspend()
        self.black_hole = process

    def resume_broker(self) -> None:
        if self.black_hole:
            with suppress(psutil.NoSuchProcess):
                self.black_hole.resume()
            self.black_hole = None

    @contextmanager
    def changed(self, program: programs.Program, *, command=None, **environment) -> Iterator[None]:
        """Have a program run otherwise than usual for the time of a block."""
        usual = program.command, program.environment
        kill(program)
        program.command = command or program.command
        program.environment = program.environment | environment
        program.start()
        try:
            self.wait_for_web()
            yield
        finally:
            kill(program)
            program.command, program.environment = usual
            program.start()
            self.wait_for_web()

    def _signal(self, program: programs.Program, number: int) -> None:
        assert program.process
        for process in family(program.process.pid):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def wait_for_web(self) -> None:
        wait_until(self._answers, what="the web server's first answer")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/livez", timeout=5):
                return True
        except OSError:
            return False

    def _collect_static_files(self) -> None:
        storages = settings.STORAGES | {
            "staticfiles": {"BACKEND": "workbench.static.ModuleStorage"}
        }
        with override_settings(STATIC_ROOT=self.instance.data / "static", STORAGES=storages):
            call_command("collectstatic", "--no-input", verbosity=0)


def application_url() -> str:
    """Return the address of the test database, for the application's role."""
    database = connection.settings_dict
    who = quote(database["USER"])
    if database["PASSWORD"]:
        who += f":{quote(database['PASSWORD'])}"
    host = quote(database["HOST"], safe="")
    if database["PORT"]:
        host += f":{database['PORT']}"
    options = urlencode({"options": f"-c role={APPLICATION_ROLE}"}, quote_via=quote)
    return f"postgres://{who}@{host}/{database['NAME']}?{options}"


def kill(program: programs.Program) -> None:
    """Send ``kill -9`` to a program and all that it has started, and see them gone."""
    assert program.process
    members = family(program.process.pid)
    for process in members:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    program.process.wait(PATIENCE)
    wait_until(lambda: not any(map(is_running, members)), what="killed processes to end")


def family(number: int) -> list[psutil.Process]:
    """Return a process and all its descendants, the process itself first."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(number)
        return [process, *process.children(recursive=True)]
    return []


def wait_until(condition, *, what: str, seconds: float = PATIENCE) -> None:
    """Wait for a condition to hold, and fail when it doesn't in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def free_port() -> int:
    """Choose a port below those the kernel gives to clients.

    A client that keeps reconnecting to an ephemeral port may connect to itself.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
