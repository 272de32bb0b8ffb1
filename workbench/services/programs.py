"""Our own long-lived processes: the web server, the worker and the sweeper."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from workbench.env import ROOT, Instance
from workbench.services.processes import die_with_parent, open_log, stop

SWEEP_EVERY = 15  # seconds
STEADY_AFTER = 60.0
LONGEST_PAUSE = 30.0


@dataclass
class Program:
    """A command that is to run for as long as the instance does."""

    name: str
    command: list[str]
    instance: Instance
    environment: dict[str, str] = field(default_factory=dict)
    patience: float = 10.0
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    crashes: int = 0

    def start(self) -> None:
        with open_log(self.instance.data / "logs", self.name) as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which stops things
            # in their order, and what the program has started can be ended with it.
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.started_at = time.monotonic()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def restart_if_ended(self) -> bool:
        """Start the program again if it has ended, ever later if it keeps ending."""
        if self.process is None or self.is_running():
            return False
        lifetime = time.monotonic() - self.started_at
        self.crashes = 0 if lifetime > STEADY_AFTER else self.crashes
        if lifetime < min(2.0**self.crashes, LONGEST_PAUSE):
            return False
        self.crashes += 1
        self._end_what_is_left()
        self.start()
        return True

    def stop(self) -> None:
        """End the program and everything that it has started."""
        if self.process is None:
            return
        for number in (signal.SIGTERM, signal.SIGQUIT):
            if self.process.poll() is None:
                self.process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(self.patience)
        self._end_what_is_left()
        self.process.wait()

    def _end_what_is_left(self) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def web(instance: Instance, *, host: str, port: int, debug: bool = False) -> Program:
    threads = 4
    command = [
        *[sys.executable, "-m", "gunicorn", "workbench.wsgi:application"],
        *[f"--bind={host}:{port}", "--worker-class=gthread", "--workers=2"],
        *[f"--threads={threads}", "--timeout=60", "--graceful-timeout=10", "--keep-alive=5"],
        "--no-control-socket",
    ]
    if Path("/dev/shm").is_dir():  # noqa: S108 -- gunicorn makes a private file there
        command.append("--worker-tmp-dir=/dev/shm")
    # Loading the code once and forking halves the start, but would keep old code on a reload.
    command.append("--reload" if debug else "--preload")
    counts = str(instance.data / "metrics")
    environment = {"DATABASE_POOL": str(threads), "PROMETHEUS_MULTIPROC_DIR": counts}
    return Program("web", command, instance, environment)


def worker(instance: Instance) -> Program:
    command = [
        *[sys.executable, "-m", "celery", "--app=workbench", "worker", "--loglevel=INFO"],
        *["--pool=prefork", "--concurrency=2", "--max-tasks-per-child=200"],
        *["--without-gossip", "--without-mingle", "--without-heartbeat"],
    ]
    # It waits for messages where a request only leaves one, so it may wait longer.
    return Program("worker", command, instance, {"BROKER_TIMEOUT": "15"})


def sweeper(instance: Instance, *, every: int = SWEEP_EVERY) -> Program:
    manage = [sys.executable, str(ROOT / "manage.py")]
    command = [*manage, "sweep", f"--every={every}", "--skip-checks"]
    return Program("sweeper", command, instance)


def remember(programs: Iterable[Program], instance: Instance) -> None:
    """Write down what runs, for the start that follows a ``kill -9``."""
    numbers = [program.process.pid for program in programs if program.process]
    entries = []
    for number in numbers:
        with suppress(psutil.NoSuchProcess):
            entries.append({"pid": number, "created": psutil.Process(number).create_time()})
    _memory(instance).write_text(json.dumps(entries))


def end_leftovers(instance: Instance) -> None:
    """End what an earlier supervisor started and, killed, could not stop."""
    try:
        entries = json.loads(_memory(instance).read_text())
    except (OSError, ValueError):
        return
    for entry in entries:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(entry["pid"])
            # The number may have been given to another program by now.
            if abs(process.create_time() - entry["created"]) < 1:
                family = [*process.children(recursive=True), process]
                stop(process, signal.SIGTERM, signal.SIGKILL, patience=5.0)
                for member in family:
                    with suppress(psutil.NoSuchProcess):
                        member.kill()
    _memory(instance).unlink()


def _memory(instance: Instance) -> Path:
    return instance.data / "processes.json"
