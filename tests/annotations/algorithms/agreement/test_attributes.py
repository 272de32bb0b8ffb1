import pytest

from annotations.algorithms.agreement import Article, report, rows_of
from annotations.algorithms.agreement.attributes import figures
from tests.annotations.algorithms.agreement.material import examples

SPAN = (0, 5, "claim")


def article(*answers, name="stance"):
    """An article in which coders marked one span alike; None is one who has not marked it."""
    coders = dict(enumerate(answers))
    return Article(
        length=9,
        marks={str(c): [] if value is None else [SPAN] for c, value in coders.items()},
        attributes={str(c): {SPAN: {name: value}} for c, value in coders.items() if value},
    )


@pytest.mark.parametrize("example", examples("coding.json", "alpha_nominal"))
def test_published_nominal_alpha_of_values(example):
    units = [[None if v is None else str(v) for v in unit] for unit in example["input"]["units"]]

    [found] = figures(rows_of(article(*unit) for unit in units))

    if example["expected"] is None:
        assert found["na"] == "one_category"
    else:
        assert found["value"] == pytest.approx(example["expected"], abs=example["tolerance"])


def test_only_spans_that_two_marked_alike_are_compared():
    alone = article("for", None)
    other_label = Article(
        9, {"a": [SPAN], "b": [(0, 5, "actor")]}, attributes={"a": {SPAN: {"stance": "for"}}}
    )

    assert figures(rows_of([alone, other_label])) == []


def test_to_give_no_value_is_an_answer():
    answers = [("for", "for"), ("for", ""), ("", "")]

    [found] = figures(rows_of(article(*both) for both in answers))

    assert (found["label"], found["name"], found["spans"]) == ("claim", "stance", 3)
    # Three of six are “for”, and one pair of three differs: 1 − 5 · 2 / 18.
    assert found["value"] == pytest.approx(1 - 5 * 2 / 18)


def test_a_label_has_its_attributes_alone():
    found = rows_of([article("for", "against")])

    assert len(figures(found, "claim")) == 1
    assert figures(found, "actor") == []
    assert report(found, resamples=0)["mean_pair"]["strict_f1"]["value"] == 1
