"""Each claim of SECURITY.md names tests; they have to be there."""

import re

from workbench.env import ROOT

NAMED = re.compile(r"`([a-z0-9_/]+\.py)::(test_\w+)`")


def test_every_test_that_the_page_names_is_there():
    named = NAMED.findall((ROOT / "SECURITY.md").read_text())
    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / "tests" / path).read_text()
    ]

    assert len(named) > 30
    assert missing == []


def test_every_control_has_one():
    table = re.findall(r"^\| .* \|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    bare = [row for row in table[1:] if not NAMED.search(row)]

    assert len(table) > 20
    assert bare == []
