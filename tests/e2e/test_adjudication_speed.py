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

# Rule, and count what is measured of the next place before the key is done with.
MEASURED = """async () => {
    // What is made ready after a frame is ready when this one's is.
    await new Promise((ready) => requestAnimationFrame(() => setTimeout(() => setTimeout(ready))));
    const measure = Range.prototype.getBoundingClientRect;
    let count = 0;
    Range.prototype.getBoundingClientRect = function () {
        count += 1;
        return measure.call(this);
    };
    const key = { key: "1", code: "Digit1", bubbles: true };
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
    Range.prototype.getBoundingClientRect = measure;
    return count;
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


def test_a_ruling_measures_nothing_and_touches_as_much_of_the_page_for_few_places_as_for_many(
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

        assert page.evaluate(MEASURED) == 0
        expect(page.locator("[data-part=place]")).to_have_text(f"Place 2 of {places}")
        expect(page.locator("#save-badge")).to_have_text("All decisions saved")
        expect(page.locator("#progress-words")).to_have_text(f"1 of {places} decided")
        # What is known of the next place comes last.
        expect(page.locator("#alike")).to_be_visible()
        touched[places] = page.evaluate("mutations")
        assert page.locator(".place").count() < 150

    assert touched[12] == touched[150]
