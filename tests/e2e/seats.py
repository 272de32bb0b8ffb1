"""How somebody sits down at an article to rule on it."""

from contextlib import contextmanager

from playwright.sync_api import expect


@contextmanager
def sitting_down(page):
    """Wait at the end until the page is ready, and until others are told who is at the article."""
    with page.expect_response("**/adjudication/take/"):
        yield
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
