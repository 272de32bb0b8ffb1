from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.workdays import finishing_day

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("hours", "a_day", "start", "end"),
    [
        (4, 4, MONDAY, MONDAY),
        (4.1, 4, MONDAY, date(2026, 3, 3)),
        (20, 4, MONDAY, date(2026, 3, 6)),
        (21, 4, MONDAY, date(2026, 3, 9)),
        (1, 8, date(2026, 3, 7), date(2026, 3, 9)),
        (0, 4, MONDAY, None),
        (10**9, 1, MONDAY, None),
    ],
)
def test_work_is_done_on_weekdays(hours, a_day, start, end):
    assert finishing_day(hours, a_day, start) == end


@given(st.floats(0.01, 500), st.sampled_from([0.5, 1, 4, 8]), st.integers(0, 13))
def test_as_many_weekdays_pass_as_the_hours_fill(hours, a_day, shift):
    start = MONDAY + timedelta(days=shift)

    end = finishing_day(hours, a_day, start)

    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    working = sum(day.weekday() < 5 for day in days)
    assert (working - 1) * a_day < hours <= working * a_day
    assert end.weekday() < 5
