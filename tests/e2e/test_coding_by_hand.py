"""Coding with the mouse and the finger: drags, clicks, the open span's handles, the brush."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAYOR = TEXT.index("Mayor")
ADA = TEXT.index("Ada")
VELMORA = TEXT.index("Velmora")
STRIKE = TEXT.index("strike")
SENTENCE = "Mayor Ada Brandt said in Velmora that the talks had failed."


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_handle(desk, edge, offset):
    """Drag an edge of the open span to under the letter at ``offset``."""
    x, y = middle(desk.page.locator(f".handle[data-edge={edge}]").bounding_box())
    letter = desk.box(offset, offset + 1)
    mouse = desk.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(letter["x"] + letter["width"] / 2, letter["y"] + letter["height"] + 8, steps=4)
    mouse.up()


def test_words_are_chosen_by_a_drag_letters_with_alt_and_a_sentence_by_three_clicks(desk_with):
    desk = desk_with(TEXT)

    desk.drag(MAYOR + 2, MAYOR + 12)
    popover = desk.page.get_by_role("group", name="Tag the selection")
    popover.get_by_role("button", name="Actor").click()
    assert desk.stored() == [("actor", "Mayor Ada Brandt")]
    expect(desk.surface).to_be_focused()

    desk.press("u")
    desk.page.keyboard.down("Alt")
    desk.drag(MAYOR + 2, MAYOR + 9)
    desk.page.keyboard.up("Alt")
    desk.press("a")
    assert desk.stored() == [("actor", "yor Ada")]

    desk.press("u")
    desk.click(MAYOR + 7, click_count=2)
    desk.press("a")
    assert desk.stored() == [("actor", "Ada")]
    desk.page.wait_for_timeout(500)  # or the clicks would be five in a row
    desk.click(MAYOR + 7, click_count=3)
    desk.press("c")
    assert desk.stored() == [("claim", SENTENCE), ("actor", "Ada")]


@pytest.mark.slow
def test_a_click_opens_the_innermost_span_and_the_next_click_the_one_around_it(desk_with):
    desk = desk_with(TEXT)
    desk.tag("ada", "a", words=2)
    desk.press("s", "c", "Escape")
    active = desk.page.locator("#span-list [aria-current]")

    desk.click(MAYOR + 7)
    expect(active).to_contain_text("Actor")
    desk.page.wait_for_timeout(500)
    desk.click(MAYOR + 7)
    expect(active).to_contain_text("Claim")
    desk.page.get_by_role("button", name="Delete").click()

    assert desk.stored() == [("actor", "Ada Brandt")]


@pytest.mark.slow
def test_the_handles_of_the_open_span_move_its_edges_by_words_and_undo_in_one_step(desk_with):
    desk = desk_with(TEXT)
    desk.tag("ada", "a")
    desk.click(ADA + 1)
    for edge in ("start", "end"):
        box = desk.page.locator(f".handle[data-edge={edge}]").bounding_box()
        assert min(box["width"], box["height"]) >= 24

    drag_handle(desk, "end", TEXT.index("said") + 1)
    assert desk.stored() == [("actor", "Ada Brandt said")]
    drag_handle(desk, "start", TEXT.index("Mayor") + 2)
    assert desk.stored() == [("actor", "Mayor Ada Brandt said")]
    expect(desk.mode).to_have_text("SPAN")

    desk.press("u", "u")
    assert desk.stored() == [("actor", "Ada")]
    # An edge never passes the other one.
    drag_handle(desk, "end", TEXT.index("Mayor") + 2)
    assert desk.stored() == [("actor", "Ada")]


@pytest.mark.slow
def test_a_label_clicked_with_nothing_chosen_is_a_brush_until_it_is_put_down(desk_with):
    desk = desk_with(TEXT)
    actor = desk.page.locator("#label-bar").get_by_role("button", name="Actor")
    location = desk.page.locator("#label-bar").get_by_role("button", name="Location")

    actor.click()
    expect(actor).to_have_attribute("aria-pressed", "true")
    expect(desk.message).to_contain_text("Actor at once")
    desk.drag(ADA + 1, ADA + 8)
    location.click()
    desk.drag(VELMORA, VELMORA + 3)
    desk.press("Escape")
    expect(location).to_have_attribute("aria-pressed", "false")
    desk.drag(STRIKE, STRIKE + 3)

    assert desk.stored() == [("actor", "Ada Brandt"), ("location", "Velmora")]
    # What is chosen by hand is tagged, and no brush is taken up.
    desk.page.locator("#label-bar").get_by_role("button", name="Event").click()
    assert desk.stored()[0] == ("event", "strike")
    expect(desk.page.locator("#label-bar [aria-pressed=true]")).to_have_count(0)


def test_a_finger_paints_with_the_brush(desk_with):
    desk = desk_with(TEXT)
    desk.page.locator("#label-bar").get_by_role("button", name="Actor").click()
    first, last = desk.box(ADA, ADA + 1), desk.box(ADA + 9, ADA + 10)
    (x, y), (to_x, to_y) = middle(first), middle(last)
    finger = desk.page.context.new_cdp_session(desk.page)

    def touch(kind, *points):
        places = [{"x": px, "y": py} for px, py in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (x, y))
    for step in (0.25, 0.5, 0.75, 1):
        touch("touchMove", (x + (to_x - x) * step, y + (to_y - y) * step))
    touch("touchEnd")

    assert desk.stored() == [("actor", "Ada Brandt")]
