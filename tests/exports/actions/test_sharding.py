import threading
from contextlib import suppress
from itertools import chain

import pytest
from django.db import ProgrammingError, connections

from annotations.actions.jobs import LostClaim, claim
from annotations.enums import ReleaseState
from exports import folders, rendering
from exports.actions import building, freezing, publishing, sharding
from exports.models import Release, ReleaseShard
from tests.exports import golden, reading
from tests.exports.worlds import built, corpus, expire_leases, files_left, requested
from tests.factories import TUESDAY, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shards_of_two(monkeypatch):
    monkeypatch.setattr(sharding, "ARTICLES", 2)


def frozen(project, **recipe):
    """Return a release that waits for workers to render it."""
    release = requested(project, **recipe)
    mine = claim(Release.objects.to_freeze(), release.pk)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.FREEZING)
    freezing.freeze(mine)
    return mine


def render(shard):
    sharding.render(shard, rendering.roster_of(shard.release))


def test_every_item_is_in_one_shard():
    release = frozen(corpus(ProjectFactory(), 5).project)

    found = [
        list(release.items.filter(pk__gte=shard.first, pk__lte=shard.last).order_by("pk"))
        for shard in release.shards.order_by("number")
    ]

    assert [len(items) for items in found] == [2, 2, 1]
    assert list(chain(*found)) == list(release.items.order_by("pk"))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [2, 1, 0]])
def test_the_order_of_the_shards_and_how_many_there_are_change_no_byte(monkeypatch, order):
    project = corpus(ProjectFactory(), 5).project
    recipe = {"splits": {"train": 0.5, "test": 0.5}}
    monkeypatch.setattr(sharding, "ARTICLES", 100)
    whole = built(project, **recipe)
    monkeypatch.setattr(sharding, "ARTICLES", 2)
    release = frozen(project, **recipe)
    taken = [sharding.take_up(release) for _ in range(3)]

    for place in order:
        render(taken[place])
    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert reading.content(release) == reading.content(whole)
    assert release.manifest["counts"] == whole.manifest["counts"]


def test_nobody_publishes_before_the_last_shard_is_handed_in():
    release = frozen(golden.corpus())
    taken = []
    while shard := sharding.take_up(release):
        taken.append(shard)
    assert len(taken) > 1

    for shard in taken:
        assert building.build(release_id=release.pk) is False
        render(shard)

    assert building.build(release_id=release.pk) is True
    release.refresh_from_db()
    assert release.state == ReleaseState.READY


def test_a_shard_that_is_handed_in_is_not_rendered_again():
    release = frozen(corpus(ProjectFactory(), 4).project)
    render(sharding.take_up(release))
    sharding.take_up(release)

    expire_leases(release)

    assert sharding.take_up(release).number == 2
    assert sharding.take_up(release) is None
    with pytest.raises(ProgrammingError, match="Cannot update"):
        release.shards.filter(number=1).update(path="elsewhere")


def test_a_worker_whose_shard_was_taken_over_cannot_hand_it_in():
    release = frozen(corpus(ProjectFactory(), 2).project)
    late = sharding.take_up(release)
    expire_leases(release)
    quick = sharding.take_up(release)
    render(quick)
    handed_in = ReleaseShard.objects.values().get()
    left = files_left(release)

    with pytest.raises(LostClaim):
        render(late)

    assert ReleaseShard.objects.values().get() == handed_in
    assert files_left(release) == left


def test_a_worker_stops_when_the_release_is_called_off():
    release = frozen(corpus(ProjectFactory(), 2).project)
    shard = sharding.take_up(release)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.CANCELLED, finished_at=TUESDAY)

    with pytest.raises(LostClaim):
        render(shard)
    building.sweep(at=TUESDAY)

    assert files_left(release) == []
    assert not ReleaseShard.objects.exists()
    assert not release.items.exists()


def test_progress_is_counted_over_all_shards():
    release = frozen(corpus(ProjectFactory(), 3).project)

    for _ in range(2):
        render(sharding.take_up(release))

    release.refresh_from_db()
    assert (release.done, release.total, release.step) == (3, 3, "writing articles.jsonl")


def test_workers_that_come_at_once_take_different_shards():
    release = frozen(corpus(ProjectFactory(), 8).project)
    start = threading.Barrier(4)
    taken = []

    def work():
        try:
            start.wait()
            taken.append(sharding.take_up(release).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [1, 2, 3, 4]


def test_a_shard_that_was_lost_fails_the_release_and_not_silently():
    release = frozen(corpus(ProjectFactory(), 2).project)
    render(sharding.take_up(release))
    (path,) = release.shards.values_list("path", flat=True)

    with folders.storage().open(path, "wb") as file:
        file.write(b"short")

    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert (release.state, release.is_retryable) == (ReleaseState.FAILED, True)


def test_publishing_twice_publishes_once():
    release = frozen(corpus(ProjectFactory(), 2).project)
    render(sharding.take_up(release))
    late = claim(Release.objects.to_publish(), release.pk)
    expire_leases(release)
    building.build(release_id=release.pk)
    left = files_left(release)

    with pytest.raises(LostClaim):
        publishing.publish(late, clock=lambda: TUESDAY)

    assert files_left(release) == left


@pytest.mark.parametrize(
    ("is_fenced", "expected"), [(True, ReleaseState.READY), (False, ReleaseState.FAILED)]
)
def test_only_the_fence_keeps_a_late_worker_from_failing_what_is_anothers(
    monkeypatch, tmp_path, is_fenced, expected
):
    """The control, without the epoch, shows what the epoch is there for."""
    release = frozen(corpus(ProjectFactory(), 2).project)
    late = sharding.take_up(release)
    expire_leases(release)
    quick = sharding.take_up(release)
    full = tmp_path / "files" / f"{folders.path_of_shard(late)}.part"
    full.parent.mkdir(parents=True, exist_ok=True)
    full.symlink_to("/dev/full")
    if not is_fenced:
        monkeypatch.setattr(
            sharding, "mine", lambda shard: ReleaseShard.objects.filter(pk=shard.pk)
        )

    building.do_shard(late, rendering.roster_of(release), clock=lambda: TUESDAY)
    with suppress(LostClaim):
        render(quick)
    building.build(release_id=release.pk)

    release.refresh_from_db()
    assert release.state == expected
