"""``script/run``: start everything, keep it running, and stop it on Ctrl-C."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress

from workbench.env import (
    ROOT,
    Instance,
    application_database_url,
    has_embedded_broker,
    has_embedded_database,
    owner_database_url,
)
from workbench.services import privileges, programs
from workbench.services.broker import Broker
from workbench.services.postgres import Cluster, attached
from workbench.services.processes import ServiceError, open_log, passable_folder

START_TIMEOUT = 60.0
TICK = 0.5


class StopRequested(BaseException):
    """Somebody has pressed Ctrl-C, or sent the signal to end."""


class Supervisor:
    """Everything that one instance needs to run."""

    def __init__(self, instance: Instance):
        self.instance = instance
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = int(os.environ.get("PORT") or 8000)
        self.url = os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{self.port}"
        self.demo_file = instance.data / "demo.json"
        self.cluster: Cluster | None = None
        self.broker: Broker | None = None
        debug = os.environ.get("DEBUG", "").lower() in {"1", "true", "on", "yes"}
        self.programs = [
            programs.web(instance, host=self.host, port=self.port, debug=debug),
            programs.worker(instance),
            programs.sweeper(instance),
        ]

    def run(self) -> None:
        """Serve until a signal ends it; whatever was started is stopped on the way out."""
        with ExitStack() as stack:
            self._claim(stack)
            programs.end_leftovers(self.instance)
            self._check_port()
            if has_embedded_database():
                say("Starting PostgreSQL …")
                self.cluster = stack.enter_context(attached(self.instance))
            if has_embedded_broker():
                self.broker = Broker(self.instance)
                stack.callback(self.broker.stop)
                self.broker.start()
            self._prepare()
            has_demo = self.demo_file.exists()
            if not has_demo:
                self._finish("demo", self._manage("demo", running=stack))
            say("Starting the web server and the worker …")
            for program in self.programs:
                stack.callback(program.stop)
                program.start()
                programs.remember(self.programs, self.instance)
                if program.name == "web":
                    # The others would take the processor from it, and can wait.
                    self._wait_for_the_first_page()
            if has_demo:
                self._manage("demo", running=stack)
            self._greet()
            while True:
                time.sleep(TICK)
                self._mend()

    def _claim(self, stack: ExitStack) -> None:
        folder = passable_folder(self.instance.data)
        lock = stack.enter_context((folder / "run.lock").open("a"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceError(
                f"An instance runs in {self.instance.data} already: stop it, or set "
                "WORKBENCH_DATA and PORT to start another beside it."
            ) from None

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise ServiceError(
                    f"Port {self.port} can't be used ({error.strerror}): set PORT to another."
                ) from None

    def _prepare(self) -> None:
        """Bring tables, rights and static files up to date."""
        say("Preparing tables, static files and the demo project …")
        # The counts of web servers that are no more.
        shutil.rmtree(self.instance.data / "metrics", ignore_errors=True)
        stamp = self.instance.data / "static.stamp"
        files = fingerprint_of_static_files()
        with ExitStack() as running:
            tasks = {"migrate": self._manage("migrate", "--no-input", running=running)}
            if not stamp.exists() or stamp.read_text() != files:
                tasks["collectstatic"] = self._manage(
                    "collectstatic", "--no-input", "--clear", "--verbosity=0", running=running
                )
            for name, task in tasks.items():
                self._finish(name, task)
            stamp.write_text(files)
            privileges.grant_by_address(
                owner_url=owner_database_url(), application_url=application_database_url()
            )

    def _manage(self, *arguments: str, running: ExitStack) -> subprocess.Popen:
        with open_log(self.instance.data / "logs", "setup") as log:
            task = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), *arguments, "--skip-checks"],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        running.callback(task.wait)
        running.callback(task.terminate)
        return task

    def _finish(self, name: str, task: subprocess.Popen) -> None:
        if task.wait():
            log = self.instance.data / "logs" / "setup.log"
            last_lines = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise ServiceError(f"{last_lines}\n`manage.py {name}` failed: see {log}")

    def _wait_for_the_first_page(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        web = self.programs[0]
        while time.monotonic() < deadline and web.is_running():
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5)
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise ServiceError(f"The web server doesn't answer: see {self.instance.data}/logs/web.log")

    def _greet(self) -> None:
        lines = ["", f"The workbench is at {self.url}", ""]
        with suppress(OSError, ValueError, KeyError):
            users = json.loads(self.demo_file.read_text())["users"]
            lines += [f"  {name:<14}{entry['password']}" for name, entry in users.items()]
        lines += ["", f"Logs are in {self.instance.data / 'logs'}. Ctrl-C stops everything."]
        say("\n".join(lines))

    def _mend(self) -> None:
        """Start again whatever has ended without being asked to."""
        try:
            for service, process in (
                (self.cluster, self.cluster and self.cluster.postmaster()),
                (self.broker, self.broker and self.broker.process()),
            ):
                if service and not process:
                    say(f"{type(service).__name__} has ended; starting it again.")
                    service.start()
        except ServiceError as error:
            say(str(error))
        for program in self.programs:
            if program.restart_if_ended():
                say(f"The {program.name} had ended and was started again.")
                programs.remember(self.programs, self.instance)


def fingerprint_of_static_files() -> str:
    """Tell two states of our static files apart, and of the wheels that bring others."""
    digest = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes())
    for path in sorted(ROOT.glob("*/static/**/*")):
        state = path.stat()
        digest.update(f"{path}:{state.st_size}:{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    try:
        Supervisor(Instance.from_environment()).run()
    except StopRequested:
        say("Stopped.")
    except ServiceError as error:
        say(str(error))
        return 1
    return 0


def _request_stop(number, frame) -> None:
    # Once is enough: a second Ctrl-C must not leave half of it running.
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    say("Stopping …")
    raise StopRequested


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
