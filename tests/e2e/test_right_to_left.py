"""The layout holds where people read from the right, and articles keep their own direction."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.barriers import barriers
from tests.e2e.desk import Desk
from tests.world import WholeWorld

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The pages of which modules draw a part.
DRAWN_BY_MODULES = re.compile("/(assignments|tasks)/|.*/agreement/")
#: In CSS pixels, how far a bar may lie from the words that it is for.
NEAR = 2
PLACES = """() => {
  const text = document.querySelector("#doc p").firstChild;
  const range = new Range();
  range.setStart(text, 0);
  range.setEnd(text, 5);
  const word = range.getBoundingClientRect();
  const bar = document.querySelector("#layer .bar").getBoundingClientRect();
  return [word.left - bar.left, word.right - bar.right];
}"""
#: Where the first of these letters in an element stand on the screen.
WHERE = """(within, letters) => {
  const texts = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const at = texts.currentNode.data.indexOf(letters);
    if (at < 0) continue;
    const range = new Range();
    range.setStart(texts.currentNode, at);
    range.setEnd(texts.currentNode, at + letters.length);
    return range.getBoundingClientRect().toJSON();
  }
}"""


@pytest.fixture
def world(context, live_server):
    """Return a study whose people all read Hebrew."""
    context.add_cookies([{"name": "language", "value": "he", "url": live_server.url}])
    return WholeWorld()


def pages(world):
    project = f"/projects/{world.project.slug}/"
    return {
        world.admin: [
            *("/", "/projects/", "/profile/", "/profile/appearance/", project),
            *(f"{project}{name}/" for name in ("people", "codebook", "codebook/edit", "articles")),
            *(f"{project}{name}/" for name in ("batches", "batches/new", "agreement", "history")),
            *(f"{project}{name}/" for name in ("imports", "releases", "releases/new")),
            f"/batches/{world.batch.uuid}/",
        ],
        world.coder: ["/", f"/assignments/{world.assignment.uuid}/", "/profile/keys/"],
        world.adjudicator: [
            *(f"{project}adjudication/", f"/tasks/{world.done.uuid}/gold/"),
            f"/tasks/{world.coded.uuid}/",
        ],
    }


def drawn_by_modules(world):
    return {
        reader: [address for address in addresses if DRAWN_BY_MODULES.match(address)]
        for reader, addresses in pages(world).items()
    }


@pytest.mark.parametrize(
    "pages",
    [drawn_by_modules, pytest.param(pages, marks=pytest.mark.slow)],
    ids=["short", "long"],
)
def test_no_page_has_a_barrier_or_sticks_out_from_the_right(
    pages, page, live_server, world, signed_in
):
    page.emulate_media(reduced_motion="reduce")
    page.set_default_navigation_timeout(120_000)
    complaints, faults = [], {}
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for reader, addresses in pages(world).items():
        signed_in(reader.user)
        for address in addresses:
            page.set_viewport_size({"width": 390, "height": 844})
            page.goto(live_server.url + address)
            assert page.evaluate("document.dir") == "rtl"
            found = [f"is {wide} wide" for wide in [width_of(page)] if wide != 390]
            page.set_viewport_size({"width": 1280, "height": 800})
            found += [f"is {wide} wide" for wide in [width_of(page)] if wide != 1280]
            # Names and roles are as from the left, but where modules draw them anew.
            found += barriers(page) if DRAWN_BY_MODULES.match(address) else []
            if found:
                faults[address] = found

    assert faults == {}
    assert complaints == []
    # On the last page: forward is to the left, and the left of an article is where it was.
    mirrored = "(within) => document.querySelectorAll(`${within} .points:dir(rtl)`).length"
    assert page.evaluate(mirrored, "#card") > 0
    assert page.evaluate(mirrored, "#editor") == 0


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


def test_an_article_keeps_its_direction_and_bars_lie_under_its_words(
    page, live_server, world, signed_in
):
    signed_in(world.coder.user)
    desk = Desk(page, live_server.url, world.assignment)
    desk.open()

    page.keyboard.press("Home")
    page.keyboard.press("a")

    expect(page.locator("#layer .bar").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('#doc p')).direction") == "ltr"
    assert all(abs(away) < NEAR for away in page.evaluate(PLACES))
    # The arrows go where they point in the article, whatever the page's direction.
    page.keyboard.press("ArrowRight")
    expect(page.locator("#save-badge")).to_have_text("כל השינויים נשמרו")


def test_a_number_after_a_name_in_latin_letters_stands_on_its_left(
    page, live_server, world, signed_in
):
    type(world.batch).objects.filter(pk=world.coded.batch_id).update(name="Pilot")
    signed_in(world.adjudicator.user)

    page.goto(f"{live_server.url}/tasks/{world.coded.uuid}/")

    line = page.locator(".adjudication-head .eyebrow")
    assert line.evaluate(WHERE, "2")["right"] <= line.evaluate(WHERE, "Pilot")["left"]


def test_the_days_of_a_chart_run_to_the_left_as_their_names_do(
    page, live_server, world, signed_in
):
    coder = world.coded.assignments.first().coder
    coder.assignments.update(submitted_at=timezone.now())
    signed_in(world.admin.user)

    page.goto(f"{live_server.url}/projects/{world.project.slug}/people/{coder.uuid}/")

    first, *_others, today = page.locator(".day-bars rect").all()
    assert today.bounding_box()["x"] < first.bounding_box()["x"]
