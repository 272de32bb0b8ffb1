"""Hostile words in every field, in a real browser: nothing runs, nothing leaves the origin."""

import pytest
from playwright.sync_api import expect

from tests.hostile import LONG, HostileWorld
from tests.permission_table import rows
from tests.stack import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Where modules draw what the server sent as data.
DRAWN = [
    ("coder", "/assignments/{assignment}/"),
    ("adjudicator", "/tasks/{task}/"),
    ("admin", "/batches/{batch}/matrix/"),
    ("admin", "/projects/{project}/batches/new/"),
    ("admin", "/projects/{project}/codebook/edit/"),
    ("admin", "/projects/{project}/agreement/"),
]
WATCH = """
window.told = [];
window.ran = () => window.told.push("a script ran");
addEventListener("securitypolicyviolation", (event) =>
  window.told.push(`${event.effectiveDirective} refused ${event.blockedURI}`));
"""
GROWN = 'img[src="x"], [onerror], [onload], iframe, base, style, script:not([src])'


class Watcher:
    """Notes what pages run, are refused, grow into and ask of others."""

    def __init__(self, context, url):
        self.url = url
        self.away = []
        context.add_init_script(WATCH)
        context.on("request", self.note)

    def note(self, request):
        if not request.url.startswith((self.url, "data:", "about:", "blob:")):
            self.away.append(request.url)

    def told(self, page):
        grown = page.eval_on_selector_all(GROWN, "found => found.map((one) => one.outerHTML)")
        return [*page.evaluate("window.told"), *grown, *self.away]


@pytest.fixture
def watcher(context, live_server):
    return Watcher(context, live_server.url)


def faults(pages, page, live_server, signed_in, watcher):
    """Open each of the pages as its reader and return what they told."""
    world = HostileWorld()
    found, reader = {}, None
    for who, template in sorted(pages):
        if who != reader:
            signed_in(getattr(world, who).user)
            reader = who
        answer = page.goto(live_server.url + template.format(**world.addresses), wait_until="load")
        expect(page.locator(".htmx-request")).to_have_count(0)
        if answer.status != 200 or watcher.told(page):
            found[f"{template} as {who}"] = (answer.status, watcher.told(page))
        watcher.away.clear()
    return found


def test_nothing_runs_on_the_pages_that_modules_draw(page, live_server, signed_in, watcher):
    assert faults(DRAWN, page, live_server, signed_in, watcher) == {}


@pytest.mark.slow
def test_nothing_runs_on_any_page(page, live_server, signed_in, watcher, browser, trust):
    pages = {
        (who, row.template)
        for row in rows()
        if row.method == "GET" and not row.template.startswith(("/api/", "/metrics"))
        for who in ("coder", "adjudicator", "admin", "researcher")
        if row.expected(who) == "200" and not row.template.endswith((".csv", ".yaml", "/refused/"))
    }

    assert len(pages) > 100
    assert faults(pages, page, live_server, signed_in, watcher) == {}
    told = told_without_the_policy(browser, live_server)
    assert "a script ran" in told
    trust(
        "Who sees what",
        "Hostile words in every text, read in a browser",
        tried=f"{len(pages)} pages as who may read them",
        of="Chromium",
        scripts_run=0,
        requests_to_others=0,
        control="put into a page as markup, without the policy, the same words ran",
    )


def test_what_is_injected_all_the_same_is_refused_by_the_policy(page, live_server, watcher):
    page.goto(f"{live_server.url}/sign-in/")
    page.evaluate("words => document.body.insertAdjacentHTML('beforeend', words)", LONG)
    wait_until(lambda: len(page.evaluate("window.told")) > 1, what="what the policy refused")

    told = watcher.told(page)

    assert "a script ran" not in told
    assert "script-src-attr refused inline" in told
    assert watcher.away == []


def test_without_the_policy_the_words_would_run(browser, live_server):
    assert "a script ran" in told_without_the_policy(browser, live_server)


def told_without_the_policy(browser, live_server):
    """The control: what is sent here is able to do harm, and the watcher sees it."""
    context = browser.new_context(bypass_csp=True)
    watcher = Watcher(context, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.evaluate("words => document.body.insertAdjacentHTML('beforeend', words)", LONG)
    wait_until(lambda: page.evaluate("window.told"), what="what ran")
    told = watcher.told(page)
    context.close()
    return told
