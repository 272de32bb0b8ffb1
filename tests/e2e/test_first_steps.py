"""The strip that leads a newcomer through the keys, on a real article."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(desk_with):
    desk = desk_with(TEXT)
    coder = desk.assignment.coder.user
    coder.coding_preferences = {}
    coder.save(update_fields=["coding_preferences"])
    desk.open()
    return desk


def test_each_step_is_ticked_off_when_it_was_done_and_none_before(desk):
    strip = desk.page.locator("#first-steps")
    step = strip.locator("[data-step]:visible")

    expect(step).to_contain_text("Go to the next ones")
    desk.press("ArrowRight", "ArrowRight", "ArrowRight")
    expect(step).to_contain_text("Tag the framed word as “Actor”")
    desk.press("ArrowRight")
    expect(step).to_contain_text("Tag the framed word")
    desk.press("a")
    expect(step).to_contain_text("Take the whole sentence, and tag it as “Claim”: S C")
    desk.press("s", "c")
    expect(step).to_contain_text("Undo it")
    desk.press("u")
    expect(step).to_contain_text("Hand the article in")
    expect(strip.locator("[data-done]")).to_have_count(4)

    desk.wait_until_saved()
    strip.get_by_role("button", name="Done").click()
    expect(strip).to_have_count(0)
    expect(desk.surface).to_be_focused()
    desk.open()
    expect(strip).to_have_count(0)


@pytest.mark.slow
def test_work_that_is_there_already_is_no_step_and_skipping_is_for_good(desk):
    desk.press("a")
    desk.wait_until_saved()
    desk.open()
    strip = desk.page.locator("#first-steps")
    expect(strip.locator("[data-step]:visible")).to_contain_text("Go to the next ones")

    with desk.page.expect_response("**/profile/first-steps/"):
        strip.get_by_role("button", name="Skip").click()
    expect(strip).to_have_count(0)
    desk.open()
    expect(strip).to_have_count(0)
