"""Attributes and links of spans, filled in by keyboard."""

import pytest
from playwright.sync_api import expect

from annotations.enums import AssignmentState
from tests.e2e.desk import TEXT, Desk
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIM = "it believes the mayor"


@pytest.fixture
def desk(page, live_server, signed_in):
    """A coder whose codebook wants to know the stance of a claim, and who speaks."""
    coder = MemberFactory()
    CodebookFactory(project=coder.project, labels__required={"stance", "speaker"})
    article = ArticleFactory(project=coder.project, text=TEXT)
    task = TaskFactory(batch=BatchFactory(project=coder.project), article=article)
    signed_in(coder.user)
    desk = Desk(page, live_server.url, AssignmentFactory(task=task, coder=coder))
    desk.open()
    return desk


def details(desk, label):
    """Return what a span of the label carries in the database: values, and quotes linked to."""
    desk.wait_until_saved()
    span = desk.assignment.spans.get(label__key=label)
    quotes = {str(other.uuid): other.quote for other in desk.assignment.spans.all()}
    return (
        {one["name"]: one["value"] for one in span.attributes},
        [(one["name"], quotes.get(one["target"], "nobody")) for one in span.links],
    )


def test_a_claim_gets_stance_and_speaker_by_keyboard_and_undo_brings_both_back(desk):
    desk.tag("dockers", "a", words=2)
    desk.tag("mayor", "a")
    desk.tag("it believes", "c", words=4)
    row = desk.rows.filter(has_text=CLAIM).locator(".details")
    expect(row).to_have_text("stance? · speaker?")

    desk.press("v")
    form = desk.page.locator("#details-dialog")
    expect(form).to_contain_text(CLAIM)
    desk.press("ArrowDown", "ArrowDown", "Tab", "Tab")
    desk.page.keyboard.type("dock")
    desk.press("Control+Enter")
    expect(form).to_be_hidden()
    expect(desk.surface).to_be_focused()
    expect(row).to_have_text("stance: opposes · speaker: dockers’ union")
    filled = ({"stance": "opposes"}, [("speaker", "dockers’ union")])
    assert details(desk, "claim") == filled

    # Without its speaker the claim has no link; with the speaker the link comes back.
    desk.jump("dockers")
    desk.press("Enter", "x")
    expect(row).to_have_text("stance: opposes · speaker?")
    assert details(desk, "claim") == ({"stance": "opposes"}, [])
    desk.press("u")
    assert details(desk, "claim") == filled
    desk.press("Shift+u")
    assert details(desk, "claim") == ({"stance": "opposes"}, [])
    desk.press("u")

    # Another label keeps nothing that it does not declare, until that is undone.
    desk.jump("it believes")
    desk.press("Enter", "e")
    assert details(desk, "event") == ({}, [])
    desk.press("u")
    assert details(desk, "claim") == filled

    desk.open()
    expect(row).to_have_text("stance: opposes · speaker: dockers’ union")


@pytest.mark.slow
def test_what_a_span_still_needs_is_named_before_the_work_is_handed_in(desk):
    desk.tag("it believes", "c", words=4)
    desk.wait_until_saved()

    desk.press("Control+Enter")

    doubts = desk.page.locator("#submit-dialog")
    expect(doubts).to_contain_text(f"“{CLAIM}” lacks: stance, speaker.")
    doubts.get_by_role("button", name="Submit anyway").click()
    expect(desk.page).to_have_url(desk.address.split("/assignments/")[0] + "/")
    desk.assignment.refresh_from_db()
    assert desk.assignment.state == AssignmentState.SUBMITTED


@pytest.mark.slow
def test_a_date_that_is_none_is_not_taken_and_escape_changes_nothing(desk):
    desk.tag("strike", "e")
    desk.press("v")
    when = desk.page.get_by_label("when")
    when.fill("Tuesday")
    desk.press("Control+Enter")
    expect(desk.page.locator("#details-dialog")).to_be_visible()
    when.fill("2023-09")
    desk.press("Control+Enter")
    assert details(desk, "event") == ({"when": "2023-09"}, [])

    desk.press("v")
    when.fill("2024")
    desk.press("Escape")
    expect(desk.surface).to_be_focused()
    assert details(desk, "event") == ({"when": "2023-09"}, [])

    desk.tag("velm", "l")
    desk.press("v")
    expect(desk.message).to_have_text("Location has no values or links in this codebook.")
