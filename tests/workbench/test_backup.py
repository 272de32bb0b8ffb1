"""The drill: everything is backed up, lost, and restored."""

import json
import shutil
import tarfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from annotations.models import Article, Project, SourceFile, Span, SpanOp, User
from exports.models import Release
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)

COUNTED = (Project, User, Article, SourceFile, Span, SpanOp, Release)


@pytest.fixture
def demo(settings, tmp_path):
    """Something of everything."""
    settings.DATA = tmp_path
    call_command("demo", stdout=StringIO())


def told(command, *arguments):
    said = StringIO()
    call_command(command, *map(str, arguments), "--json", stdout=said)
    return json.loads(said.getvalue())


def counts():
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_what_was_lost_comes_back(demo, tmp_path):
    file = tmp_path / "backup.tar"
    before = counts()
    release = Release.objects.get()
    path = Path(default_storage.path(release.files.get(name="articles.jsonl").path))
    content = path.read_bytes()

    backed_up = told("backup", file)
    ProjectFactory()  # made since: restoring takes it away
    User.objects.update(first_name="Changed since")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE annotations_spanop")
    shutil.rmtree(default_storage.path(""))
    restored = told("restore", file, "--verify")

    assert counts() == before
    assert not User.objects.filter(first_name="Changed since").exists()
    assert path.read_bytes() == content
    assert backed_up["releases"] == {str(release.uuid): release.content_hash}
    assert file.stat().st_mode & 0o777 == 0o600
    assert restored == {
        "file": str(file),
        "made_at": backed_up["made_at"],
        "verified": True,
    }
    assert not list(tmp_path.glob(".*"))


def test_the_application_can_work_on_what_was_restored(tmp_path, as_application):
    ProjectFactory(slug="kept")
    told("backup", tmp_path / "backup.tar")
    told("restore", tmp_path / "backup.tar")

    with as_application():
        Project.objects.filter(slug="kept").update(name="Renamed")
        ProjectFactory(slug="another")

    assert Project.objects.filter(name="Renamed").exists()


def test_a_damaged_backup_changes_nothing(tmp_path):
    file = tmp_path / "backup.tar"
    told("backup", file)
    unpacked = tmp_path / "unpacked"
    with tarfile.open(file) as archive:
        archive.extractall(unpacked, filter="data")
    dump = unpacked / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1] + b"?")
    with tarfile.open(file, "w") as archive:
        archive.add(unpacked, "")
    ProjectFactory(slug="kept")

    with pytest.raises(CommandError, match="differs from its checksum"):
        told("restore", file)

    assert Project.objects.get().slug == "kept"


def test_a_file_that_is_no_backup_changes_nothing(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("Remember the milk.")
    ProjectFactory(slug="kept")

    with pytest.raises(CommandError, match="is no backup"):
        told("restore", file)

    assert Project.objects.get().slug == "kept"


def test_verifying_notices_a_file_that_the_backup_lacks(demo, tmp_path):
    file = tmp_path / "backup.tar"
    release = Release.objects.get()
    default_storage.delete(release.files.get(name="articles.jsonl").path)
    told("backup", file)

    with pytest.raises(CommandError, match="not sound"):
        call_command("restore", str(file), "--verify", stdout=StringIO(), stderr=StringIO())
