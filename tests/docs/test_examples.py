"""The programs in docs/examples do what their heads say, run as their heads say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.enums import Role
from annotations.models import Article, Assignment, Batch
from tests.exports import reading
from tests.exports.worlds import built, corpus, requested
from tests.factories import (
    ApiTokenFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
)
from workbench.env import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = ROOT / "docs/examples"


def run(name, *arguments, server):
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        env=os.environ | {"WORKBENCH": server, "TOKEN": "wbt_key"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def project():
    """Return a project of which the token ``wbt_key`` belongs to a researcher."""
    project = ProjectFactory(slug="talks")
    CodebookFactory(project=project)
    person = MemberFactory(project=project, roles=[Role.RESEARCHER])
    ApiTokenFactory(user=person.user, name="key", scopes=["releases"])
    return project


@pytest.fixture
def release(project):
    """Return the newest release that is ready, the second of three."""
    corpus(project, 3)
    built(project)
    release = built(project, formats=["jsonl", "csv"])
    requested(project)
    return release


@pytest.fixture
def fetch(live_server, tmp_path):
    """Return a function that runs the program on a folder of its own."""
    return lambda: run("fetch_release.py", "talks", tmp_path / "gold", server=live_server.url)


def test_the_newest_release_that_is_ready_is_fetched_verified_and_counted(
    release, fetch, tmp_path
):
    done = fetch()

    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "Release 2, Gold"
    assert re.search(r"^actor +adjudicated +3$", done.stdout, re.MULTILINE)
    fetched = {path.name: path.read_bytes() for path in (tmp_path / "gold").iterdir()}
    assert len(fetched) > 4
    assert fetched == {
        file.name: reading.content(release, file.name) for file in release.files.all()
    }


def test_what_broke_off_is_gone_on_with_and_what_is_damaged_is_named(release, fetch, tmp_path):
    """The half that is there is of other bytes: only fetching the rest keeps them, to be found."""
    folder = tmp_path / "gold"
    folder.mkdir()
    whole = reading.content(release)
    (folder / "articles.jsonl").write_bytes(whole[:50])

    assert fetch().returncode == 0
    assert (folder / "articles.jsonl").read_bytes() == whole

    (folder / "articles.jsonl").write_bytes(b"x" * 50)
    damaged = fetch()
    assert damaged.returncode == 1
    assert damaged.stderr == "Damaged: articles.jsonl. Delete that and run this again.\n"
    assert (folder / "articles.jsonl").read_bytes() == b"x" * 50 + whole[50:]


def test_a_manifest_that_was_changed_is_found_by_the_checksums(release, fetch, tmp_path):
    fetch()
    manifest = tmp_path / "gold/manifest.json"
    manifest.write_text(manifest.read_text().replace("annotation-", "Annotation-"))

    assert fetch().stderr == "Damaged: manifest.json. Delete that and run this again.\n"


def test_a_project_without_a_release_is_said_to_have_none(project, fetch):
    requested(project)

    assert fetch().stderr == "talks has no release yet.\n"


@pytest.mark.stack
def test_articles_come_in_and_their_batch_is_seen_before_it_is_written(stack, tmp_path):
    admin = MemberFactory(project=ProjectFactory(slug="talks"), roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)
    for name in ("cora", "cyril"):
        MemberFactory(project=admin.project, user__username=name, roles=[Role.CODER])
    ApiTokenFactory(user=admin.user, name="key", scopes=["admin"])
    good, bad = tmp_path / "good.txt", tmp_path / "bad.jsonl"
    good.write_text("Mayor Ada Brandt spoke in Velmora.\n")
    bad.write_text(json.dumps({"id": "7", "text": "Ilvek signed."}) + '\n{"id": "8"}\n')
    ours = ("talks", "Round 2", "--coders", "cora", "cyril")

    seen = run("plan_batch.py", *ours, "--files", good, bad, server=stack.url)

    assert seen.stderr == ""
    came, refused, *plan = seen.stdout.splitlines()
    assert came == "2 new, 0 known: ready"
    assert refused.startswith("bad.jsonl, line 2: ")
    assert plan[:3] == ["cora: 2 articles", "cyril: 2 articles", "cora and cyril share 2"]
    assert plan[3].endswith(" hours in all, 0 without coders")
    assert Article.objects.published().count() == 2
    assert not Batch.objects.exists()

    opened = run("plan_batch.py", *ours, "--open", server=stack.url)
    again = run("plan_batch.py", *ours, "--open", server=stack.url)

    batch = Batch.objects.get()
    assert opened.stdout == again.stdout == f"Batch {batch.uuid} is open.\n"
    assert Assignment.objects.filter(task__batch=batch).count() == 4


def test_what_is_refused_is_said_in_the_workbenchs_own_words(live_server):
    admin = MemberFactory(project=ProjectFactory(slug="talks"), roles=[Role.ADMIN])
    ApiTokenFactory(user=admin.user, name="key", scopes=["admin"])

    refused = run("plan_batch.py", "talks", "R", "--coders", "nobody", server=live_server.url)

    assert refused.returncode == 1
    assert "nobody" in refused.stderr


def test_each_is_a_page_long():
    for path in sorted(EXAMPLES.glob("*.py")):
        assert len(Path(path).read_text().splitlines()) < 135
