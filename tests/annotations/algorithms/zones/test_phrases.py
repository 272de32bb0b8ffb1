"""That looking only at patterns which can begin so finds what trying all of them would."""

import re

import pytest

from annotations.algorithms.zones.phrases import MARKS, Phrases, marks_in

RULES = {
    "first": ["impressum", "(?:the )?link.{0,20}", "kontakt|share"],
    "second": [r"[>»\s]*more", ".{0,9}bülten", "#?link", "ıslak", "版权.{0,9}"],
    "third": [r"\d+ shares?", r"\(\d+\)", r"a\+ a-"],
}
BEGINNINGS = [
    *("Impressum", "İmpressum", "ımpressum", "IMPRESSUM", "impressu"),
    *("The link here", "link", "#link", "Link here", "th", ""),
    *("\N{KELVIN SIGN}ontakt", "\N{LATIN SMALL LETTER LONG S}hare", "share it"),
    *(">> More", "more", "e-bülten", "BÜLTEN", "版权", "版权所有", "islak", "Islak", "ıslak"),
    *("12 shares", "1 share", "1", "(12)", "(x)", "A+ a-", "\u0301link", "7\u0301"),
]


def found_by_trying_all(text: str) -> str | None:
    for rule, patterns in RULES.items():
        if any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in patterns):
            return rule
    return None


@pytest.mark.parametrize("text", BEGINNINGS)
def test_what_fits_is_found_whatever_it_begins_with(text):
    assert Phrases(RULES).rule_of(text) == found_by_trying_all(text)


def test_the_first_rule_that_fits_is_the_one():
    assert Phrases(RULES).rule_of("Link") == "first"


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_found_amid_a_page_whatever_its_case(mark):
    for said in (mark, mark.upper(), mark.title()):
        assert marks_in(f"The ferry left.\n© 2023 {said} 🕊") == [mark]
    assert marks_in(f"The ferry left.\n© 2023 {mark[:-1]}") == []
