import json
import shutil

import pytest
from django.db import connection

from annotations.actions.jobs import LostClaim, claim
from annotations.enums import ReleaseState, TaskState
from annotations.models import Assignment, AuditEvent, Member, Task, User
from exports import folders, rendering
from exports.actions import building, freezing, publishing, releases, sharding
from exports.formats import DERIVED
from exports.formats.ledger import Ledger
from exports.models import Release, ReleaseFile
from exports.verification import verify
from tests.exports import golden, reading
from tests.exports.worlds import (
    built,
    corpus,
    expire_leases,
    files_left,
    gold_span,
    requested,
)
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = {
    "include": ["gold", "codings"],
    "splits": {"train": 0.5, "test": 0.5},
    "seed": 4,
}


def published(release):
    return sorted(release.files.values_list("path", flat=True))


def test_the_golden_corpus_exports_to_the_golden_file():
    release = built(golden.corpus(), **EVERYTHING)

    assert release.state == ReleaseState.READY, release.failure
    for name in ("articles.jsonl", "manifest.json", "README.md", "SHA256SUMS"):
        assert reading.content(release, name).decode() == (golden.FOLDER / name).read_text()


def test_a_spreadsheet_is_made_from_the_records_and_told_of():
    release = built(golden.corpus(), **EVERYTHING | {"formats": ["csv"]})

    content = reading.content(release, "spans.csv")
    assert content == (golden.FOLDER / "spans.csv").read_bytes()
    names = ["articles.jsonl", "spans.csv"]
    assert [file["name"] for file in release.manifest["files"]] == names
    assert release.files.get(name="spans.csv").rows == content.count(b"\r\n") - 1
    assert "`spans.csv`" in reading.content(release, "README.md").decode()


def test_every_format_is_made_from_the_records_and_told_of():
    release = built(golden.corpus(), **EVERYTHING | {"formats": ["jsonl", *DERIVED]})

    records = [json.loads(line) for line in reading.content(release).splitlines()]
    names = ["articles.jsonl", *(module.NAME for module in DERIVED.values())]
    assert release.state == ReleaseState.READY, release.failure
    assert [file["name"] for file in release.manifest["files"]] == names
    card = reading.content(release, "README.md").decode()
    for format, module in DERIVED.items():
        ledger = Ledger(format, module.KEEPS)
        assert reading.content(release, module.NAME) == b"".join(module.write(records, ledger))
        assert release.manifest["losses"][format] == ledger.as_json()
        assert release.files.get(name=module.NAME).rows == ledger.rows
        assert "\n".join(module.CARD) in card
    assert "* gold.conll has all 5 spans. Not in it: 1 attribute, 1 link," in card


def test_spans_that_a_format_lost_are_named_in_a_file():
    task = Task.objects.get(article__key="a-3", batch__project=golden.corpus())
    text = task.article.text
    inner, outer = gold_span(text, "news", "event"), gold_span(text, "No news", "claim")
    task.golds.create(number=2, spans=[outer, inner], codebook_version=1, made_at=TUESDAY)

    release = built(task.batch.project, formats=["conll"])

    (lost,) = map(json.loads, reading.content(release, "losses.conll.jsonl").splitlines())
    assert (lost["article"], lost["span"], lost["reason"]) == ("a-3", outer["id"], "shares_words")
    assert release.manifest["losses"]["conll"]["lost"] == {"shares_words": 1}
    assert release.files.get(name="losses.conll.jsonl").rows == 1


@pytest.mark.parametrize("formats", [["jsonl"], ["jsonl", *DERIVED]])
def test_a_release_is_what_verify_accepts(tmp_path, formats):
    release = built(golden.corpus(), **EVERYTHING | {"formats": formats})

    for file in release.files.all():
        (tmp_path / file.name).write_bytes(reading.content(release, file.name))

    report = verify(tmp_path)
    assert report.problems == []
    assert report.content_hash == release.content_hash
    assert report.checked == ["articles.jsonl", "SHA256SUMS", "manifest.json"]


def test_the_same_request_gives_the_same_bytes():
    project = golden.corpus()

    first, second = built(project, **EVERYTHING), built(project, **EVERYTHING)

    assert (first.number, second.number) == (1, 2)
    assert reading.content(first) == reading.content(second)


def test_the_files_are_as_the_rows_say():
    release = built(golden.corpus())

    assert [file.name for file in release.files.order_by("name")] == [
        "README.md",
        "SHA256SUMS",
        "articles.jsonl",
        "manifest.json",
    ]
    for file in release.files.all():
        assert file.bytes == len(reading.content(release, file.name))
    assert release.content_hash == release.files.get(name="articles.jsonl").sha256
    assert json.loads(reading.content(release, "manifest.json")) == release.manifest


def test_publishing_is_written_down():
    release = built(corpus(ProjectFactory(), 1).project)

    event = AuditEvent.objects.get(kind=AuditEvent.Kind.RELEASE_READY)
    assert event.target_uuid == release.uuid
    assert event.detail == {"number": 1, "content_hash": release.content_hash}


def test_a_message_that_comes_five_times_builds_one_release():
    release = requested(corpus(ProjectFactory(), 2).project)

    answers = [building.build(release_id=release.pk) for _ in range(5)]

    assert answers == [True, False, False, False, False]
    assert ReleaseFile.objects.filter(release=release).count() == 4
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.RELEASE_READY).count() == 1


@pytest.mark.parametrize(
    "reached", [ReleaseState.FREEZING, ReleaseState.RENDERING, ReleaseState.FINALIZING]
)
def test_a_release_whose_worker_died_is_finished_by_the_next(reached):
    project = golden.corpus()
    undisturbed = built(project, **EVERYTHING)
    release = requested(project, **EVERYTHING)
    dead = claim(Release.objects.unfinished(), release.pk)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.FREEZING)
    if reached != ReleaseState.FREEZING:
        dead.refresh_from_db()
        freezing.freeze(dead)
        shard = sharding.take_up(dead)
        folders.write_shard(shard, [b"half"])
    if reached == ReleaseState.FINALIZING:
        sharding.render(shard, rendering.roster_of(dead))
        dead = claim(Release.objects.to_publish(), release.pk)
        folders.write(dead, "articles.jsonl", [b"half"])
        Release.objects.filter(pk=release.pk).update(state=reached)

    assert building.build(release_id=release.pk) is False
    expire_leases(release)
    assert building.build(release_id=release.pk) is True

    release.refresh_from_db()
    assert release.state == ReleaseState.READY
    assert release.content_hash == undisturbed.content_hash
    assert files_left(release) == published(release)


def test_a_worker_that_wakes_up_late_changes_nothing():
    project = golden.corpus()
    release = requested(project)
    late = claim(Release.objects.unfinished(), release.pk)
    expire_leases(release)
    building.build(release_id=release.pk)

    with pytest.raises(LostClaim):
        freezing.freeze(late)
    with pytest.raises(LostClaim):
        publishing.publish(late, clock=lambda: TUESDAY)
    building.sweep(at=TUESDAY)

    release.refresh_from_db()
    assert (release.state, release.failure) == (ReleaseState.READY, "")
    assert files_left(release) == published(release)


def test_work_that_goes_on_does_not_change_what_was_frozen():
    project = golden.corpus()
    undisturbed = built(project)
    release = requested(project)
    mine = claim(Release.objects.unfinished(), release.pk)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.FREEZING)
    freezing.freeze(mine)

    task = Task.objects.get(article__key="a-3")
    task.article.meta = {"title": "Corrected"}
    task.article.save(update_fields=["meta"])
    task.state = TaskState.ADJUDICATING
    task.save(update_fields=["state"])
    task.article.withdrawn_at, task.article.withdrawn_reason = TUESDAY, "rights"
    task.article.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    expire_leases(release)
    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert release.content_hash == undisturbed.content_hash


@pytest.mark.parametrize("lost", ["role", "account"])
def test_an_asker_who_is_no_longer_admin_gets_nothing(lost):
    admin = MemberFactory(roles=["admin"])
    corpus(admin.project, 1)
    release = request_by(admin)
    if lost == "role":
        Member.objects.filter(pk=admin.pk).update(removed_at=TUESDAY)
    else:
        User.objects.filter(pk=admin.user_id).update(is_active=False)

    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert release.state == ReleaseState.FAILED
    assert release.failure == "Whoever asked for this release is no longer an admin."
    assert not release.items.exists()


def test_an_asker_who_was_given_work_meanwhile_gets_nothing():
    admin = MemberFactory(roles=["admin", "coder"])
    batch = corpus(admin.project, 1)
    release = request_by(admin)
    AssignmentFactory(task=TaskFactory(batch=batch), coder=admin)

    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert release.state == ReleaseState.FAILED
    assert Assignment.objects.count() == 1


def request_by(member):
    from exports.recipe import Recipe

    return releases.request(
        project=member.project, name="Gold", recipe=Recipe(), by=member.user, at=MONDAY
    )


def test_a_full_disk_fails_the_release_and_leaves_nothing_behind(settings, tmp_path):
    release = requested(corpus(ProjectFactory(), 1).project)
    folder = tmp_path / "files" / "releases" / str(release.uuid) / "shards"
    folder.mkdir(parents=True)
    (folder / "1-1.jsonl.part").symlink_to("/dev/full")

    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert release.state == ReleaseState.FAILED
    assert release.failure == "The files could not be written: No space left on device."
    assert files_left(release) == []


def test_a_release_on_which_the_database_took_too_long_fails_and_can_be_tried_again():
    release = requested(corpus(ProjectFactory(), 1).project)

    def take_too_long(execute, sql, values, many, context):
        if "INSERT INTO exports_releaseitem" in sql:
            execute("SELECT pg_cancel_backend(pg_backend_pid())", None, False, context)
        return execute(sql, values, many, context)

    with connection.execute_wrapper(take_too_long):
        building.build(release_id=release.pk)

    release.refresh_from_db()
    assert (release.state, release.is_retryable) == (ReleaseState.FAILED, True)


def test_the_sweep_removes_files_of_what_was_given_up():
    release = requested(corpus(ProjectFactory(), 1).project)
    mine = claim(Release.objects.unfinished(), release.pk)
    folders.write(mine, "articles.jsonl", [b"half"])
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.CANCELLED, finished_at=TUESDAY)

    building.sweep(at=TUESDAY)

    assert files_left(release) == []


def test_files_that_can_not_be_removed_stop_no_sweep(tmp_path, caplog):
    stuck, other = [requested(corpus(ProjectFactory(), 1).project) for _ in range(2)]
    for release in (stuck, other):
        mine = claim(Release.objects.unfinished(), release.pk)
        folders.write(mine, "articles.jsonl", [b"half"])
    given_up = {"state": ReleaseState.CANCELLED, "finished_at": TUESDAY}
    Release.objects.filter(pk__in=[stuck.pk, other.pk]).update(**given_up)
    folder = tmp_path / "files" / "releases" / str(stuck.uuid)
    shutil.rmtree(folder)
    folder.write_text("A file where a folder should be: it can't be listed.")

    building.sweep(at=TUESDAY)

    assert files_left(other) == []
    assert [str(stuck.uuid) in record.message for record in caplog.records] == [True]


def test_only_releases_that_nobody_is_at_count_as_abandoned():
    project = corpus(ProjectFactory(), 1).project
    waiting, running, dead, ready = [requested(project) for _ in range(4)]
    for release in (running, dead):
        claim(Release.objects.unfinished(), release.pk)
    expire_leases(dead)
    building.build(release_id=ready.pk)

    assert building.abandoned() == [waiting.pk, dead.pk]
