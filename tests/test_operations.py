"""Every command of docs/operations.md is run, line by line, with a recorder for an engine.

The shell is real. What ``docker`` is asked is compared with docker-compose.yml, and the commands
of ours that it would run in a container are run here, in the order of the page.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from annotations.models import Article, User
from tests.factories import UserFactory
from tests.test_compose import COMPOSE, SERVICES
from workbench import env
from workbench.env import ROOT

PAGE = (ROOT / "docs/operations.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.+?)^```", PAGE, re.MULTILINE | re.DOTALL)

RECORDER = """\
#!{python}
import json, os, sys
with open(os.environ["RECORD"], "a") as record:
    record.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
if sys.argv[1:2] == ["describe"]:
    print("v2")
if sys.argv[1:2] == ["clone"]:
    os.mkdir("annotation-workbench")
"""
#: What compose is asked for, and the words that each takes with a value of its own.
ASKED = {
    "build": set(),
    "exec": set(),
    "logs": {"--since"},
    "ps": set(),
    "restart": set(),
    "rm": set(),
    "run": {"--volume"},
    "stop": set(),
    "up": set(),
}


@dataclass
class Followed:
    """The machine on which the page was followed, and what was asked of others there."""

    folder: Path
    asked: list[list[str]]


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    programs = folder / "programs"
    programs.mkdir()
    # What needs an engine, a network or root.
    for name in ("docker", "git", "sudo"):
        (programs / name).write_text(RECORDER.format(python=sys.executable))
        (programs / name).chmod(0o755)
    record = folder / "record.jsonl"
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "RECORD": str(record),
    }
    for block in BLOCKS:
        done = subprocess.run(
            ["sh", "-eu", "-c", block],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"
    return Followed(folder, [json.loads(line) for line in record.read_text().splitlines()])


@pytest.fixture(scope="module")
def of_compose(followed):
    """Return what is asked of compose: the verb, the services, the command inside."""
    return [parsed(words[2:]) for words in followed.asked if words[:2] == ["docker", "compose"]]


def parsed(words):
    verb, *rest = words
    takes_value = ASKED[verb]
    names = []
    while rest:
        word = rest.pop(0)
        if word in takes_value:
            rest.pop(0)
        elif not word.startswith("-"):
            names.append(word)
            if verb in ("run", "exec"):
                break
    return verb, names, rest


def test_the_page_has_commands(of_compose):
    assert len(BLOCKS) > 10
    assert {verb for verb, _, _ in of_compose} == set(ASKED)


def test_compose_is_asked_for_services_that_there_are(of_compose):
    for _, names, _ in of_compose:
        assert set(names) <= set(SERVICES)


def test_what_runs_as_the_owner_runs_where_the_owners_key_is(of_compose):
    of_owner = {"restore", "load_corpus"}
    for verb, names, command in of_compose:
        if command and command[2] in of_owner:
            assert (verb, names) == ("run", ["migrate"])


def test_volumes_and_images_have_the_names_that_compose_gives(followed):
    for words in followed.asked:
        if words[:3] == ["docker", "volume", "rm"]:
            project, _, volume = words[3].rpartition("_")
            assert project == COMPOSE["name"]
            assert volume in COMPOSE["volumes"]


def test_the_environment_is_what_compose_asks_for(followed):
    written = (followed.folder / ".env").read_text()

    assert written == "PUBLIC_URL=https://workbench.example.org\nVERSION=v2\n"
    for name in ("PUBLIC_URL", "VERSION"):
        assert f"${{{name}:" in (ROOT / "docker-compose.yml").read_text()


def test_a_new_key_comes_before_the_one_that_was_in_use(followed, monkeypatch):
    file = followed.folder / "secrets/secret_key"
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))

    new, old = env.secret_keys()

    assert len(new) == len(old) == 64
    assert new != old
    assert sorted(path.name for path in file.parent.iterdir()) == sorted(COMPOSE["secrets"])


@pytest.mark.django_db(transaction=True)
def test_our_commands_run_as_they_stand_there(of_compose, tmp_path, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "not for long")
    UserFactory(username="amina")
    ours = [command[2:] for _, _, command in of_compose if command[:2] == ["python", "manage.py"]]
    kept = None

    for name, *arguments in ours:
        assert name in get_commands()
        words = []
        for word in arguments:
            if word.startswith("/backups/"):
                # The example to be restored is of another day than today.
                kept = kept if name == "restore" else tmp_path / Path(word).name
                word = str(kept)
            words.append(word)
        if name == "createsuperuser":
            words += ["--no-input", "--username=operator", "--email="]
        if name == "erase_person":
            words += ["--yes"]
        call_command(name, *words, stdout=StringIO(), stderr=StringIO())

    assert User.objects.get(username="operator").is_superuser
    assert Article.objects.count() == 10
    assert {name for name, *_ in ours} >= {"backup", "restore", "fsck", "sweep", "reset_password"}


def test_links_on_the_page_lead_somewhere():
    headings = {
        heading.lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }

    assert set(re.findall(r"\(#([^)]+)\)", PAGE)) <= headings


def test_figures_to_watch_are_figures_that_there_are(client, db, settings):
    settings.METRICS_TOKEN = "a token"
    told = client.get("/metrics", headers={"Authorization": "Bearer a token"}).content.decode()

    for figure in set(re.findall(r"`(workbench_\w+?)(?:_count)?(?:\{[^`]*)?`", PAGE)):
        assert f"# TYPE {figure} " in told
