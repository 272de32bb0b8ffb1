import pytest
from django.db import IntegrityError, transaction

from annotations.enums import TaskState
from exports.models import Release, ReleaseItem
from tests.exports.worlds import adjudicate, adjudicated_article, coded, requested
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


def release_of(task, **recipe):
    """Return a release that holds the article of ``task``."""
    release = requested(task.batch.project, **recipe)
    ReleaseItem.objects.create(release=release, task=task, article=task.article, meta={}, zones=[])
    return release


def sees(member, release):
    return Release.objects.visible_to(member.user).filter(pk=release.pk).exists()


@pytest.mark.parametrize(
    ("recipe", "researcher"),
    [
        ({}, True),
        ({"include": ["gold", "codings"]}, True),
        ({"include": ["codings"]}, False),
        ({"real_names": True}, False),
    ],
)
def test_names_and_unadjudicated_work_are_for_admins(recipe, researcher):
    project = ProjectFactory()
    release = release_of(adjudicated_article(BatchFactory(project=project)), **recipe)

    assert sees(MemberFactory(project=project, roles=["admin"]), release)
    assert sees(MemberFactory(project=project, roles=["researcher"]), release) is researcher


@pytest.mark.parametrize("role", ["admin", "researcher"])
def test_who_still_codes_in_a_batch_sees_no_release_of_it(role):
    task = adjudicated_article(BatchFactory())
    release = release_of(task)
    member = MemberFactory(project=task.batch.project, roles=[role, "coder"])
    assert sees(member, release)

    own = TaskFactory(batch=task.batch, coders_wanted=1)
    coded(own, member, [])
    assert not sees(member, release)

    adjudicate(own, [])
    assert sees(member, release)


def test_unadjudicated_work_is_closed_to_who_ever_had_a_part_in_the_batch():
    batch = BatchFactory()
    release = release_of(TaskFactory(batch=batch), include=["codings"])
    admin = MemberFactory(project=batch.project, roles=["admin", "coder"])
    own = TaskFactory(batch=batch, coders_wanted=1)
    coded(own, admin, [])
    adjudicate(own, [])

    assert own.state == TaskState.ADJUDICATED
    assert not sees(admin, release)


def test_work_that_was_taken_away_gives_no_part_in_a_batch():
    batch = BatchFactory()
    release = release_of(TaskFactory(batch=batch), include=["codings"])
    admin = MemberFactory(project=batch.project, roles=["admin", "coder"])
    AssignmentFactory(task=TaskFactory(batch=batch), coder=admin, state="released")

    assert sees(admin, release)


@pytest.mark.parametrize("change", [{"name": "other"}, {"content_hash": "0" * 64}, {"number": 9}])
def test_a_ready_release_never_changes(change):
    release = requested(ProjectFactory())
    for state in ("freezing", "rendering", "finalizing", "ready"):
        Release.objects.filter(pk=release.pk).update(state=state, content_hash="f" * 64)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(**change)


def test_a_release_is_not_retracted_without_a_reason():
    release = requested(ProjectFactory())
    for state in ("freezing", "rendering", "finalizing", "ready"):
        Release.objects.filter(pk=release.pk).update(state=state, content_hash="f" * 64)

    with pytest.raises(IntegrityError, match="retracted_release_has_a_reason"):
        Release.objects.filter(pk=release.pk).update(state="retracted")
