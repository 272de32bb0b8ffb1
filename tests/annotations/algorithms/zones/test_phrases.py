"""That looking only at patterns which can begin so finds what trying all of them would."""

import re

import pytest

from annotations.algorithms.zones.phrases import Phrases

RULES = {
    "first": ["impressum", "(?:the )?link.{0,20}", "kontakt|share"],
    "second": [r"[>»\s]*more", ".{0,9}bülten", "#?link", "ıslak", "版权.{0,9}"],
}
BEGINNINGS = [
    *("Impressum", "İmpressum", "ımpressum", "IMPRESSUM", "impressu"),
    *("The link here", "link", "#link", "Link here", "th", ""),
    *("\N{KELVIN SIGN}ontakt", "\N{LATIN SMALL LETTER LONG S}hare", "share it"),
    *(">> More", "more", "e-bülten", "BÜLTEN", "版权", "版权所有", "islak", "Islak", "ıslak"),
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
