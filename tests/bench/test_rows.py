import sys
from time import sleep

import pytest

from bench import agreement, figures, keystrokes, load, scale
from bench.rows import Row, best, medians, peak


@pytest.mark.parametrize(
    ("figure", "floor", "is_rate", "is_reached"),
    [
        (3.0, 1.0, False, True),
        (3.1, 1.0, False, False),
        (3.0, 1.0, True, True),
        (2.9, 1.0, True, False),
    ],
)
def test_a_time_stays_below_its_target_and_a_rate_above(figure, floor, is_rate, is_reached):
    row = Row("a step", figure, floor, target=3, unit="/s", is_rate=is_rate)

    assert row.is_reached == is_reached


@pytest.mark.parametrize(("figure", "is_reached"), [(260, True), (240, False)])
def test_a_target_may_be_one_of_the_figure_itself(figure, is_reached):
    row = Row("steps", figure, 1000, target=250, unit="/s", is_rate=True, is_absolute=True)

    assert row.is_reached == is_reached
    assert row.target_shown == "≥ 250 /s"


def test_a_row_as_json_holds_what_the_table_shows():
    row = Row("a step", 0.02, 0.01, target=3, unit="s")

    assert row.as_json() == {
        "name": "a step",
        "unit": "s",
        "figure": 0.02,
        "floor": 0.01,
        "ratio": 2.0,
        "target": "≤ 3",
        "reached": True,
    }
    assert row.shown(row.figure) == "20.00 ms"


def test_a_slow_warm_up_does_not_count():
    pauses = iter([0.2, 0, 0, 0])

    (median,) = medians(lambda: sleep(next(pauses)), times=3, warm_up=1)

    assert median < 0.1


def test_steps_take_turns():
    order = []

    best(lambda: order.append("figure"), lambda: order.append("floor"), times=2)

    assert order == ["figure", "floor"] * 2


def test_every_figure_says_what_it_is_held_against():
    for measure in [
        *figures.FIGURES.values(),
        *agreement.FIGURES.values(),
        *load.FIGURES.values(),
        scale.loading,
        scale.pages,
        scale.deep,
        keystrokes.move,
        keystrokes.tag,
        keystrokes.opening,
        keystrokes.highlight,
        keystrokes.cold,
    ]:
        assert "against" in measure.__doc__


def test_the_memory_of_a_program_is_its_own_and_not_that_of_who_starts_it():
    held = b"x" * 300_000_000
    takes = "import time; held = b'x' * 100_000_000; time.sleep(0.1)"

    nothing, much = (peak([sys.executable, "-c", program]) for program in ("", takes))

    assert nothing < 50
    assert 90 < much < 200
    assert len(held) == 300_000_000
