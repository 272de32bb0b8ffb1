from datetime import date

import pytest

from annotations.algorithms import dates


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("05 March 2024 / 17:07 RU", date(2024, 3, 5)),
        ("date 2023-08-08", date(2023, 8, 8)),
        ("September 21,2023 22:03", date(2023, 9, 21)),
        ("Thursday, 21st of September, 2023", date(2023, 9, 21)),
        ("Sept. 21, 2023, 9:05 p.m. GMT+4", date(2023, 9, 21)),
        ("2023/09/21", date(2023, 9, 21)),
        ("21.09.2023, 19:12 Uhr", date(2023, 9, 21)),
        ("21.09.23", date(2023, 9, 21)),
        ("Publié le 1er octobre 2022 à 18h05", date(2022, 10, 1)),
        ("8 de febrero de 2023 - 10:35", date(2023, 2, 8)),
        ("27 de março de 2022", date(2022, 3, 27)),
        ("5 июня 2023, 12:40", date(2023, 6, 5)),
        ("12 sentyabr 2022 15:20", date(2022, 9, 12)),
        ("Yayınlanma: 2 Nisan 2023 09:15", date(2023, 4, 2)),
        ("2023年10月14日 09:30", date(2023, 10, 14)),
        ("2023년 3월 2일", date(2023, 3, 2)),
        ("١٩ يناير ٢٠٢٣", date(2023, 1, 19)),
        ("2023. szeptember 21.", date(2023, 9, 21)),
    ],
)
def test_a_line_that_tells_the_day_is_a_stamp_in_any_form(line, day):
    assert [found.day for found in dates.find(line)] == [day]
    assert dates.is_stamp(line)


@pytest.mark.parametrize(
    "line", ["Tuesday", "March 28", "31 February 2023", "Room 2023", "1.2.3.4"]
)
def test_what_names_no_day_of_a_year_is_no_date(line):
    assert list(dates.find(line)) == []


@pytest.mark.parametrize(
    ("line", "order", "day", "is_ambiguous"),
    [
        ("03/04/2023", "day", date(2023, 4, 3), True),
        ("03/04/2023", "month", date(2023, 3, 4), True),
        ("03.04.2023", "month", date(2023, 4, 3), False),
        ("13/04/2023", "month", date(2023, 4, 13), False),
        ("04/13/2023", "day", date(2023, 4, 13), False),
        ("04-04-2023", "day", date(2023, 4, 4), False),
    ],
)
def test_the_order_decides_about_numbers_that_can_be_read_twice(line, order, day, is_ambiguous):
    [found] = dates.find(line, order)
    assert (found.day, found.is_ambiguous) == (day, is_ambiguous)


@pytest.mark.parametrize(
    "line",
    [
        "3 May 2023 was a dark day",
        "Aid of 2023-05-03",
        "",
        "Velmora, 3 May 2023: talks fail",
        "May",
    ],
)
def test_a_line_that_says_more_than_the_day_is_no_stamp(line):
    assert not dates.is_stamp(line)


@pytest.mark.parametrize(
    "line", ["12 hours ago", "2 days ago", "hace 3 horas", "5 минут назад", "3小时前"]
)
def test_how_old_something_is_is_a_stamp_without_a_date(line):
    assert (dates.is_stamp(line), list(dates.find(line))) == (True, [])


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("post_2023-09-21_talks.txt", date(2023, 9, 21)),
        ("20230921.txt", date(2023, 9, 21)),
        ("https://post.example/2023/09/21/talks", date(2023, 9, 21)),
        ("000_082b41a055e58b4a.txt", None),
        ("2023-19-41.txt", None),
    ],
)
def test_a_name_may_carry_a_date(name, day):
    assert dates.in_name(name) == day
