"""What a backup takes along while people work, and what a restore refuses."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pgtrigger
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from annotations.enums import ReleaseState
from annotations.models import Assignment, Project
from exports import invariants
from exports.models import Release
from tests.exports.worlds import built, corpus, published
from tests.factories import TUESDAY, AssignmentFactory, ProjectFactory
from tests.threads import somebody_works_in, wait_until_somebody_waits
from workbench.services import backup

pytestmark = pytest.mark.django_db(transaction=True)


def told(command, *arguments):
    said = StringIO()
    call_command(command, *map(str, arguments), "--json", stdout=said)
    return json.loads(said.getvalue())


def files_there():
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_what_came_later_goes(tmp_path):
    release = published(ProjectFactory(slug="kept"))
    before = files_there()
    file = tmp_path / "backup.tar"
    told("backup", file)
    Project.objects.update(name="Changed since")
    published(ProjectFactory())

    told("restore", file)

    assert Project.objects.get().slug == "kept"
    assert Project.objects.get().name != "Changed since"
    assert Release.objects.get() == release
    assert files_there() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_is_no_backup_changes_nothing(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("Remember the milk.")
    ProjectFactory(slug="kept")

    with pytest.raises(CommandError, match="is no backup"):
        told("restore", file)

    assert Project.objects.get().slug == "kept"


def test_a_backup_tells_of_a_file_that_it_could_not_take_along(tmp_path):
    file = tmp_path / "backup.tar"
    release = published(ProjectFactory())
    path = release.files.get().path
    default_storage.delete(path)

    with pytest.raises(CommandError, match=f"1 files that the database names .* there: {path}"):
        told("backup", file)
    with pytest.raises(CommandError, match=f"articles.jsonl of release {release.uuid} is missing"):
        told("restore", file, "--verify")


def test_files_that_went_with_a_persons_name_are_not_missed(tmp_path):
    release = published(ProjectFactory())
    with pgtrigger.ignore():
        Release.objects.update(
            state=ReleaseState.RETRACTED,
            retracted_reason="A person whom it names was erased.",
            has_real_names=True,
            purged_at=TUESDAY,
        )
    default_storage.delete(release.files.get().path)

    manifest = told("backup", tmp_path / "backup.tar")

    assert manifest["files"] == {}
    assert manifest["releases"] == {str(release.uuid): release.content_hash}


def test_verifying_names_a_row_that_was_edited_under_the_triggers(tmp_path):
    file = tmp_path / "backup.tar"
    work = AssignmentFactory()
    told("backup", file)
    assert told("restore", file, "--verify")["verified"]
    Assignment.objects.update(span_count=5)
    told("backup", file)

    with pytest.raises(CommandError) as refusal:
        told("restore", file, "--verify")

    assert str(refusal.value).splitlines() == [
        "What was restored is not sound:",
        f"broken: span counts are right: assignment {work.uuid}",
    ]


def test_a_restore_that_fails_leaves_rows_and_files_as_they_were(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "PATIENCE", "50ms")
    file = tmp_path / "backup.tar"
    told("backup", file)
    published(ProjectFactory(slug="kept"))
    before = files_there()

    with somebody_works_in("annotations_project"), pytest.raises(CommandError, match="timeout"):
        told("restore", file)

    assert Project.objects.get().slug == "kept"
    assert files_there() == before


# While people work


def test_a_backup_is_of_one_moment_however_long_it_takes(tmp_path):
    batch = corpus(ProjectFactory(), 2)
    first = built(batch.project)
    file = tmp_path / "backup.tar"

    with somebody_works_in("annotations_sourcefile") as holder, ThreadPoolExecutor(1) as threads:
        backing_up = threads.submit(in_thread, lambda: told("backup", file))
        wait_until_somebody_waits(holder)
        # It has begun, and must not see what comes now, neither in rows nor among its releases.
        second = built(batch.project)
        holder.rollback()
        manifest = backing_up.result()
    told("restore", file)

    assert second.content_hash == first.content_hash
    assert manifest["releases"] == {str(first.uuid): first.content_hash}
    assert Release.objects.get() == first
    assert manifest["files"].keys() >= set(first.files.values_list("path", flat=True))
    assert list(invariants.release_files_are_what_was_published()) == []
    assert list(invariants.releases_can_be_rendered_again()) == []


def test_files_that_come_and_go_hold_up_no_backup(tmp_path):
    release = published(ProjectFactory())
    goes_on = threading.Event()

    def churn():
        while not goes_on.is_set():
            for name in ("readyz", "a", "b/c"):
                default_storage.delete(default_storage.save(name, ContentFile(b"x" * 5000)))

    with ThreadPoolExecutor(2) as threads:
        busy = [threads.submit(churn) for _ in range(2)]
        try:
            manifests = [told("backup", tmp_path / "backup.tar") for _ in range(3)]
        finally:
            goes_on.set()
    told("restore", tmp_path / "backup.tar")

    assert [one.exception() for one in busy] == [None, None]
    for manifest in manifests:
        assert release.files.get().path in manifest["files"]
    assert list(invariants.release_files_are_what_was_published()) == []


def in_thread(call):
    try:
        return call()
    finally:
        connection.close()
