import json

from hypothesis import given

from annotations.algorithms.agreement import Article, report, rows_of
from tests.annotations.algorithms.agreement.material import corpus
from tests.annotations.algorithms.agreement.strategies import collections

TWO = [
    Article(60, {"Ann": [(0, 9, "actor"), (20, 40, "claim")], "Bo": [(0, 9, "actor")]}),
    Article(50, {"Ann": [(5, 9, "claim")], "Bo": [(5, 12, "claim")], "Cy": [(5, 9, "actor")]}),
]


def test_the_report_has_the_shape_that_clients_rely_on():
    found = report(rows_of(TWO), seed=1, resamples=200)

    assert found["articles"] == 2
    assert found["coders"] == ["Ann", "Bo", "Cy"]
    assert found["bootstrap"] == {"resamples": 200, "seed": 1}
    assert found["alpha"].keys() == {"value", "low", "high", "articles", "units"}
    assert found["alpha"]["units"] == 110
    assert found["alpha_by_label"].keys() == {"actor", "claim"}
    assert found["alpha_by_label"]["actor"].keys() == found["alpha"].keys()
    assert found["u_alpha"].keys() == {"u", "gap", "cu", "by_label"}
    assert found["u_alpha"]["cu"].keys() == {"value", "coverage"}
    assert [(pair["a"], pair["b"], pair["articles"]) for pair in found["pairs"]] == [
        ("Ann", "Bo", 2),
        ("Ann", "Cy", 1),
        ("Bo", "Cy", 1),
    ]
    assert {"spans_a", "spans_b", "strict_f1", "extent_f1", "overlap_f1", "alpha"} < found[
        "pairs"
    ][0].keys()
    assert found["mean_pair"].keys() == {"strict_f1", "extent_f1", "overlap_f1"}
    assert found["mean_pair"]["overlap_f1"].keys() == {"value", "low", "high", "sd"}
    assert found["gold"] == []
    assert found["confusion"]["labels"] == ["actor", "claim", None]
    assert found["label_given_extent"].keys() == {"value", "low", "high", "units"}


@given(collections)
def test_a_report_is_json_without_nan(collection):
    found = report(rows_of(collection), resamples=20)

    assert json.loads(json.dumps(found, allow_nan=False)) == found


@given(collections)
def test_one_label_is_as_if_there_were_no_other(collection):
    only = [
        Article(
            article.length,
            {
                coder: [mark for mark in marks if mark[2] == "x"]
                for coder, marks in article.marks.items()
            },
            article.excluded,
        )
        for article in collection
    ]

    one = report(rows_of(collection), resamples=20, label="x")
    alone = report(rows_of(only), resamples=20)

    compared = ("articles", "coders", "alpha", "pairs", "mean_pair")
    for figure in compared:
        assert one[figure] == alone[figure]
    assert one["alpha_by_label"].keys() <= {"x"}


def test_figures_that_compare_labels_are_not_given_for_one():
    found = report(rows_of(TWO), resamples=0, label="actor")["u_alpha"]

    assert found["u"] == {"value": None, "na": "all_labels_only"}
    assert found["by_label"].keys() == {"actor"}


def test_gold_of_one_label_knows_no_other():
    article = Article(
        60,
        {"Ann": [(0, 9, "actor"), (20, 40, "claim")], "Bo": []},
        gold=[(0, 9, "actor"), (41, 45, "event")],
    )

    counts = {
        label: [
            (one["cor"], one["mis"], one["spu"])
            for one in report(rows_of([article]), resamples=0, label=label)["gold"]
        ]
        for label in (None, "actor", "claim", "event", "location")
    }

    assert counts == {
        None: [(1, 1, 1), (0, 2, 0)],
        "actor": [(1, 0, 0), (0, 1, 0)],
        "claim": [(0, 0, 1), (0, 0, 0)],
        "event": [(0, 1, 0), (0, 1, 0)],
        "location": [(0, 0, 0), (0, 0, 0)],
    }


def test_nothing_to_compare_is_said_and_not_shown_as_zero():
    found = report(rows_of([]), resamples=50)

    assert found["articles"] == 0
    assert found["alpha"]["na"] == "no_articles"
    assert found["u_alpha"]["u"] == {"value": None, "na": "no_articles"}
    assert found["mean_pair"]["strict_f1"] == {"value": None, "na": "no_pairs"}


def test_the_same_seed_gives_the_same_intervals():
    rows = rows_of(corpus("polnear_train"))

    first = report(rows, seed=1, resamples=300)

    assert report(rows, seed=1, resamples=300) == first
    assert report(rows, seed=2, resamples=300)["alpha"] != first["alpha"]
    for figure in (first["alpha"], *first["mean_pair"].values()):
        assert figure["low"] < figure["value"] < figure["high"]
