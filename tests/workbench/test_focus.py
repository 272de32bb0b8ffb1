"""Where a page redraws a part of itself, whoever was at a button there stays at it."""

import re

import pytest

from workbench.env import ROOT

PARTIALS = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if 'hx-trigger="every' in path.read_text()
]
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FOCUSABLE = re.compile(r"<(?:a|button|input|select|textarea|summary)\b[^>]*>")


@pytest.mark.parametrize("path", PARTIALS, ids=lambda path: path.stem)
def test_what_redraws_itself_has_an_id_on_all_that_can_be_focused(path):
    """An id is all by which htmx finds again what had the focus."""
    found = FOCUSABLE.findall(MARKUP.sub("", path.read_text()))
    lost = [tag for tag in found if not re.search(r'type="hidden"|\bid="', tag)]

    assert lost == []


def test_some_pages_redraw_parts_of_themselves():
    assert len(PARTIALS) >= 4
