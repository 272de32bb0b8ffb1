import os
import subprocess
import sys

import pytest

from workbench.env import ROOT
from workbench.priority import BEHIND

WORKER = "import workbench.celery; from celery.signals import worker_init; worker_init.send(None)"


def niceness_after(start):
    """Return how nice a process is that begins as one of ours does."""
    told = subprocess.run(
        [sys.executable, "-c", f"{start}\nimport os; print(os.nice(0))"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "workbench.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("start", "niceness"), [(WORKER, BEHIND), ("import workbench.wsgi", 0)], ids=["worker", "web"]
)
def test_work_in_the_background_lets_those_go_first_who_wait(start, niceness):
    assert niceness_after(start) == max(niceness, os.nice(0))


def test_who_steps_back_twice_has_stepped_back_once():
    assert niceness_after(f"{WORKER}\nworker_init.send(None)") == max(BEHIND, os.nice(0))
