"""What makes a browser slow, kept out of the annotation page's style sheets."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

from workbench.env import ROOT

SHEET = re.compile(r"annotations/css/[\w-]+\.css")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
SELECTORS = re.compile(r"([^{};@]+)\{")
# Any new element could be the sibling, and all that is in the next one would be styled anew.
ANYTHING_AFTER_A_TAG = re.compile(r"(?:^|[\s>+~])(?:\w+|\*|:is\([\w, ]+\))\s*[+~]\s*\*")


def test_no_rule_restyles_whatever_follows_an_ordinary_element():
    pages = [ROOT / "templates/base.html", ROOT / "templates/annotations/coding/page.html"]
    sheets = [name for page in pages for name in SHEET.findall(page.read_text())]
    assert len(sheets) > 5

    found = []
    for sheet in map(Path, map(finders.find, sheets)):
        for selectors in SELECTORS.findall(COMMENT.sub("", sheet.read_text())):
            if ANYTHING_AFTER_A_TAG.search(selectors.strip()):
                found.append(f"{sheet.name}: {selectors.strip()}")

    assert found == []
