"""Work changes hands, a pool is drawn from, a batch ends, the codebook changes: in a browser."""

import pytest
from playwright.sync_api import expect

from annotations.enums import Role
from annotations.models import CodebookVersion
from annotations.queries import matrix
from tests.e2e.barriers import barriers
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)
from tests.stories import coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin():
    member = MemberFactory(
        roles=[Role.ADMIN],
        user__username="boss",
        project__settings={"auto_finish": False},
    )
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def batch(admin):
    batch = BatchFactory(project=admin.project, name="First")
    ann, _ben = (MemberFactory(project=admin.project, user__username=n) for n in ("ann", "ben"))
    submitted(AssignmentFactory(task__batch=batch, coder=ann), [])
    AssignmentFactory(task__batch=batch, task__position=1, coder=ann, flag="discuss: who?")
    return batch


def open_dialog(page, name):
    """Press a button of the page's head, or of its menu, and return the dialog with its form."""
    button = page.get_by_role("button", name=name)
    if not button.is_visible():
        page.locator("summary", has_text="More").click()
    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_be_visible()
    return dialog


def test_an_admin_runs_a_batch_to_its_end(page, live_server, signed_in, admin, batch):
    MemberFactory(project=admin.project, user__username="cy")
    coded_task(
        [{"label": "actor", "start": 0, "end": 16}],
        [{"label": "actor", "start": 6, "end": 16}],
        batch=batch,
        position=7,
    )
    signed_in(admin.user)
    page.goto(f"{live_server.url}/batches/{batch.uuid}/")

    assert barriers(page) == []
    dialog = open_dialog(page, "Reassign…")
    dialog.get_by_label("From").select_option("ann")
    dialog.get_by_label("To").select_option("ben")
    dialog.get_by_role("button", name="Reassign").click()
    expect(page.get_by_text("1 article moved.")).to_be_visible()

    dialog = open_dialog(page, "Ask another coder…")
    dialog.get_by_label("cy").check()
    expect(dialog.get_by_text("1 article would be asked for: cy 1.")).to_be_visible()
    assert barriers(page) == []
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Another coder is asked for 1 article.")).to_be_visible()
    expect(page.get_by_text("1 disputed article waits for another coder")).to_be_visible()

    dialog = open_dialog(page, "Remind…")
    dialog.get_by_label("ben").check()
    dialog.get_by_label("What to say").fill("By noon, please.")
    dialog.get_by_role("button", name="Remind").click()
    expect(page.get_by_text("Reminded: ben.")).to_be_visible()

    dialog = open_dialog(page, "Close the batch…")
    expect(dialog.get_by_text("2 pieces of work are taken away")).to_be_visible()
    dialog.get_by_role("button", name="Close the batch").click()
    expect(page.get_by_text("The batch is closed.")).to_be_visible()
    expect(page.get_by_role("button", name="Reassign…")).to_have_count(0)

    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row").filter(has_text="batch closed")).to_contain_text("dropped 1")
    expect(page.get_by_role("row").filter(has_text="work reassigned")).to_contain_text("taker ben")
    expect(page.get_by_role("row").filter(has_text="another coder asked")).to_contain_text("cy")


def test_a_coder_draws_the_next_article(page, live_server, signed_in, admin):
    coder = MemberFactory(project=admin.project)
    pool = BatchFactory(project=admin.project, strategy="pool")
    pool.drawers.add(coder)
    TaskFactory(batch=pool, coders_wanted=1)
    signed_in(coder.user)

    page.goto(live_server.url)
    page.get_by_role("button", name="Draw the next article").click()

    expect(page.locator("#coding[data-ready]")).to_be_visible(timeout=20_000)


@pytest.mark.slow
def test_the_codebook_is_edited_without_scripts(browser, live_server, signed_in, context, admin):
    signed_in(admin.user)
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}/projects/{admin.project.slug}/codebook/")
    page.get_by_role("link", name="Edit").click()

    page.locator("summary").filter(has_text="Actor").click()
    page.locator("#id_labels-0-name").fill("Person")
    page.get_by_role("button", name="Add a label").click()
    page.locator("#id_labels-4-name").fill("Quote")
    page.locator("#id_labels-4-hotkey").fill("s")
    page.get_by_role("button", name="Publish the next version").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved or published")
    expect(page.get_by_text("“s” already does something else while coding.")).to_be_visible()

    page.locator("#id_labels-4-hotkey").fill("q")
    page.get_by_role("button", name="Publish the next version").click()

    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    version = CodebookVersion.objects.get(number=2)
    names = version.definitions.order_by("position").values_list("name", flat=True)
    assert list(names) == ["Person", "Location", "Event", "Claim", "Quote"]
    plain.close()


@pytest.mark.slow
def test_the_matrix_is_walked_by_arrow_keys_and_fits_a_phone(
    page, live_server, signed_in, admin, batch
):
    coder = MemberFactory(project=admin.project, user__username="cy")
    for position in range(2, matrix.COLUMNS + 3):
        AssignmentFactory(task__batch=batch, task__position=position, coder=coder)
    signed_in(admin.user)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto(f"{live_server.url}/batches/{batch.uuid}/")
    assert barriers(page) == []
    table = page.get_by_role("grid")
    focused = page.locator(":focus")

    table.get_by_role("gridcell").get_by_role("link").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Control+Home")
    expect(focused).to_have_text("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-status]")).to_contain_text("cy · ")
    expect(page.locator("[data-status]")).to_contain_text("to do")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(f"{matrix.COLUMNS + 1}–{matrix.COLUMNS + 3} of")).to_be_visible()
    expect(focused).to_have_attribute("aria-label", "to do")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing has been saved on it yet.")).to_be_visible()
    assert barriers(page) == []

    page.set_viewport_size({"width": 390, "height": 844})
    page.go_back()
    expect(page.locator(".matrix-table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
