"""Work changes hands, a pool is drawn from, a batch ends, the codebook changes: in a browser."""

import pytest
from playwright.sync_api import expect

from annotations.enums import Role
from annotations.models import CodebookVersion
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN], user__username="boss")
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def batch(admin):
    batch = BatchFactory(project=admin.project, name="First")
    ann, _ben = (MemberFactory(project=admin.project, user__username=n) for n in ("ann", "ben"))
    submitted(AssignmentFactory(task__batch=batch, coder=ann), [])
    AssignmentFactory(task__batch=batch, coder=ann)
    return batch


def test_an_admin_reassigns_and_closes_and_reads_of_it(page, live_server, signed_in, admin, batch):
    signed_in(admin.user)
    page.goto(f"{live_server.url}/batches/{batch.uuid}/")
    page.get_by_role("button", name="Reassign…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From").select_option("ann")
    dialog.get_by_label("To").select_option("ben")
    dialog.get_by_role("button", name="Reassign").click()
    expect(page.get_by_text("1 article moved.")).to_be_visible()

    page.get_by_role("button", name="Close…").click()
    page.get_by_role("dialog").get_by_role("button", name="Close the batch").click()
    expect(page.get_by_text("The batch is closed.")).to_be_visible()
    expect(page.get_by_role("button", name="Close…")).to_have_count(0)

    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row").filter(has_text="batch closed")).to_contain_text("dropped 1")
    expect(page.get_by_role("row").filter(has_text="work reassigned")).to_contain_text("taker ben")


def test_a_coder_draws_the_next_article(page, live_server, signed_in, admin):
    coder = MemberFactory(project=admin.project)
    pool = BatchFactory(project=admin.project, strategy="pool")
    pool.drawers.add(coder)
    TaskFactory(batch=pool, coders_wanted=1)
    signed_in(coder.user)

    page.goto(live_server.url)
    page.get_by_role("button", name="Draw the next article").click()

    expect(page.locator("#coding[data-ready]")).to_be_visible(timeout=20_000)


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
    expect(page.get_by_role("alert")).to_contain_text("Nothing was published")
    expect(page.get_by_text("“s” already does something else while coding.")).to_be_visible()

    page.locator("#id_labels-4-hotkey").fill("q")
    page.get_by_role("button", name="Publish the next version").click()

    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    version = CodebookVersion.objects.get(number=2)
    names = version.definitions.order_by("position").values_list("name", flat=True)
    assert list(names) == ["Person", "Location", "Event", "Claim", "Quote"]
    plain.close()


def test_a_wide_coverage_scrolls_by_itself_on_a_phone(page, live_server, signed_in, admin, batch):
    coder = MemberFactory(project=admin.project)
    AssignmentFactory.create_batch(12, task__batch=batch, coder=coder)
    signed_in(admin.user)
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto(f"{live_server.url}/batches/{batch.uuid}/")

    expect(page.locator(".coverage")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
