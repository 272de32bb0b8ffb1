"""What makes a browser slow, kept out of the annotation page's style sheets."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

from workbench.env import ROOT

SHEET = re.compile(r"annotations/css/[\w-]+\.css")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
SELECTORS = re.compile(r"([^{};@]+)\{")
# A new element is one of that tag, and in Chromium all its siblings might have to be styled anew.
AFTER_A_TAG = re.compile(r"(?:^|[\s>+~])(?:\w+|\*|:is\([\w, ]+\))\s*[+~]")


def test_no_rule_is_about_what_follows_any_element_of_a_tag():
    pages = [ROOT / "templates/base.html", ROOT / "templates/annotations/coding/page.html"]
    sheets = [name for page in pages for name in SHEET.findall(page.read_text())]
    assert len(sheets) > 5

    found = []
    for sheet in map(Path, map(finders.find, sheets)):
        for selectors in SELECTORS.findall(COMMENT.sub("", sheet.read_text())):
            if AFTER_A_TAG.search(selectors.strip()):
                found.append(f"{sheet.name}: {selectors.strip()}")

    assert found == []
