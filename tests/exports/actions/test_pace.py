"""How often workers say how far they are, by a clock that the tests turn."""

import pytest
from django.db import connection
from django.utils import timezone

from annotations.enums import ReleaseState
from exports import rendering
from exports.actions import building, pace, releases
from exports.models import Release
from tests.exports.worlds import corpus, files_left, requested
from tests.factories import TUESDAY, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """Goes on by half a second at each look; at a ``moment`` something happens."""

    def __init__(self, moment=None, happens=None):
        self.now = 0.0
        self._moment = moment
        self._happens = happens

    def __call__(self):
        self.now += 0.5
        if self._moment is not None and self.now >= self._moment:
            self._moment = None
            self._happens()
        return self.now


@pytest.fixture
def small_portions(monkeypatch):
    """Have a worker that renders look up after every article."""
    monkeypatch.setattr(rendering, "CHUNK", 1)


def test_of_many_numbers_one_a_second_is_told(monkeypatch):
    monkeypatch.setattr(pace, "monotonic", Clock())
    told = []

    passed = list(pace.steadily("abcdefgh", told.append))

    assert passed == [*"abcdefgh"]
    assert told == [2, 4, 6, 8]


def test_a_worker_writes_its_progress_once_a_second(monkeypatch, small_portions):
    monkeypatch.setattr(pace, "monotonic", Clock())
    release = requested(corpus(ProjectFactory(), 12).project)

    told = []

    def listen(execute, sql, values, many, context):
        if sql.startswith('UPDATE "exports_release" SET "done" = %s, "step"'):
            told.append(values[0])
        return execute(sql, values, many, context)

    with connection.execute_wrapper(listen):
        building.build(release_id=release.pk, clock=lambda: TUESDAY)

    # At the start, with every second article, which take a second, and at the end.
    assert told == [0, 2, 4, 6, 8, 10, 12, 12]
    release.refresh_from_db()
    assert release.state == ReleaseState.READY


@pytest.mark.parametrize(
    ("moment", "step"), [(2, "writing articles.jsonl"), (18.5, "writing spans.csv")]
)
def test_what_is_called_off_is_dropped_within_two_seconds(
    monkeypatch, small_portions, moment, step
):
    admin = MemberFactory(project=ProjectFactory(), roles=["admin"])
    corpus(admin.project, 20)
    release = requested(admin.project, formats=["csv"])
    steps = []

    def call_off():
        steps.append(Release.objects.get(pk=release.pk).step)
        releases.cancel(release=release, by=admin.user, at=timezone.now())

    clock = Clock(moment, call_off)
    monkeypatch.setattr(pace, "monotonic", clock)

    building.build(release_id=release.pk, clock=lambda: TUESDAY)
    stopped_at = clock.now
    building.sweep(at=timezone.now())

    assert steps == [step]
    assert stopped_at - moment <= 2
    release.refresh_from_db()
    assert release.state == ReleaseState.CANCELLED
    assert files_left(release) == []
