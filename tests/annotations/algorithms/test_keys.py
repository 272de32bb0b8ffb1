import re
from pathlib import Path

import pytest

from annotations.algorithms import keys
from annotations.forms.preferences import COMMAND_NAMES

KEYMAP = (Path(__file__).parents[3] / "annotations/static/annotations/js/keymap.js").read_text()


def test_the_page_and_the_server_know_the_same_letters():
    plain = re.search(r"const PLAIN = \{(.*?)\};", KEYMAP, re.S)[1]

    assert {
        command: letter for letter, command in re.findall(r'^  (\w): "([\w-]+)",$', plain, re.M)
    } == keys.LETTERS
    assert list(COMMAND_NAMES) == list(keys.LETTERS)


@pytest.mark.parametrize(
    ("chosen", "aliases"),
    [
        ({}, {}),
        ({"grow": "g"}, {"g": "s", "s": ""}),
        ({"grow": "t", "tag-all": "s"}, {"t": "s", "s": "t"}),
        ({"grow": "t", "tag-all": "g"}, {"s": "", "t": "s", "g": "t"}),
    ],
)
def test_a_letter_that_was_moved_stands_for_the_usual_one(chosen, aliases):
    assert keys.aliases(chosen) == aliases
