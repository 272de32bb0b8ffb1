"""Suggestions on the annotation page: seen apart, accepted, refused, taken back."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import TEXT, Desk
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    SuggestionFactory,
    TaskFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def extent(quote, label, nth=1):
    start = -1
    for _ in range(nth):
        start = TEXT.index(quote, start + 1)
    return (start, start + len(quote), label)


@pytest.fixture
def desk(page, live_server, signed_in):
    coder = MemberFactory()
    article = ArticleFactory(project=coder.project, text=TEXT)
    SuggestionFactory(
        article=article,
        extents=[
            extent("strike", "event"),
            extent("Mayor Ada Brandt", "actor"),
            extent("Velmora", "location"),
            extent("Velmora", "location", nth=2),
        ],
    )
    batch = BatchFactory(project=coder.project, has_suggestions=True)
    task = TaskFactory(batch=batch, article=article)
    signed_in(coder.user)
    desk = Desk(page, live_server.url, AssignmentFactory(task=task, coder=coder))
    desk.rows = page.locator("#span-list > .rows li")
    desk.open()
    return desk


def test_suggestions_are_answered_by_keys_and_every_answer_can_be_taken_back(desk):
    waiting = desk.page.locator("#suggestion-list li")
    outlines = desk.page.locator("#layer .suggested")
    expect(waiting).to_have_count(4)
    expect(outlines).to_have_count(4)
    expect(desk.rows).to_have_count(0)

    desk.press("Shift+n")
    expect(desk.message).to_contain_text("Suggested: “strike” as Event (model-1).")
    desk.press("x")
    expect(desk.message).to_contain_text("“Mayor Ada Brandt” as Actor")
    desk.press("Enter")
    expect(desk.message).to_contain_text("“Velmora” as Location")
    assert desk.stored() == [("actor", "Mayor Ada Brandt")]
    span = desk.assignment.spans.get()
    assert span.source["origin"] == "model-1"

    # What is tagged by hand just so is no suggestion any more.
    desk.press("l")
    expect(waiting).to_have_count(1)
    desk.press("Shift+Enter")
    expect(waiting).to_have_count(0)
    assert [label for label, _ in desk.stored()] == ["actor", "location", "location"]

    desk.press("u", "u", "u")
    expect(waiting).to_have_count(3)
    desk.press("u")
    expect(waiting).to_have_count(4)
    assert desk.stored() == []
    desk.assignment.refresh_from_db()
    assert desk.assignment.refused == []

    desk.press("Shift+u")
    expect(waiting).to_have_count(3)
    desk.wait_until_saved()
    desk.open()
    expect(waiting).to_have_count(3)
    expect(desk.page.locator("#suggestion-list")).not_to_contain_text("strike")


@pytest.mark.slow
def test_suggestions_are_answered_by_mouse_too(desk):
    aside = desk.page.locator("#suggestion-list")
    aside.get_by_role("button", name="Accept “Mayor Ada Brandt”").click()
    expect(desk.rows).to_have_count(1)
    aside.get_by_role("button", name="Refuse “strike”").click()
    aside.get_by_role("button", name="Refuse all").click()

    expect(aside).to_be_hidden()
    expect(desk.surface).to_be_focused()
    assert desk.stored() == [("actor", "Mayor Ada Brandt")]
    desk.assignment.refresh_from_db()
    assert len(desk.assignment.refused) == 3
