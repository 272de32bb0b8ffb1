import json

from annotations.algorithms.cleaning import Book, Rules
from annotations.algorithms.zones import OwnRule


def test_a_book_of_rules_survives_as_json():
    post = Rules(
        frozenset({"sharing", "title"}),
        (OwnRule("own:a", "a+", "other"), OwnRule("own:b", "b", "boilerplate")),
        frozenset({"Read by the water"}),
        "month",
    )
    book = Book({"Post": post, "": Rules(order="day")}, Rules(off=frozenset({"tags"})))

    assert Book.of_plain(json.loads(json.dumps(book.as_plain()))) == book


def test_an_outlet_that_is_not_named_has_the_rules_of_the_others():
    book = Book({"": Rules(order="day")}, Rules(order="month"))

    assert [book.of(name).order for name in ("", "Post")] == ["day", "month"]
