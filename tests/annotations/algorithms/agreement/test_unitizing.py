import pytest
from hypothesis import given

from annotations.algorithms.agreement import NA, Article, report, rows_of
from annotations.algorithms.agreement.unitizing import family
from tests.annotations.algorithms.agreement.material import examples
from tests.annotations.algorithms.agreement.strategies import collections


def of_example(example):
    given = example["input"]
    marks = {
        coder: [tuple(unit) for unit in units]
        for coder, units in given["units_start_end_label"].items()
    }
    return [Article(given["length"], marks)]


@pytest.mark.parametrize(
    ("measure", "member"), [("u_alpha", "u"), ("bar_u_alpha", "gap"), ("cu_alpha", "cu")]
)
def test_published_members_of_the_family(measure, member):
    for parameter in examples("unitizing_2016.json", measure):
        [example] = parameter.values
        found = report(rows_of(of_example(example)), resamples=0)["u_alpha"][member]["value"]

        assert found == pytest.approx(example["expected"], abs=example["tolerance"]), parameter.id


@pytest.mark.parametrize("example", examples("unitizing_2016.json", "ku_alpha"))
def test_published_reliability_of_one_label(example):
    found = report(rows_of(of_example(example)), resamples=0)["u_alpha"]["by_label"]

    values = {label: figure["value"] for label, figure in found.items()}
    assert values == pytest.approx(example["expected"], abs=example["tolerance"])


def test_published_coverage_of_one_label():
    [first, *_] = examples("unitizing_2016.json", "ku_alpha")
    [example] = first.values
    by_label = family(rows_of(of_example(example))).by_label

    assert by_label["5"].coverage == pytest.approx(0.444, abs=0.0005)
    assert by_label["7"] == (NA("no_overlap"), 0)


def test_the_continuum_may_lie_in_several_articles():
    marks = {"A": [(2, 5, "x"), (12, 18, "y")], "B": [(3, 5, "x"), (12, 19, "z")]}
    whole = [Article(20, marks)]
    cut = [
        Article(10, {"A": [(2, 5, "x")], "B": [(3, 5, "x")]}),
        Article(10, {"A": [(2, 8, "y")], "B": [(2, 9, "z")]}),
    ]

    assert family(rows_of(cut)) == family(rows_of(whole))


def test_boilerplate_is_not_part_of_the_continuum():
    inside = [Article(30, {"A": [(2, 18, "x")], "B": [(2, 17, "x")]}, excluded=[(5, 15)])]
    without = [Article(20, {"A": [(2, 8, "x")], "B": [(2, 7, "x")]})]

    assert family(rows_of(inside)) == family(rows_of(without))


@given(collections)
def test_a_missing_figure_has_a_reason_and_the_rest_are_at_most_one(articles):
    found = family(rows_of(articles))

    members = [found.u, found.gap, found.cu.value, *(one.value for one in found.by_label.values())]
    for value in members:
        assert isinstance(value, NA) or value <= 1 + 1e-9
    assert 0 <= found.cu.coverage <= 1 + 1e-9


def test_units_too_few_for_chance_to_expect_anything_have_no_reliability():
    # One unit of two people among four: the squares of equation 10 outweigh the product.
    marks = {"A": [(0, 6, "x")], "B": [(0, 6, "y")], "C": [], "D": []}

    found = family(rows_of([Article(20, marks)]))

    assert found.cu.value == NA("too_few_units")
    assert found.by_label["x"].value == NA("too_few_units")
