"""The instance that is measured: the real servers, on an empty folder of its own."""

import json
import os
import random
import socket
import time
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

import django

from workbench.env import Instance, application_database_url, owner_database_url
from workbench.services import privileges, programs
from workbench.services.broker import Broker
from workbench.services.postgres import attached

if TYPE_CHECKING:
    from annotations.models import User

START_TIMEOUT = 60


class Stage:
    """Database, broker and web server, started on entering and stopped on leaving.

    There is no worker: jobs are done in the foreground, where they can be timed.
    """

    def __init__(self, folder: Path, *, is_quick: bool):
        self.instance = Instance(folder)
        self.is_quick = is_quick
        self._stack = ExitStack()

    def __enter__(self) -> "Stage":
        with ExitStack() as stack:
            stack.enter_context(attached(self.instance))
            broker = Broker(self.instance)
            stack.callback(broker.stop)
            broker.start()
            # The settings name cookies by the port, for the server and for this process alike.
            self.port = _free_port()
            os.environ["PORT"] = str(self.port)
            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            call_command("collectstatic", "--no-input", verbosity=0)
            privileges.grant_by_address(
                owner_url=owner_database_url(), application_url=application_database_url()
            )
            web = programs.web(self.instance, host="127.0.0.1", port=self.port)
            # The servers use the application's role, as in the product.
            web.environment["DATABASE_ROLE"] = "application"
            web.environment["LOG_LEVEL"] = "INFO"
            stack.callback(web.stop)
            web.start()
            self.web_pid = web.process.pid
            self._wait()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *raised: object) -> None:
        from django.db import connections

        connections.close_all()
        self._stack.close()

    def times(self, number: int) -> int:
        """Return how often to do what a full run does ``number`` times."""
        return max(1, number // 10) if self.is_quick else number

    def client(self, token: str) -> "Client":
        """Return a program that calls the API with ``token``."""
        return Client(self.port, {"Authorization": f"Bearer {token}"})

    def browser(self, user: "User") -> "Client":
        """Return one that calls it as the pages of ``user`` do, who has signed in."""
        from django.conf import settings
        from django.test import Client as Browser

        signed_in = Browser()
        signed_in.force_login(user)
        name, secret = settings.SESSION_COOKIE_NAME, "b" * 32
        cookies = f"{name}={signed_in.cookies[name].value}; csrftoken={secret}"
        return Client(self.port, {"Cookie": cookies, "X-CSRFToken": secret})

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            with suppress(OSError):
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/livez")
                connection.getresponse().read()
                return
            time.sleep(0.1)
        raise SystemExit(f"The web server doesn't answer: see {self.instance.data}/logs.")


class Client:
    """One program that keeps its connection, as a browser does.

    It writes and reads HTTP itself and knows no more of it than it meets here: what it would
    do for comfort would be taken from the processors that the server is measured on.
    """

    def __init__(self, port: int, headers: dict[str, str]):
        self._port = port
        named = {"Host": f"127.0.0.1:{port}", "Content-Type": "application/json", **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self._answers: BufferedReader | None = None

    def call(self, method: str, path: str, body: object = None) -> dict:
        """Call the API and return its answer; anything but success ends the run."""
        sent = None if body is None else json.dumps(body).encode()
        content = self.fetch(f"/api/v1/{path}", method=method, body=sent)
        return json.loads(content) if content else {}

    def fetch(self, path: str, *, method: str = "GET", body: bytes | None = None) -> bytes:
        """Return what is at ``path``; anything but success ends the run."""
        try:
            status, content = self._ask(method, path, body or b"")
        except ConnectionError:
            # The server closes a connection on which nothing comes for a while, and may do so
            # while the next request is on its way. Browsers ask again then, and so do we.
            self._answers = None
            status, content = self._ask(method, path, body or b"")
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {content[:500]!r}")
        return content

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self._answers is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._answers = self._socket.makefile("rb")
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        first = self._answers.readline()
        if not first:
            raise ConnectionError
        length = 0
        while (line := self._answers.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return int(first.split()[1]), self._answers.read(length)


def _free_port() -> int:
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
