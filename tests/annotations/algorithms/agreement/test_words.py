import pytest

from annotations.algorithms.agreement import Article, rows_of
from annotations.algorithms.agreement.words import disputed_in, surely, table

TEXT = "Mayor Ada Brandt left Velmora; the mayor’s aide, Ada, stayed."
MAYOR, ADA, VELMORA = (0, 5, "actor"), (6, 9, "actor"), (22, 29, "location")


def row(*, times=1, **marks):
    return rows_of([Article(len(TEXT), marks, text=TEXT)] * times)


def test_a_word_is_in_dispute_where_some_marked_it_and_others_did_not():
    found = row(ann=[MAYOR, ADA, VELMORA], ben=[ADA])

    assert table(found) == [
        {"word": "mayor", "disputed": 1, "marked": 1, "articles": 1},
        {"word": "velmora", "disputed": 1, "marked": 1, "articles": 1},
    ]


def test_words_are_the_same_in_capitals_and_in_any_article():
    found = row(ann=[ADA], ben=[(49, 52, "actor")], times=2)

    [word] = table(found)

    assert word == {"word": "ada", "disputed": 4, "marked": 4, "articles": 2}
    assert disputed_in(found.said[0], "ada") == 2


def test_a_border_within_a_word_is_no_dispute():
    assert table(row(ann=[(0, 5, "actor")], ben=[(2, 5, "actor")])) == []


def test_a_word_with_two_labels_is_in_dispute_once_and_for_both():
    found = row(ann=[MAYOR], ben=[(0, 5, "location")])

    assert table(found)[0]["disputed"] == 1
    for label in ("actor", "location"):
        assert [one["word"] for one in table(found, label)] == ["mayor"]
        assert disputed_in(found.said[0], "mayor", label) == 1
    assert table(found, "claim") == []


def test_joined_words_are_one():
    assert table(row(ann=[(35, 42, "actor")], ben=[]))[0]["word"] == "mayor’s"


def test_words_go_by_how_surely_they_are_disputed_not_by_how_common_they_are():
    """“the” is disputed more often, but mostly agreed on; “pact” hardly ever is."""
    agreed = [Article(8, {"ann": [(0, 8, "x")], "ben": [(0, 8, "x")]}, text="the city")] * 30
    disputed = [Article(8, {"ann": [(0, 8, "x")], "ben": [(4, 8, "x")]}, text="the city")] * 9
    wholly = [Article(4, {"ann": [(0, 4, "x")], "ben": []}, text="pact")] * 8
    once = [Article(4, {"ann": [(0, 4, "x")], "ben": []}, text="odds")]

    found = table(rows_of([*agreed, *disputed, *wholly, *once]))

    assert [(one["word"], one["disputed"]) for one in found] == [
        ("pact", 8),
        ("odds", 1),
        ("the", 9),
    ]


@pytest.mark.parametrize(
    ("disputed", "marked", "low"),
    [(81, 263, 0.2553), (15, 148, 0.0624), (0, 20, 0), (1, 29, 0.0061)],
)
def test_a_share_is_surely_as_high_as_its_interval_begins(disputed, marked, low):
    """Against table I, method 3, of Newcombe 1998, Statistics in Medicine 17, pages 857–872."""
    assert surely(disputed, marked) == pytest.approx(low, abs=5e-5)


def test_one_coder_alone_disputes_nothing():
    assert table(row(ann=[MAYOR])) == []


def test_a_text_is_not_needed():
    assert table(rows_of([Article(9, {"ann": [MAYOR], "ben": []})])) == []


def test_words_of_many_articles_are_found_at_their_places():
    texts = ["One two", "", "🕊 three"]
    articles = [
        Article(7, {"ann": [(4, 7, "x")], "ben": []}, text=texts[0]),
        Article(0, {"ann": [], "ben": []}),
        Article(7, {"ann": [(2, 7, "x")], "ben": []}, text=texts[2]),
    ]

    assert [one["word"] for one in table(rows_of(articles))] == ["three", "two"]
