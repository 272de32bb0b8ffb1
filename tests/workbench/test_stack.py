"""The stack that other tests rely on does what it says."""

import json
import urllib.request

import pytest

from tests.stack import family
from workbench.services.processes import is_running

pytestmark = pytest.mark.stack


def readiness(stack):
    with urllib.request.urlopen(f"{stack.url}/readyz", timeout=10) as answer:
        return json.load(answer)


def test_the_stack_is_ready(stack):
    assert readiness(stack) == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "storage": "ok",
        "broker": "ok",
    }


def test_a_missing_broker_only_degrades(stack):
    stack.kill_broker()
    assert readiness(stack)["status"] == "degraded"

    stack.start_broker()
    assert readiness(stack)["status"] == "ok"


def test_a_killed_web_server_takes_its_workers_along(stack):
    members = family(stack.web.process.pid)
    assert len(members) == 3

    stack.kill_web()

    assert [member for member in members if is_running(member)] == []
    stack.start_web()
    assert readiness(stack)["status"] == "ok"


def test_a_page_is_shown_in_a_browser(stack, page):
    page.goto(f"{stack.url}/livez")

    assert page.inner_text("body") == '{"status": "ok"}'
