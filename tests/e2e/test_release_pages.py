from playwright.sync_api import expect

from tests.e2e.barriers import barriers
from tests.exports.formats.awkward import gold, record
from tests.exports.worlds import compared, published
from tests.factories import CodebookFactory, MemberFactory, ProjectFactory
from tests.stack import wait_until

TEXT = "Ada Brandt met Ilvek."
LOSSES = {"conll": {"spans": 1200, "written": 1190, "lost": {"shares_words": 10}, "left_out": {}}}


def faults_of(page, *, shown):
    """Return what sticks out of a phone, and what axe finds in either theme."""
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    found = [] if width == 320 else [f"is {width} wide"]
    page.set_viewport_size({"width": 1280, "height": 720})
    for theme in ("light", "dark"):
        # Anew, because colours change over to another theme slowly.
        page.emulate_media(color_scheme=theme)
        page.reload()
        expect(page.get_by_text(shown)).to_be_visible()
        found += barriers(page)
    return found


def test_a_researcher_goes_from_the_history_to_what_changed(page, live_server, signed_in):
    researcher = MemberFactory(project=ProjectFactory(), roles=["researcher"])
    project = researcher.project
    CodebookFactory(project=project)
    ada, ilvek = gold(TEXT, 1, (0, 10), "actor"), gold(TEXT, 2, (15, 20), "actor")
    first = published(
        project, records=[record("a", TEXT, spans=[ada, ilvek]), record("b", TEXT, spans=[])]
    )
    changed = record("a", TEXT, split="dev", spans=[ada | {"end": 3, "quote": "Ada"}])
    second = published(project, records=[changed], losses=LOSSES)
    signed_in(researcher.user)
    page.emulate_media(reduced_motion="reduce")
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server.url}/projects/{project.slug}/releases/")

    page.get_by_role("link", name="Gold").first.click()
    expect(page.get_by_role("row", name="gold.conll")).to_contain_text("1,190 of 1,200")
    line = page.get_by_text("curl -fLC -")
    line.locator("xpath=ancestor::div[1]").get_by_role("button").click()
    # Where there is no clipboard the line is marked, to be copied by hand.
    copied = page.get_by_role("button", name="Copied")
    wait_until(
        lambda: copied.count() or "curl -fLC" in page.evaluate("getSelection().toString()"),
        what="the line to be copied or marked",
    )
    assert faults_of(page, shown="Both fetch all files") == []

    page.get_by_role("link", name="What changed since release 1").click()
    expect(page.get_by_text("Comparing article by article…")).to_be_visible()
    compared(first, second)
    expect(page.get_by_role("heading", name="a", exact=True)).to_be_visible()
    expect(page.get_by_text("other borders")).to_be_visible()
    page.get_by_role("link", name="Went").click()
    expect(page.get_by_role("heading", name="b", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="a", exact=True)).to_have_count(0)
    assert faults_of(page, shown="Article by article") == []
    assert complaints == []
