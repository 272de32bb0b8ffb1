"""What serves others gives up on the database in time, and says so in words."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from annotations.enums import Role
from annotations.models import Project
from tests.factories import MemberFactory
from tests.stack import application_url
from tests.threads import somebody_works_in
from workbench import limits
from workbench.env import ROOT
from workbench.management.commands import prepare

#: What each process runs before it opens a connection.
STARTS = {
    "web server": "import workbench.wsgi",
    "worker": "import django; django.setup(); from celery.signals import worker_init;"
    " worker_init.send(None)",
    "command": "import django; django.setup()",
}
ASK = """
import json
from django.db import connection
cursor = connection.cursor()
names = json.loads(input())
cursor.execute("SELECT name, setting || unit FROM pg_settings WHERE name = ANY(%s)", [names])
print(json.dumps(dict(cursor.fetchall())))
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("process", "expected"),
    [("web server", limits.OF_REQUESTS), ("worker", limits.OF_TASKS), ("command", {})],
)
def test_who_serves_others_has_limits_and_a_command_has_none(process, expected):
    environment = {"DATABASE_URL": application_url(), "DATABASE_ROLE": "application"}
    environment |= {"DJANGO_SETTINGS_MODULE": "workbench.settings"}

    told = subprocess.run(
        [sys.executable, "-c", f"{STARTS[process]}\n{ASK}"],
        input=json.dumps(list(limits.OF_REQUESTS)),
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    milliseconds = {name: f"{value[:-1]}000ms" for name, value in expected.items()}
    assert (
        json.loads(told.stdout.splitlines()[-1])
        == dict.fromkeys(limits.OF_REQUESTS, "0ms") | milliseconds
    )


@pytest.fixture
def admin(transactional_db):
    """An admin whose client's connection has little patience, until the test ends."""
    yield MemberFactory(roles=[Role.ADMIN])
    connection.close()


def signed_in(member):
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    return client


@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout"])
def test_a_program_is_told_to_try_again(admin, limit):
    client = signed_in(admin)
    with somebody_works_in("annotations_project"), connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = '50ms'")

        answer = client.patch(
            f"/api/v1/projects/{admin.project.slug}/", {"name": "Another"}, "application/json"
        )

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_slow"
    assert Project.objects.get().name == admin.project.name


@pytest.mark.parametrize("path", ["/projects/{}/settings/", "/"])
def test_a_person_gets_a_page_that_says_so(admin, path):
    client = signed_in(admin)
    table = "annotations_project" if "{}" in path else "annotations_user"
    with somebody_works_in(table), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")

        page = client.get(path.format(admin.project.slug))

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "The database is too busy for that just now" in page.content.decode()


def test_a_migration_that_would_make_everybody_wait_gives_up(transactional_db, monkeypatch):
    monkeypatch.setattr(prepare, "PATIENCE", "50ms")
    usual = patience()

    with (
        somebody_works_in("django_migrations"),
        pytest.raises(CommandError, match="A table was in use for 50ms"),
    ):
        call_command("prepare", stdout=StringIO())

    call_command("prepare", stdout=StringIO())
    assert patience() == usual


def patience():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]
