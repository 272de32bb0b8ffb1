import os

import orjson
import psutil
import pytest

from annotations.actions.measuring import APART, AT_ONCE, measuring
from annotations.algorithms.agreement import measured

TEXT = "Mayor Ada Brandt went to Velmora."
ADA, VELMORA = [6, 16, "actor"], [25, 32, "location"]


def work(task, coder, *marks):
    starts, ends, labels = (list(column) for column in zip(*marks, strict=True))
    at = "2026-03-02T08:00:00.000000+00:00"
    return [task, coder, at, [[[] for _ in marks], starts, ends, labels]]


@pytest.fixture
def told():
    return orjson.dumps(
        {
            "tasks": [[task, len(TEXT), TEXT, []] for task in (1, 2)],
            "interventions": [],
            "works": [
                work(1, "one", ADA, VELMORA),
                work(1, "other", ADA),
                work(2, "one", VELMORA),
                work(2, "other", VELMORA),
            ],
        }
    )


@pytest.fixture
def two_processors():
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("This machine has one processor.")


def processes():
    return [one for one in psutil.Process().children() if "measured" in one.cmdline()]


@pytest.mark.usefixtures("two_processors")
def test_many_are_measured_by_processes_that_end_with_the_work(told):
    with measuring(APART) as submit:
        found = [submit(told) for _ in range(AT_ONCE)]
        assert [one.result() for one in found] == [measured(told)] * AT_ONCE
        assert len(processes()) == AT_ONCE

    assert processes() == []


@pytest.mark.usefixtures("two_processors")
def test_what_a_process_that_is_killed_had_is_measured_here(told):
    with measuring(APART) as submit:
        for one in processes():
            one.kill()
        assert submit(told).result() == measured(told)


def test_few_are_measured_without_a_process(told):
    with measuring(APART - 1) as submit:
        assert submit(told).result() == measured(told)
        assert processes() == []


def test_one_processor_has_no_more_than_one_process(told):
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    try:
        with measuring(APART) as submit:
            assert submit(told).result() == measured(told)
            assert processes() == []
    finally:
        os.sched_setaffinity(0, every)
