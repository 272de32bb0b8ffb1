"""The drill: an instance with something of everything is lost, and restored on an empty server.

It is done once; each test looks at another side of what came back.
"""

import io
import json
import shutil
import tarfile
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from annotations.models import Gold, Project
from exports import folders
from exports.formats import DERIVED
from exports.models import Release, ReleaseFile
from exports.verification import verify
from tests import databases, schema
from tests.exports.worlds import built
from tests.files import storages_in
from tests.fsck import broken_rules

FILLED = {
    "annotations_apitoken",
    "annotations_article",
    "annotations_assignment",
    "annotations_auditevent",
    "annotations_card",
    "annotations_codebookversion",
    "annotations_decision",
    "annotations_gold",
    "annotations_importjob",
    "annotations_sourcefile",
    "annotations_span",
    "annotations_spanop",
    "annotations_submission",
    "annotations_user",
    "exports_releasefile",
    "exports_releaseitem",
}

pytestmark = pytest.mark.django_db


@dataclass
class Drill:
    """What there was, what the commands told, and where the backup is."""

    file: Path
    users: dict[str, Any]
    schema: dict[str, Any]
    contents: dict[str, Any]
    backup: dict[str, Any]
    restore: dict[str, Any]


@pytest.fixture(scope="module")
def drill(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("drill")
    storages = storages_in(folder / "files")
    with django_db_blocker.unblock(), override_settings(DATA=folder, STORAGES=storages):
        call_command("demo", stdout=StringIO())
        built(Project.objects.get(), formats=["jsonl", *DERIVED])
        built(Project.objects.get(), include=["gold", "codings"], real_names=True)
        built(Project.objects.get(), text=False)
        before = schema.description(), schema.contents()
        file = folder / "backup.tar"
        backup = told("backup", file)
        lose_everything(folder / "files")
        yield Drill(
            file=file,
            users=json.loads((folder / "demo.json").read_text())["users"],
            schema=before[0],
            contents=before[1],
            backup=backup,
            restore=told("restore", file, "--verify"),
        )
        databases.empty()


@pytest.fixture(autouse=True)
def files_of_their_own(settings, drill):
    settings.STORAGES = storages_in(drill.file.parent / "files")


def told(command, *arguments):
    said = StringIO()
    call_command(command, *map(str, arguments), "--json", stdout=said)
    return json.loads(said.getvalue())


def lose_everything(files):
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    connection.close()
    with connection._nodb_cursor() as cursor:
        # Servers of earlier tests may still be leaving.
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    shutil.rmtree(files)


def test_every_row_is_back(drill, trust):
    now = schema.contents()
    differ = {table for table in drill.contents if now[table] != drill.contents[table]}
    empty = {table for table, (count, _) in drill.contents.items() if not count}
    with pgtrigger.ignore():
        Gold.objects.filter(pk=Gold.objects.first().pk).update(spans=[])
    broken = broken_rules()

    assert now.keys() == drill.contents.keys()
    assert differ == set()
    assert not empty.intersection(FILLED)  # else it would prove nothing
    assert broken
    trust(
        "The whole system",
        "Database and files are lost, and restored on an empty server",
        tried="1 drill",
        of=f"{sum(count for count, _ in now.values()):,} rows, {len(drill.backup['files'])} files,"
        f" {len(drill.backup['releases'])} releases",
        tables_that_differ=len(differ),
        control=f"one row edited past the triggers: {len(broken)} rules are named as broken;"
        " one byte flipped or one file missing: refused by its name",
    )


@pytest.mark.parametrize("what", schema.QUESTIONS)
def test_tables_and_their_guards_are_as_they_were(drill, what):
    assert schema.description()[what] == drill.schema[what]
    assert drill.schema[what]


def test_no_rule_is_broken(drill):
    assert broken_rules() == {}
    assert drill.restore == {
        "file": str(drill.file),
        "made_at": drill.backup["made_at"],
        "verified": True,
    }


def test_every_release_is_the_same_bytes(drill, tmp_path):
    releases = Release.objects.order_by("number")
    assert {str(one.uuid): one.content_hash for one in releases} == drill.backup["releases"]

    for release in releases:
        place = tmp_path / str(release.number)
        place.mkdir()
        for file in release.files.all():
            (place / file.name).write_bytes(b"".join(folders.pieces(file.path)))
        report = verify(place)
        assert report.problems == []
        assert report.content_hash == release.content_hash
        assert report.checked == ["articles.jsonl", "SHA256SUMS", "manifest.json"]

    assert len(releases) == 4
    assert ReleaseFile.objects.count() > 4 * 4 + len(DERIVED)


def test_people_and_programs_come_in_with_their_old_keys(drill):
    browser, program = Client(), Client()
    for name, keys in drill.users.items():
        given = {"username": name, "password": keys["password"]}
        assert browser.post("/sign-in/", given).status_code == 302, name
        answer = program.get(
            "/api/v1/session/", headers={"Authorization": f"Bearer {keys['token']}"}
        )
        assert answer.json()["user"]["username"] == name


def test_the_application_works_with_it_and_is_kept_from_what_is_not_its_own(drill, as_application):
    with as_application():
        Project.objects.update(name="Renamed")

    assert Project.objects.get().name == "Renamed"
    for forbidden in ("TRUNCATE annotations_spanop", "DROP TABLE annotations_gold"):
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            as_application(),
            connection.cursor() as cursor,
        ):
            cursor.execute(forbidden)
    with pytest.raises(DatabaseError, match="gold"), as_application():
        Gold.objects.update(spans=[])


def changed(drill, place, change):
    """Return the backup with ``change`` made to its content."""
    unpacked = place / "unpacked"
    shutil.unpack_archive(drill.file, unpacked, "tar")
    change(unpacked)
    target = place / "changed.tar"
    with tarfile.open(target, "w") as archive:
        archive.add(unpacked, "")
    return target


def flip_a_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["release", "upload", "database"])
@pytest.mark.parametrize("harm", ["one byte flipped", "missing"])
def test_a_damaged_backup_is_refused_by_name_and_changes_nothing(drill, tmp_path, kind, harm):
    path = {
        "release": "files/" + ReleaseFile.objects.filter(name="articles.jsonl").first().path,
        "upload": next(f"files/{name}" for name in drill.backup["files"] if "imports/" in name),
        "database": "database.dump",
    }[kind]
    flips = harm == "one byte flipped"
    harmed = changed(
        drill, tmp_path, lambda folder: (flip_a_byte if flips else Path.unlink)(folder / path)
    )
    name = "the database" if kind == "database" else path
    why = "differs from its checksum" if flips else "is missing"

    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(harmed), "--verify")

    assert str(refusal.value) == f"{harmed} is damaged: {name} {why}."
    assert schema.contents() == drill.contents
    files = Path(default_storage.path(""))
    there = {str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()}
    assert there == set(drill.backup["files"])


def a_file_beside(archive):
    member = tarfile.TarInfo("../beside")
    member.size = 4
    archive.addfile(member, io.BytesIO(b"here"))


def a_link(archive):
    member = tarfile.TarInfo("files/link")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    archive.addfile(member)


@pytest.mark.parametrize(
    ("add", "why"),
    [(a_file_beside, "../beside leads out of it"), (a_link, "files/link is no file")],
)
def test_an_archive_that_would_write_elsewhere_is_refused(drill, tmp_path, add, why):
    harmed = tmp_path / "harmed.tar"
    shutil.copy(drill.file, harmed)
    with tarfile.open(harmed, "a") as archive:
        add(archive)

    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(harmed), "--verify")

    assert str(refusal.value) == f"{harmed} is no backup: {why}"
    assert schema.contents() == drill.contents
    assert not (tmp_path / "beside").exists()
