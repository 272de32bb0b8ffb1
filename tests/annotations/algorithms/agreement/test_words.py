from annotations.algorithms.agreement import Article, rows_of
from annotations.algorithms.agreement.words import disputed_in, table

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
