import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement import (
    Article,
    Question,
    report,
    row_of,
    rows_of,
    standing,
    worst_first,
)
from tests.annotations.algorithms.agreement.strategies import articles

ACTOR, OTHER = (0, 5, "actor"), (0, 5, "location")
TEXT = "Mayor Brandt left."


def row(submitted="2026-03-02", gold=None, **marks):
    moments = dict.fromkeys(marks, f"{submitted}T09:00:00.000000+00:00")
    return row_of(Article(len(TEXT), marks, text=TEXT, gold=gold, submitted=moments))


@given(articles())
def test_an_article_stands_where_a_report_on_it_alone_says(article):
    one = row_of(article)
    found = standing(one, Question())

    if len(article.marks) < 2:
        assert found is None
    else:
        alpha = report([one], resamples=0)["alpha"]
        assert found.alpha.get("na") == alpha.get("na")
        assert found.alpha["value"] == (alpha["value"] and pytest.approx(alpha["value"]))


@given(articles())
def test_a_pair_stands_where_the_report_says(article):
    one = row_of(article)
    for pair in report([one], resamples=0)["pairs"]:
        found = standing(one, Question(pair=(pair["b"], pair["a"])))
        f1, alpha = pair["strict_f1"], pair["alpha"]
        assert found.strict_f1 == (f1 if isinstance(f1, dict) else {"value": f1})
        assert found.alpha == (alpha if isinstance(alpha, dict) else {"value": alpha})


@given(st.lists(articles(gold=True), max_size=3))
def test_against_gold_a_coder_stands_as_one_of_two(collection):
    for one, article in zip(rows_of(collection), collection, strict=True):
        for coder, own in article.marks.items():
            found = standing(one, Question(coder=coder, is_gold=True))
            if article.gold is None:
                assert found is None
                continue
            both = Article(article.length, {"a": own, "b": article.gold}, article.excluded)
            [pair] = report([row_of(both)], resamples=0)["pairs"]
            alpha = pair["alpha"]
            assert found.alpha == (alpha if isinstance(alpha, dict) else {"value": alpha})
            labelled = standing(one, Question(label="x", coder=coder, is_gold=True))
            [of_label] = report([row_of(both)], resamples=0, label="x")["pairs"]
            alpha = of_label["alpha"]
            assert labelled.alpha == (alpha if isinstance(alpha, dict) else {"value": alpha})


def test_the_worst_comes_first_and_what_can_not_be_said_last():
    good, bad, none = row(a=[ACTOR], b=[ACTOR]), row(a=[ACTOR], b=[OTHER]), row(a=[], b=[])

    found = sorted((standing(one, Question()) for one in (none, good, bad)), key=worst_first)

    assert [one.alpha["value"] is None for one in found] == [False, False, True]
    assert found[0].alpha["value"] < found[1].alpha["value"] == 1


@pytest.mark.parametrize(
    ("labels", "times"),
    [
        (("actor", "location"), 1),
        (("location", "actor"), 1),
        (("actor", None), None),
        (("actor", "actor"), None),
    ],
)
def test_labels_lead_to_the_articles_in_which_they_were_mixed_up(labels, times):
    found = standing(row(a=[ACTOR], b=[OTHER]), Question(labels=labels))

    assert (found and found.times) == times


def test_a_word_leads_to_the_articles_in_which_it_is_in_dispute():
    disputed = row(a=[ACTOR], b=[])

    assert standing(disputed, Question(word="mayor")).times == 1
    assert standing(disputed, Question(word="left")) is None
    assert standing(row(a=[ACTOR], b=[ACTOR]), Question(word="mayor")) is None


def test_a_coder_stands_with_those_who_read_the_same():
    three = row(a=[ACTOR], b=[ACTOR], c=[])

    assert standing(three, Question(coder="a")).strict_f1["value"] == pytest.approx(2 / 3)
    assert standing(three, Question(coder="nobody")) is None


def test_a_window_of_time_has_the_submissions_at_its_ends():
    early, late = row("2026-03-02", a=[ACTOR], b=[]), row("2026-03-09", a=[ACTOR], b=[])
    start = "2026-03-02T09:00:00.000000+00:00"

    question = Question(coder="a", start=start, end=start)

    assert standing(early, question) is not None
    assert standing(late, question) is None
