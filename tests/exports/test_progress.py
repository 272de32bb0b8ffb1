from datetime import timedelta

import pytest
from django.http import QueryDict

from exports.models import Release
from exports.progress import Seen
from tests.factories import MONDAY

STEP = "writing articles.jsonl"


def release(done, step=STEP):
    return Release(step=step, done=done, total=1000)


def after(**time):
    return MONDAY + timedelta(**time)


def test_the_rest_takes_as_long_as_the_pace_says():
    seen = Seen.of(release(100), MONDAY)

    assert seen.minutes_left(release(200), after(minutes=2)) == 16
    assert seen.minutes_left(release(950), after(seconds=85)) == 1
    assert seen.minutes_left(release(1000), after(minutes=2)) == 0


@pytest.mark.parametrize(("done", "time"), [(100, {"seconds": 9}), (200, {})])
def test_nothing_is_said_before_something_moved(done, time):
    assert Seen.of(release(100), MONDAY).minutes_left(release(done), after(**time)) is None


def test_what_was_seen_comes_back_by_the_address():
    seen = Seen.of(release(100), MONDAY)

    assert Seen.from_query(QueryDict(seen.query), release(100)) == seen


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("", release(100)),
        ("step=writing&done=x&at=1", release(100)),
        (f"step={STEP}&done=-1&at=1", release(100)),
        (f"step={STEP}&done=5&at=1", release(100, "writing spans.csv")),
        (f"step={STEP}&done=500&at=1", release(100)),
    ],
)
def test_another_step_or_nonsense_begins_anew(query, now):
    assert Seen.from_query(QueryDict(query), now) is None
