"""The annotation page with the browser's own caret, for screen readers that follow it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(desk_with):
    desk = desk_with(TEXT)
    coder = desk.assignment.coder.user
    coder.coding_preferences = {"caret": "standard"}
    coder.save(update_fields=["coding_preferences"])
    desk.open()
    return desk


def shown(desk):
    lines = desk.page.evaluate(
        "() => [...document.querySelectorAll('#doc > p')].map((p) => p.textContent)"
    )
    return "\n".join(lines)


@pytest.mark.slow
def test_native_arrows_choose_the_words_and_label_keys_tag_them(desk):
    desk.press("Control+Home")
    desk.press(*["ArrowRight"] * len("Harbour s"), "e")
    assert desk.stored() == [("event", "strike")]

    desk.press("End", *["Shift+ArrowLeft"] * 3, "a")
    assert desk.stored() == [("event", "strike"), ("actor", "ends")]

    # Commands that go somewhere take the browser's caret along.
    desk.jump("velm")
    desk.press("ArrowRight", "Control+ArrowRight", "Control+ArrowRight", "l")
    assert desk.stored()[-1] == ("location", "the")
    desk.press("Enter", "Shift+ArrowRight")
    assert desk.stored()[-1] == ("location", "the talks")


def test_nothing_can_be_written_into_the_text(desk, context):
    desk.press("Control+Home", "z", "Shift+z", "Delete", "Control+x", "Control+b", "Enter", "q")
    for edit in ("insertText", "insertParagraph", "delete", "selectAll", "cut", "bold"):
        desk.page.evaluate("(name) => document.execCommand(name, false, 'x')", edit)
    assert shown(desk) == TEXT

    # What the browser does not let a page refuse is taken back.
    desk.page.evaluate(
        """() => {
            const [first, , third] = document.querySelectorAll("#doc > p");
            first.firstChild.insertData(2, "!!");
            third.replaceChildren(document.createElement("b"));
            document.querySelector("#doc").append(document.createElement("div"), "x");
            first.remove();
        }"""
    )
    desk.page.wait_for_function(
        "(text) => [...document.querySelectorAll('#doc > p')]"
        ".map((p) => p.textContent).join('\\n') === text",
        arg=TEXT,
    )
    desk.jump("strike")
    desk.press("e")
    assert desk.stored() == [("event", "strike")]
    expect(desk.rows).to_have_count(1)
