import json
import resource
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotations.enums import Role
from annotations.models import Article, ImportJob
from tests.factories import CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member.project


def run(*args):
    out = StringIO()
    call_command("import_articles", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_files_and_folders_come_in(project, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one.txt").write_text("One text here.")
    (tmp_path / "folder" / ".hidden.txt").write_text("Not this.")
    (tmp_path / "two.jsonl").write_text('{"id": "two", "text": "Two."}\n')

    answer = json.loads(
        run(project.slug, str(tmp_path / "folder"), str(tmp_path / "two.jsonl"), "--json")
    )

    assert (answer["state"], answer["created"], answer["errors"]) == ("ready", 2, [])
    assert set(Article.objects.values_list("key", flat=True)) == {"one", "two"}


@pytest.fixture
def few_open_files():
    """Let the process open twenty files more than it has open."""
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 20, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_folder_may_hold_more_files_than_can_be_open(project, tmp_path, few_open_files):
    for number in range(60):
        (tmp_path / f"{number}.txt").write_text(f"Text number {number}.")

    assert run(project.slug, str(tmp_path)) == "60 created, 0 duplicates, 0 refused.\n"


def test_labels_are_declared_on_request_by_nobody_in_particular(project, tmp_path):
    path = tmp_path / "a.jsonl"
    span = {"start": 0, "end": 3, "label": "mood"}
    path.write_text(json.dumps({"text": "Two.", "spans": [span]}))

    run(project.slug, str(path), "--create-labels")

    assert project.codebooks.latest("number").number == 2


def test_a_refused_record_is_named_and_fails_the_command(project, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Good."}\n{"text": 7}\n')

    with pytest.raises(CommandError, match="1 records were refused"):
        run(project.slug, str(path))

    assert Article.objects.count() == 1


def test_a_dry_run_leaves_nothing_but_its_report(project, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Some text.")
    assert run(project.slug, str(path), "--dry-run") == "1 created, 0 duplicates, 0 refused.\n"
    assert not Article.objects.exists()


@pytest.mark.parametrize(("slug", "path"), [("nowhere", "."), (None, "missing.txt")])
def test_what_is_not_there_is_said(project, slug, path):
    with pytest.raises(CommandError, match="There is no"):
        run(slug or project.slug, path)
    assert not ImportJob.objects.exists()


def test_a_format_that_nobody_reads_is_said(project, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF")
    with pytest.raises(CommandError, match="of a kind that can’t be imported"):
        run(project.slug, str(path))
