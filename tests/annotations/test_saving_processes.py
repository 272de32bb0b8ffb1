"""Saving against a real web server that is killed while coders work."""

import json
import threading
import time
import urllib.error
import urllib.request
import uuid

import pytest

from annotations.models import Span, SpanOp
from tests.factories import ApiTokenFactory, AssignmentFactory
from tests.stack import wait_until

pytestmark = pytest.mark.stack

CODERS = 4
STEPS = 40


class Coder(threading.Thread):
    """Sends one span after another, each again until it is acknowledged."""

    def __init__(self, stack):
        super().__init__()
        assignment = AssignmentFactory()
        self.assignment = assignment
        self.token = ApiTokenFactory(user=assignment.coder.user).name
        self.address = f"{stack.url}/api/v1/assignments/{assignment.uuid}/ops/"
        self.head = {
            "client_id": "tab",
            "since": 0,
            "text_sha256": assignment.task.article.text_sha256,
            "codebook_version": assignment.codebook.number,
        }
        self.acknowledged = []
        self.interrupted = 0
        self.give_up_at = time.monotonic() + 60

    def run(self):
        for seq in range(STEPS):
            op = {
                "op_id": str(uuid.uuid4()),
                "seq": seq,
                "type": "create",
                "span_id": str(uuid.uuid4()),
                "label": "actor",
                "start": seq,
                "end": seq + 5,
            }
            while time.monotonic() < self.give_up_at and not self.is_saved(op):
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
        except urllib.error.HTTPError:
            raise
        except (OSError, ValueError):
            return False  # the line went dead: nobody knows whether it was saved
        assert result["status"] in {"applied", "duplicate"}
        self.acknowledged.append(op["span_id"])
        return True


def test_a_web_server_killed_in_mid_save_loses_and_doubles_nothing(stack):
    coders = [Coder(stack) for _ in range(CODERS)]
    for coder in coders:
        coder.start()

    for share in (1, 2, 3):
        wait_until(
            lambda share=share: sum(len(c.acknowledged) for c in coders) > share * 35,
            what="the coders to save",
        )
        stack.kill_web()
        stack.start_web()
    for coder in coders:
        coder.join()

    assert sum(coder.interrupted for coder in coders) > 0
    for coder in coders:
        stored = Span.objects.filter(assignment=coder.assignment).values_list("uuid", flat=True)
        assert sorted(map(str, stored)) == sorted(coder.acknowledged)
        assert len(coder.acknowledged) == STEPS
        assert SpanOp.objects.filter(assignment=coder.assignment).count() == STEPS
