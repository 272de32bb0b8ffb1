"""A disk that fills up amid a release: nothing partial is left, and the next try is whole."""

import resource
from contextlib import contextmanager, suppress

import pytest

from annotations.enums import ReleaseState
from exports.actions import building, releases
from tests.exports.worlds import built, corpus, files_left, requested
from tests.factories import TUESDAY, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Mayor Ada Brandt said in Velmora that the talks had failed. " * 1000
ROOMS = [100_000, 700_000, 1_300_000, 1_900_000]


@contextmanager
def room_for(size):
    """Let no file grow beyond so many bytes; what goes before is written."""
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))


def test_a_release_whose_disk_fills_up_anywhere_leaves_nothing_partial(tmp_path, trust):
    project = ProjectFactory()
    corpus(project, 40, text=TEXT)
    admin = MemberFactory(project=project, roles=["admin"]).user
    undisturbed = built(project)
    assert undisturbed.files.get(name="articles.jsonl").bytes > max(ROOMS)
    release = requested(project)

    left = 0
    for room in ROOMS:
        with room_for(room):
            building.build(release_id=release.pk)
        release.refresh_from_db()
        assert (release.state, release.is_retryable) == (ReleaseState.FAILED, True)
        left += len(files_left(release))
        releases.retry(release=release, by=admin, at=TUESDAY)
    building.build(release_id=release.pk)
    release.refresh_from_db()
    assert release.content_hash == undisturbed.content_hash

    plain = tmp_path / "plain"
    with room_for(ROOMS[0]), suppress(OSError):
        plain.write_text(TEXT * 40)
    assert 0 < plain.stat().st_size <= ROOMS[0]
    trust(
        "Imports and releases",
        "The disk fills up while a release is written",
        tried=f"{len(ROOMS)} times, at other places in the file",
        of="1 release of 40 articles",
        control=f"a file written plainly stayed there with {plain.stat().st_size:,} bytes",
        partial_files=left,
        other_hashes=0,
    )
