from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement import Article, Question, report, rows_of, standings
from tests.annotations.algorithms.agreement.strategies import articles

ACTOR, OTHER = (0, 5, "actor"), (0, 5, "location")
TEXT = "Mayor Brandt left."


def article(submitted="2026-03-02", gold=None, **marks):
    moments = dict.fromkeys(marks, f"{submitted}T09:00:00.000000+00:00")
    return Article(len(TEXT), marks, text=TEXT, gold=gold, submitted=moments)


def standing(of, question):
    """Return where an article stands among none but itself; None if it is not meant."""
    return next(iter(standings(rows_of([of]), question)), None)


@given(articles())
def test_an_article_stands_where_a_report_on_it_alone_says(one):
    found = standing(one, Question())

    if len(one.marks) < 2:
        assert found is None
    else:
        alpha = report(rows_of([one]), resamples=0)["alpha"]
        assert found.alpha.get("na") == alpha.get("na")
        assert found.alpha["value"] == (alpha["value"] and pytest.approx(alpha["value"]))


@given(articles())
def test_a_pair_stands_where_the_report_says(one):
    for pair in report(rows_of([one]), resamples=0)["pairs"]:
        found = standing(one, Question(pair=(pair["b"], pair["a"])))
        f1, alpha = pair["strict_f1"], pair["alpha"]
        assert found.strict_f1 == (f1 if isinstance(f1, dict) else {"value": f1})
        assert found.alpha == (alpha if isinstance(alpha, dict) else {"value": alpha})


@given(articles(gold=True), st.sampled_from([None, "x"]))
def test_against_gold_a_coder_stands_as_one_of_two(one, label):
    for coder, own in one.marks.items():
        found = standing(one, Question(label=label, coder=coder, is_gold=True))
        if one.gold is None:
            assert found is None
            continue
        both = rows_of([Article(one.length, {"a": own, "b": one.gold}, one.excluded)])
        [pair] = report(both, resamples=0, label=label)["pairs"]
        alpha = pair["alpha"]
        assert found.alpha == (alpha if isinstance(alpha, dict) else {"value": alpha})


@given(st.lists(articles(gold=True), max_size=4), st.sampled_from([None, "x"]))
def test_among_others_an_article_stands_where_it_stands_alone(collection, label):
    for question in (Question(label), Question(label, coder="A", is_gold=True)):
        alone = {at: standing(one, question) for at, one in enumerate(collection)}
        for found in standings(rows_of(collection), question):
            assert replace(found, article=0) == alone.pop(found.article)
        assert not any(alone.values())


def test_the_worst_comes_first_and_what_can_not_be_said_last():
    none, good, bad = (
        {"a": [], "b": []},
        {"a": [ACTOR], "b": [ACTOR]},
        {"a": [ACTOR], "b": [OTHER]},
    )

    found = standings(rows_of(article(**one) for one in (none, good, bad)), Question())

    assert [one.article for one in found] == [2, 1, 0]
    assert found[0].alpha["value"] < found[1].alpha["value"] == 1
    assert found[2].alpha["value"] is None


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
    found = standing(article(a=[ACTOR], b=[OTHER]), Question(labels=labels))

    assert (found and found.times) == times


def test_a_word_leads_to_the_articles_in_which_it_is_in_dispute():
    disputed = article(a=[ACTOR], b=[])

    assert standing(disputed, Question(word="mayor")).times == 1
    assert standing(disputed, Question(word="left")) is None
    assert standing(article(a=[ACTOR], b=[ACTOR]), Question(word="mayor")) is None


def test_a_coder_stands_with_those_who_read_the_same():
    three = article(a=[ACTOR], b=[ACTOR], c=[])

    assert standing(three, Question(coder="a")).strict_f1["value"] == pytest.approx(2 / 3)
    assert standing(three, Question(coder="nobody")) is None


def test_a_window_of_time_has_the_submissions_at_its_ends():
    early, late = article("2026-03-02", a=[ACTOR], b=[]), article("2026-03-09", a=[ACTOR], b=[])
    start = "2026-03-02T09:00:00.000000+00:00"

    question = Question(coder="a", start=start, end=start)

    assert standing(early, question) is not None
    assert standing(late, question) is None
