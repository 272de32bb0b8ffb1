import re

import pytest
from django.template import Context, Template

from annotations.algorithms import agreement as measures
from annotations.models import LabelDefinition
from annotations.templatetags import agreement


def render(source, **context):
    return Template("{% load agreement %}" + source).render(Context(context))


def figure(value, low=None, high=None, articles=24):
    limits = {} if low is None else {"low": low, "high": high}
    return {"value": value, **limits, "articles": articles}


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.8999, "0.900"), (0.7854866, "0.785"), (1, "1.000"), (-0.25, "-0.250"), (None, "–")],
)
def test_a_figure_has_three_decimals_and_is_rounded_not_cut(value, written):
    assert agreement.three(value) == written


def test_every_reason_that_the_measures_give_has_a_sentence():
    codes = re.findall(r"``(\w+)``[:.]", measures.NA.__doc__)

    assert len(codes) > 5
    assert set(codes) <= set(agreement.WHY)
    assert agreement.figure({"value": None, "na": "no_spans"}) == (
        '<span class="why">Nobody marked anything here.</span>'
    )


@pytest.mark.parametrize(
    ("alpha", "verdict"),
    [
        (figure(0.85, 0.81, 0.9), "High enough to rely on, by the customary bound"),
        (figure(0.85, 0.75, 0.9), "High, but not settled"),
        (figure(0.85, articles=1), "High, but not settled"),
        (figure(0.7, 0.68, 0.75), "Good enough for tentative conclusions"),
        (figure(0.7, 0.6, 0.78), "Tentative at best"),
        (figure(0.5, 0.4, 0.6), "Better than chance, but too low to rely on"),
        (figure(0.05, -0.1, 0.2), "Not told from chance"),
        (figure(-0.1, -0.2, 0.1), "No better than chance"),
    ],
)
def test_what_alpha_means_depends_on_where_its_interval_reaches(alpha, verdict):
    assert agreement.alpha_reading(alpha)["verdict"] == verdict


@pytest.mark.parametrize("value", [0.85, 0.7, 0.5, 0.05])
def test_nothing_is_said_of_an_interval_that_there_is_not(value):
    of_one, of_two = figure(value, articles=1), figure(value, -0.1, 0.9, articles=2)

    assert "interval" in agreement.alpha_reading(of_two)["reading"]
    assert "interval" not in agreement.alpha_reading(of_one)["reading"]


def test_an_interval_of_few_articles_is_called_a_hint_and_of_one_there_is_none():
    assert agreement.interval_reading(figure(0.8, 0.7, 0.9)) == (
        "For articles of this kind, any α from 0.700 to 0.900 is plausible."
    )
    assert "With 4 articles that is no more than a hint." in agreement.interval_reading(
        figure(0.8, 0.7, 0.9, articles=4)
    )
    assert "One article gives no interval" in agreement.interval_reading(figure(0.8, articles=1))


def mean(found, extent, strict):
    kinds = {"overlap_f1": found, "extent_f1": extent, "strict_f1": strict}
    return {kind: {"value": value} for kind, value in kinds.items()}


@pytest.mark.parametrize(
    ("rungs", "most"),
    [
        ((0.9, 0.85, 0.5), "label"),
        ((0.9, 0.6, 0.5), "boundary"),
        ((0.6, 0.6, 0.5), "found"),
        ((1.0, 1.0, 1.0), ""),
    ],
)
def test_the_rung_that_loses_most_is_named(rungs, most):
    found = agreement.parting(mean(*rungs))

    assert found["most"] == most
    assert sum(part.share for part in found["parts"]) == pytest.approx(1)


def test_without_spans_nobody_parts():
    assert agreement.parting(mean(None, None, None)) is None


def test_a_cell_of_the_confusion_table_says_its_share_of_the_row():
    counted = {"labels": ["actor", None], "counts": [[30, 10], [10, 0]]}
    rows = agreement.mixed_up(counted, ["actor"])

    cells = rows[0]["cells"]
    assert [(cell["count"], cell["share"], cell["step"]) for cell in cells] == [
        (30, 0.75, "5"),
        (10, 0.25, "4"),
    ]
    assert [cell["step"] for cell in rows[1]["cells"]] == ["5", "na"]
    [nothing] = agreement.mixed_up({"labels": [None], "counts": [[0]]}, [])
    assert nothing["cells"][0]["share"] is None


def test_labels_stand_in_the_order_of_the_codebook_and_unknown_ones_after_them():
    counted = {
        "labels": ["LOC", "actor", "claim", None],
        "counts": [[1, 2, 3, 4], [2, 5, 6, 7], [3, 6, 8, 9], [4, 7, 9, 0]],
    }
    rows = agreement.mixed_up(counted, ["claim", "event", "actor"])

    assert [row["label"] for row in rows] == ["claim", "actor", "LOC", None]
    assert [[cell["count"] for cell in row["cells"]] for row in rows] == [
        [8, 6, 3, 9],
        [6, 5, 2, 7],
        [3, 2, 1, 4],
        [9, 7, 4, 0],
    ]
    figures = {"actor": 0.5, "claim": None, "LOC": 1}
    assert agreement.in_codebook_order(figures, ["claim", "actor"]) == ["claim", "actor", "LOC"]


def test_a_label_that_the_codebook_does_not_have_is_shown_by_its_key():
    known = {"actor": LabelDefinition(position=0, name="Actor", colour="#2256bb")}

    assert "Actor" in agreement.label_named(known, "actor")
    assert render("{% label_named known key %}", known=known, key="<b>") == "&lt;b&gt;"
    assert "nothing" in agreement.label_named(known, None)


@pytest.mark.parametrize(
    ("change", "written"), [(0.0456, "+0.046"), (-0.05, "−0.050"), (-0.0004, "±0.000")]
)
def test_a_change_has_a_sign(change, written):
    assert agreement.signed(change) == written


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ({}, "Articles, the worst first"),
        ({"pair": ("Amina", "Ben")}, "Coded by Amina and Ben"),
        ({"labels": ("actor", None)}, "One chose “Actor”, the other “nothing”"),
        ({"labels": ("actor", "actor")}, "Both coders chose “Actor”"),
        ({"word": "Tesk"}, "“Tesk” is disputed"),
        ({"coder": "Ben"}, "Coded by Ben and others"),
        ({"coder": "Ben", "is_gold": True}, "Ben against gold"),
    ],
)
def test_the_articles_behind_a_cell_have_a_title(wanted, title):
    known = {"actor": LabelDefinition(position=0, name="Actor", colour="#2256bb")}
    assert agreement.behind(wanted, known) == title
