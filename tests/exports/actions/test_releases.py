from datetime import timedelta

import pytest
from django.db import IntegrityError

from annotations.enums import ReleaseState
from annotations.models import Article, AuditEvent
from exports import folders
from exports.actions import building, releases
from exports.models import Release
from tests.exports import reading
from tests.exports.worlds import built, corpus, files_left, requested
from tests.factories import TUESDAY, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin():
    return MemberFactory(project=ProjectFactory(), roles=["admin"])


def failed_on_a_full_disk(project, folder):
    """Return a release that failed while it was rendered, and give its disk room again."""
    release = requested(project)
    full = folder / "files" / "releases" / str(release.uuid) / "shards" / "1-1.jsonl.part"
    full.parent.mkdir(parents=True)
    full.symlink_to("/dev/full")
    building.build(release_id=release.pk, clock=lambda: TUESDAY)
    release.refresh_from_db()
    return release


def test_what_failed_on_a_full_disk_is_tried_again_from_what_it_had_pinned(admin, tmp_path):
    corpus(admin.project, 2)
    undisturbed = built(admin.project)
    release = failed_on_a_full_disk(admin.project, tmp_path)
    assert (release.state, release.is_retryable) == (ReleaseState.FAILED, True)
    assert files_left(release) == []
    Article.objects.update(meta={"title": "Corrected meanwhile"})

    releases.retry(release=release, by=admin.user, at=TUESDAY)
    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert (release.state, release.failure) == (ReleaseState.READY, "")
    assert reading.content(release) == reading.content(undisturbed)
    asked = AuditEvent.objects.filter(kind="release.requested", target_uuid=release.uuid)
    assert [event.detail.get("again") for event in asked.order_by("pk")] == [None, True]


def test_what_failed_is_let_go_after_a_month(admin, tmp_path):
    corpus(admin.project, 2)
    release = failed_on_a_full_disk(admin.project, tmp_path)

    building.sweep(at=TUESDAY + building.RETENTION - timedelta(days=1))
    assert release.items.count() == 2
    building.sweep(at=TUESDAY + building.RETENTION + timedelta(days=1))

    assert not release.items.exists()
    with pytest.raises(releases.CannotRetry):
        releases.retry(release=release, by=admin.user, at=TUESDAY)
    release.refresh_from_db()
    assert release.failure == "The files could not be written: No space left on device."


def test_what_was_published_is_never_let_go(admin):
    corpus(admin.project, 1)
    release = built(admin.project)

    building.sweep(at=TUESDAY + 2 * building.RETENTION)

    assert release.items.count() == 1
    with pytest.raises(IntegrityError, match="as long as its release counts"):
        release.items.all().delete()
    with pytest.raises(releases.CannotRetry):
        releases.retry(release=release, by=admin.user, at=TUESDAY)


def test_only_an_admin_tries_again(admin, tmp_path):
    corpus(admin.project, 1)
    release = failed_on_a_full_disk(admin.project, tmp_path)
    researcher = MemberFactory(project=admin.project, roles=["researcher"])

    with pytest.raises(releases.CannotPublish):
        releases.retry(release=release, by=researcher.user, at=TUESDAY)

    release.refresh_from_db()
    assert release.state == ReleaseState.FAILED


def test_only_what_failed_is_retryable(admin):
    release = requested(admin.project)

    with pytest.raises(IntegrityError, match="only_a_failed_release_is_retryable"):
        Release.objects.filter(pk=release.pk).update(is_retryable=True)


def test_the_sweep_leaves_alone_what_is_being_built(admin):
    corpus(admin.project, 1)
    release = requested(admin.project)
    release.epoch = 1
    folders.write(release, "articles.jsonl", [b"half"])

    building.sweep(at=TUESDAY)

    assert len(files_left(release)) == 1
