"""The product's settings on a machine whose clock is wrong by so many hours."""

import os
import time
from datetime import timedelta

from django.utils import timezone

from workbench.settings import *  # noqa: F403

_OFF = timedelta(hours=float(os.environ["CLOCK_OFF_BY"]))
_now, _time = timezone.now, time.time

timezone.now = lambda: _now() + _OFF
time.time = lambda: _time() + _OFF.total_seconds()
