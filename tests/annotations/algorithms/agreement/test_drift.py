import pytest

from annotations.algorithms.agreement import Article, details, rows_of
from annotations.algorithms.agreement.drift import MOST_WINDOWS, drift

ACTOR = (0, 5, "actor")


def article(number, *, agrees=True, gold=None):
    """The article that Ann handed in as the ``number``-th, and Ben long before."""
    return Article(
        20,
        {"ann": [ACTOR], "ben": [ACTOR] if agrees else [(9, 14, "actor")]},
        gold=gold,
        submitted={"ann": f"2026-03-01T00:{number:04}", "ben": "2026-01-01"},
    )


def windows(articles, coder="ann"):
    found = drift(rows_of(articles).only(None))
    return next(one["windows"] for one in found if one["coder"] == coder)


def test_a_coder_who_drifts_away_is_seen_to():
    articles = [article(number, agrees=number < 20) for number in range(30)]

    found = windows(reversed(articles))

    assert [window["articles"] for window in found] == [10, 10, 10]
    assert [window["from"][-4:] for window in found] == ["0000", "0010", "0020"]
    assert [window["to"][-4:] for window in found] == ["0009", "0019", "0029"]
    assert [window["alpha"]["value"] for window in found][:2] == [1, 1]
    assert found[2]["alpha"]["value"] < 0


@pytest.mark.parametrize(("articles", "number"), [(1, 1), (19, 1), (20, 2), (500, MOST_WINDOWS)])
def test_windows_are_neither_too_small_nor_too_many(articles, number):
    found = windows(article(at) for at in range(articles))

    sizes = [window["articles"] for window in found]
    assert (len(sizes), sum(sizes)) == (number, articles)
    assert max(sizes) - min(sizes) <= 1


def test_gold_has_figures_of_its_own_in_each_window():
    articles = [article(at, agrees=False, gold=[ACTOR] if at < 5 else None) for at in range(10)]

    [ann], [ben] = windows(articles), windows(articles, "ben")

    assert ann["gold"]["articles"] == ben["gold"]["articles"] == 5
    assert (ann["gold"]["alpha"]["value"], ann["gold"]["strict_f1"]["value"]) == (1, 1)
    assert (ben["gold"]["alpha"]["value"] < 0, ben["gold"]["strict_f1"]["value"]) == (True, 0)


def test_who_codes_alone_has_only_gold_to_be_compared_with():
    alone = Article(20, {"ann": [ACTOR]}, gold=[ACTOR], submitted={"ann": "2026"})

    [window] = windows([alone])

    assert (window["articles"], window["alpha"]["na"]) == (0, "no_articles")
    assert window["gold"]["strict_f1"]["value"] == 1


def test_later_versions_are_told_apart_from_those_that_count():
    before, after = rows_of([article(1, agrees=False)]), rows_of([article(2, agrees=True)])

    found = details(before, later=(before, after))["later"]

    assert (found["articles"], found["submissions"]) == (1, 1)
    assert found["before"]["strict_f1"]["value"] == 0
    assert found["after"]["strict_f1"]["value"] == 1
