"""The page that explains the API: readable, and within the same policy as every other page."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_calls_can_be_read_and_nothing_is_refused_by_the_policy(page, live_server):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))

    page.goto(f"{live_server.url}/api/v1/docs/")
    call = page.get_by_text("Take the article out of every future release", exact=True)
    expect(call).to_be_visible()
    call.click()

    expect(page.get_by_text("The state of things does not allow it").first).to_be_visible()
    assert complaints == []
