"""A study in which everybody does anything in any order: see ``tests/machine``."""

import re
from contextlib import contextmanager

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from exports.invariants import CHECKS
from tests.guards import ANYWHERE, Guards
from tests.machine.machine import StudyMachine
from tests.machine.watched import Watched

pytestmark = pytest.mark.django_db(transaction=True)


def run(examples, steps, **more):
    """Run so many studies of so many steps, and return how many steps that came to."""
    Watched.made = 0
    run_state_machine_as_test(
        StudyMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )
    return Watched.made


@contextmanager
def forgetful_table():
    """Have the table of spans take whatever it is given, and keep nothing."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN DELETE FROM annotations_span WHERE id = NEW.id; RETURN NULL; END';
            CREATE TRIGGER forget AFTER INSERT ON annotations_span
            FOR EACH ROW EXECUTE FUNCTION forget();
        """)
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION forget CASCADE")


@pytest.mark.parametrize(
    ("examples", "steps", "least", "search"),
    [
        (3, 15, 36, {"derandomize": True}),
        pytest.param(65, 50, 2_000, {"print_blob": True}, marks=pytest.mark.slow),
    ],
    ids=["short", "long"],
)
def test_a_study_stays_sound_whatever_people_do_in_whatever_order(
    examples, steps, least, search, trust
):
    """Hypothesis ends some of the studies early, so there are more than the steps would take."""
    made = run(examples, steps, **search)

    assert made >= least
    assert [found for check in CHECKS for found in check()] == []
    with forgetful_table(), pytest.raises(AssertionError):
        run(examples, steps, phases=[Phase.generate], derandomize=True)
    trust(
        "The whole system",
        "People do anything in any order over HTTP, and all rules are checked after each step",
        tried=f"{made:,} steps",
        of=f"{examples} studies, {len(CHECKS)} rules of fsck",
        control=f"a table that forgets spans was found out at step {Watched.made + 1}",
        acknowledged_steps_lost=0,
        rules_broken=0,
        moves_not_allowed=0,
        server_errors=0,
    )


@pytest.mark.slow
def test_a_guard_that_is_missing_is_found_and_told_in_few_steps(monkeypatch, trust):
    """Hypothesis comes across it by itself, and shrinks the story to what it takes."""
    Guards(monkeypatch).out = frozenset({f"AssignmentQuerySet.of in {ANYWHERE}"})

    with pytest.raises(AssertionError) as found:
        run(200, 5, derandomize=True, report_multiple_bugs=False)

    story = [line for note in found.value.__notes__ for line in note.splitlines()]
    steps = re.findall(r"^state\.(?!all_is_well|teardown)(\w+)", "\n".join(story), re.MULTILINE)
    assert steps[-1] == "meddle"
    assert len(steps) <= 4
    trust(
        "The whole system",
        "The same, while coders can get hold of each other’s work",
        tried="1 guard taken out",
        of=f"{Watched.made:,} steps until its story was as short as can be",
        unnoticed=0,
        control=f"it is told in {len(steps)} steps; with the guard, who meddles is refused",
    )
