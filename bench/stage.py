"""The instance that is measured: the real servers, on an empty folder of its own."""

import json
import os
import random
import socket
import time
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path

import django

from workbench.env import Instance, application_database_url, owner_database_url
from workbench.services import privileges, programs
from workbench.services.broker import Broker
from workbench.services.postgres import attached

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
            stack.callback(web.stop)
            web.start()
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
        return Client(self.port, token)

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
    """One program that keeps its connection, as a browser does."""

    def __init__(self, port: int, token: str):
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> dict:
        """Call the API and return its answer; anything but success ends the run."""
        sent = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/api/v1/{path}", body=sent, headers=self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]!r}")
        return json.loads(content) if content else {}


def _free_port() -> int:
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
