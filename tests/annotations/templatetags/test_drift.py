import re

import pytest

from annotations.templatetags.drift import drift_charts, go_on


def window(day, alpha, gold=None):
    nothing = {"value": None, "na": "no_articles"}
    at = f"2026-11-{day:02}T12:00:00+00:00"
    return {
        "from": at,
        "to": at,
        "articles": 10,
        "alpha": nothing if alpha is None else {"value": alpha},
        "gold": {"articles": 3, "strict_f1": nothing if gold is None else {"value": gold}},
    }


def drift(*alphas, coder="Amina"):
    windows = [window(day, alpha) for day, alpha in enumerate(alphas, start=1)]
    return {"coder": coder, "windows": windows}


def points(drawing):
    return [
        [tuple(map(float, point.split(","))) for point in line.split()]
        for line in re.findall(r'<polyline points="([^"]*)"', drawing)
    ]


def test_a_line_falls_where_alpha_falls_and_goes_on_with_time():
    (chart,) = drift_charts([drift(0.9, 0.8, 0.7)])

    ((first, second, third),) = points(chart["drawing"])
    assert first[0] < second[0] < third[0]
    assert first[1] < second[1] < third[1]
    assert (chart["last"], chart["change"]) == (0.7, pytest.approx(-0.2))


def test_a_line_breaks_where_nothing_is_known():
    (chart,) = drift_charts([drift(0.9, 0.8, None, 0.8, None, 0.7)])

    assert [len(line) for line in points(chart["drawing"])] == [2]
    assert chart["drawing"].count("<circle") == 4


def test_all_coders_are_drawn_on_one_scale():
    charts = drift_charts([drift(0.9, 0.8), drift(0.9, 0.2, coder="Ben")])

    (one,), (other,) = (points(chart["drawing"]) for chart in charts)
    assert one[0] == other[0]
    assert one[1][1] < other[1][1]


def test_gold_has_a_line_of_its_own():
    row = {"coder": "Ben", "windows": [window(1, 0.8, 0.9), window(2, 0.8, 0.9)]}

    (chart,) = drift_charts([row])

    gold, alpha = points(chart["drawing"])
    assert gold[0][1] < alpha[0][1]
    assert 'class="drift-gold"' in chart["drawing"]


def test_one_window_of_each_coder_is_no_course():
    assert not go_on(drift_charts([drift(0.9), drift(0.8, coder="Ben")]))
    assert go_on(drift_charts([drift(0.9), drift(0.8, 0.7, coder="Ben")]))


@pytest.mark.parametrize("alphas", [(), (0.8,), (None,), (-0.4, 1.0)])
def test_little_or_odd_material_is_drawn_too(alphas):
    charts = drift_charts([drift(*alphas)])

    assert len(charts) == (1 if alphas else 0)
    for x, y in re.findall(r'cx="([^"]*)" cy="([^"]*)"', "".join(c["drawing"] for c in charts)):
        assert 0 <= float(x) <= 340
        assert 0 <= float(y) <= 148
