"""Coders who save through a real server, for tests that break something meanwhile."""

import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException

from annotations.models import Span, SpanOp
from tests.factories import ApiTokenFactory, AssignmentFactory
from tests.stack import wait_until

TRIES_FOR = 60  # seconds


class Coder(threading.Thread):
    """Sends one span after another, each again until it is acknowledged."""

    def __init__(self, url, work, token, *, text_sha256, codebook_version, length):
        super().__init__()
        self.work = work
        self.token = token
        self.address = f"{url}/api/v1/assignments/{work}/ops/"
        self.head = {
            "client_id": "tab",
            "since": 0,
            "text_sha256": text_sha256,
            "codebook_version": codebook_version,
        }
        self.length = length
        self.acknowledged = []
        self.interrupted = self.refused = 0
        self.reason = ""
        self.failure = None
        self.is_done = threading.Event()

    def run(self):
        try:
            self.save_all()
        except (AssertionError, OSError) as failure:
            self.failure = failure

    def save_all(self):
        while not self.is_done.is_set():
            seq = len(self.acknowledged)
            op = {
                "op_id": str(uuid.uuid4()),
                "seq": seq,
                "type": "create",
                "span_id": str(uuid.uuid4()),
                "label": "actor",
                "start": seq % 40,
                "end": self.length,
            }
            give_up_at = time.monotonic() + TRIES_FOR
            while not self.is_saved(op) and time.monotonic() < give_up_at:
                self.interrupted += 1
                time.sleep(0.05)

    def is_saved(self, op):
        request = urllib.request.Request(
            self.address,
            json.dumps(self.head | {"ops": [op]}).encode(),
            {"Authorization": f"Bearer wbt_{self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                result = json.load(response)["results"][0]
        except urllib.error.HTTPError as refusal:
            if refusal.code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            self.refused += 1
            self.reason = json.load(refusal)["code"]
            return False
        except (OSError, HTTPException, ValueError):
            return False  # the line went dead: nobody knows whether it was saved
        assert result["status"] in {"applied", "duplicate"}
        self.acknowledged.append(op["span_id"])
        return True


def coder_of_new_work(stack) -> Coder:
    work = AssignmentFactory()
    return Coder(
        stack.url,
        work.uuid,
        ApiTokenFactory(user=work.coder.user).name,
        text_sha256=work.task.article.text_sha256,
        codebook_version=work.codebook.number,
        length=len(work.task.article.text),
    )


@contextmanager
def at_work(coders) -> Iterator[list[Coder]]:
    """Have coders save one span after another for the time of a block."""
    for coder in coders:
        coder.start()
    try:
        yield coders
    finally:
        for coder in coders:
            coder.is_done.set()
            coder.join()
    for coder in coders:
        if coder.failure:
            raise coder.failure


@contextmanager
def four_at_work(stack) -> Iterator[list[Coder]]:
    with at_work([coder_of_new_work(stack) for _ in range(4)]) as coders:
        yield coders


def save_more(coders, spans=12) -> None:
    """Wait until the coders together have saved so many more."""
    wanted = saved_by(coders) + spans
    wait_until(lambda: saved_by(coders) >= wanted, what="coders to save")


def saved_by(coders) -> int:
    return sum(len(coder.acknowledged) for coder in coders)


def told_otherwise_than_stored(coders) -> tuple[int, int]:
    """Count the spans that were acknowledged and are not there, and those that nobody knows of."""
    lost = doubled = 0
    for coder in coders:
        spans = Span.objects.filter(assignment__uuid=coder.work).values_list("uuid", flat=True)
        stored = set(map(str, spans))
        lost += len(set(coder.acknowledged) - stored)
        ops = SpanOp.objects.filter(assignment__uuid=coder.work).count()
        doubled += max(len(spans), ops) - len(stored.intersection(coder.acknowledged))
    return lost, doubled
