"""What a ruling costs: counted, not timed. ``script/bench rule-12`` times it."""

import pytest
from playwright.sync_api import expect

from tests.factories import ArticleFactory, BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINE = "Mayor Ada Brandt spoke of the dam.\n"

# Every element that is added, taken away or changed from now on.
WATCH = """() => {
    window.mutations = 0;
    new MutationObserver((records) => {
        for (const { addedNodes, removedNodes } of records) {
            window.mutations += 1 + addedNodes.length + removedNodes.length;
        }
    }).observe(document.body, {
        subtree: true, childList: true, attributes: true, characterData: true,
    });
}"""


def disputed(project, places):
    """Return a task whose two coders differ on every line."""
    text = LINE * places
    starts = range(0, len(text), len(LINE))
    codings = [
        [{"label": "actor", "start": at + start, "end": at + 16} for at in starts]
        for start in (0, 6)
    ]
    article = ArticleFactory(project=project, text=text)
    return coded_task(*codings, batch=BatchFactory(project=project), article=article)


def test_a_ruling_touches_as_much_of_the_page_whether_there_are_few_places_or_many(
    page, live_server, signed_in
):
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    touched = {}
    for places in (12, 150):
        task = disputed(project, places)
        signed_in(adjudicator_of(task))
        page.goto(f"{live_server.url}/tasks/{task.uuid}/")
        expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
        expect(page.locator("#alike")).to_be_visible()
        page.evaluate(WATCH)

        page.keyboard.press("1")
        expect(page.locator("[data-part=place]")).to_have_text(f"Place 2 of {places}")
        expect(page.locator("#save-badge")).to_have_text("All decisions saved")
        expect(page.locator("#progress-words")).to_have_text(f"1 of {places} decided")
        # What is known of the next place comes last.
        expect(page.locator("#alike")).to_be_visible()
        page.wait_for_load_state("networkidle")
        touched[places] = page.evaluate("mutations")
        assert page.locator(".place").count() < 150

    assert touched[12] == touched[150]
