"""When work will be done by somebody who does not work on weekends."""

import math
from datetime import date, timedelta

_DAYS_A_WEEK = 5
_SATURDAY = 5
#: What would take longer is no plan.
_LONGEST = 20 * 52 * _DAYS_A_WEEK


def finishing_day(hours: float, a_day: float, start: date) -> date | None:
    """Return the day on which ``hours`` of work are done, at ``a_day`` hours each Monday to
    Friday from ``start``; ``None`` if that takes decades or there is nothing to do."""
    if hours <= 0 or hours / a_day > _LONGEST:
        return None
    while start.weekday() >= _SATURDAY:
        start += timedelta(days=1)
    weeks, days = divmod(math.ceil(hours / a_day) - 1, _DAYS_A_WEEK)
    end = start + timedelta(weeks=weeks)
    for _ in range(days):
        end += timedelta(days=3 if end.weekday() == _SATURDAY - 1 else 1)
    return end
