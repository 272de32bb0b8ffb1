import pytest

from annotations.algorithms import metadata, zones

SENTENCE = (
    "The ferry left the old harbour at noon, and nobody on the quay looked after it for long."
)


def guess(*lines, **known):
    text = "\n\n".join(lines)
    guessed = metadata.guess(text, zones.find(text), **known)
    return {name: (value.value, value.source) for name, value in guessed.items()}


def article(*lines, **known):
    return guess("The ferry of Velmora stops", *lines, SENTENCE, **known)


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Ada Brandt", "Ada Brandt"),
        ("By Ada Brandt and Ole de Wit", "Ada Brandt, Ole de Wit"),
        ("By Ada Brandt, Staff Writer", "Ada Brandt"),
        ("BY ADA BRANDT | 3 May 2023", "ADA BRANDT"),
        ("Author: Ada Brandt", "Ada Brandt"),
        ("Автор: Ирина Соболева", "Ирина Соболева"),
        ("Von Jutta Rehm", "Jutta Rehm"),
        ("Ole Brandvik 3 May 2023", "Ole Brandvik"),
    ],
)
def test_a_byline_names_the_author(line, author):
    assert article(line)["author"] == (author, "byline")


@pytest.mark.parametrize(
    "line", ["By the river, at noon", "By our staff reporter", "Velmora News Agency"]
)
def test_a_line_that_names_no_person_names_no_author(line):
    assert "author" not in article(line)


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["3 May 2023"], "2023-05-03"),
        (["Updated: 4 May 2023", "Published: 3 May 2023"], "2023-05-03"),
        (["Published: 3 May 2023 | Updated: 4 May 2023"], "2023-05-03"),
        (["Updated: 4 May 2023"], "2023-05-04"),
    ],
)
def test_the_day_of_publication_comes_before_that_of_a_change(lines, day):
    assert article(*lines)["published_at"] == (day, "first_lines")


def test_the_text_is_believed_before_the_address_and_the_address_before_the_file_name():
    known = {"file_name": "2021-01-01.txt", "address": "https://post.example/2022/02/02/ferry"}
    assert article("3 May 2023", **known)["published_at"] == ("2023-05-03", "first_lines")
    assert article(**known)["published_at"] == ("2022-02-02", "address")
    assert article(file_name="2021-01-01.txt")["published_at"] == ("2021-01-01", "file_name")


def test_a_date_that_stands_below_the_story_is_not_the_articles():
    assert "published_at" not in guess("The ferry of Velmora stops", SENTENCE, "3 May 2023")
    below = guess("The ferry of Velmora stops", SENTENCE, "Published: 3 May 2023")
    assert below["published_at"] == ("2023-05-03", "first_lines")


def test_numbers_that_can_be_read_twice_say_that_the_order_was_assumed():
    assert article("03/04/2023")["published_at"] == ("2023-04-03", "day_assumed")
    assert article("03/04/2023", order="month")["published_at"] == ("2023-03-04", "first_lines")


def test_an_outlet_shows_its_habit_unless_its_articles_differ():
    def shown(line):
        text = f"The ferry of Velmora stops\n\n{line}\n\n{SENTENCE}"
        return metadata.order_shown(text, zones.find(text))

    orders = [shown("13/04/2023"), shown("03/04/2023"), shown("04/13/2023")]
    assert orders == ["day", None, "month"]
    assert metadata.habit(orders[:2]) == "day"
    assert metadata.habit(orders) is None


@pytest.mark.parametrize(
    ("lines", "outlet"),
    [
        (["© 2019-2023 The Velmora Post. All rights reserved."], "The Velmora Post"),
        (["© Copyright Velmora Post 2023."], "Velmora Post"),
        (["Share", "Published by", "VelmoraPost", "Recent posts"], "VelmoraPost"),
        (["Media can quote materials of velmora.example with a link."], None),
        (["All rights reserved"], None),
    ],
)
def test_furniture_may_name_the_outlet(lines, outlet):
    told = guess("The ferry of Velmora stops", SENTENCE, *lines).get("outlet")
    assert told == (outlet and (outlet, "furniture"))


def test_the_address_names_the_outlet():
    assert article(address="https://www.post.example/a")["outlet"] == ("post.example", "address")


def test_too_little_text_has_no_language():
    assert guess("Ferry stops") == {"title": ("Ferry stops", "first_lines")}
    assert article()["language"] == ("en", "text")
