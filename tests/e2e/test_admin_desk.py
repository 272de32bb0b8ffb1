"""The admin's way from files to work given out, in a browser."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from annotations.actions import imports
from annotations.enums import Role
from annotations.models import Assignment, ImportJob
from tests.factories import TUESDAY, CodebookFactory, MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def project(signed_in):
    admin = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)
    for name in ("ann", "ben"):
        MemberFactory(project=admin.project, user__username=name)
    signed_in(admin.user)
    return admin.project


def text_file(name):
    return {"name": name, "mimeType": "text/plain", "buffer": f"The text of {name}".encode()}


def test_files_are_imported_and_given_out_with_the_plan_in_view(
    page, live_server, project, tmp_path
):
    for coder in ("max", "eva"):
        (tmp_path / "work" / coder).mkdir(parents=True)
        (tmp_path / "work" / coder / "a.txt").write_text("A text")
    page.goto(f"{live_server.url}/projects/{project.slug}/imports/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(tmp_path / "work")
    expect(page.locator("[data-chosen-files] li")).to_have_text(
        ["work/eva/a.txt", "work/max/a.txt"]
    )
    assert page.locator("#id_paths").input_value() == '["work/eva/a.txt","work/max/a.txt"]'

    page.locator("input[type=file]").set_input_files([text_file("one.txt"), text_file("two.txt")])
    expect(page.locator("[data-chosen-files] li")).to_have_text(["one.txt", "two.txt"])
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Waiting for a worker")).to_be_visible()

    # The page redraws this part every second; whoever thinks of cancelling stays where they were.
    cancel = page.get_by_role("button", name="Cancel…")
    cancel.press("Enter")
    with page.expect_response("**/progress/"):
        expect(page.get_by_role("dialog", name="Cancel this import?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cancel).to_be_focused()
    with page.expect_response("**/progress/"):
        pass
    expect(cancel).to_be_focused()

    # What a worker does, while the page looks on.
    imports.run_import(job_id=ImportJob.objects.get().pk, at=TUESDAY)
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    page.get_by_role("link", name="Give them to coders").click()

    expect(page.get_by_label("Import", exact=False).first).to_be_visible()
    page.locator("#id_name").fill("First")
    for name in ("ann", "ben"):
        page.get_by_label(name, exact=True).check()
    expect(page.locator("#batch-preview")).to_contain_text("2 articles are given out.")
    page.get_by_role("button", name="Give out the work").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("First")
    expect(page.locator(".matrix-table tbody th bdi")).to_have_text(["ann", "ben"])
    assert Assignment.objects.count() == 4


@pytest.mark.slow
def test_a_batch_is_planned_from_a_search(page, live_server, project):
    job = imports.request_import(
        project=project,
        by=None,
        at=TUESDAY,
        files=[_file(f"Rain-{number} over Velmora") for number in range(5)] + [_file("Sun")],
    )
    imports.run_import(job_id=job.pk, at=TUESDAY)
    page.goto(f"{live_server.url}/projects/{project.slug}/articles/?q=rain")
    page.get_by_role("link", name="Plan a batch from this search").click()
    expect(page.locator("#id_q")).to_have_value("rain")
    plan = page.locator("#batch-preview")
    expect(plan).to_contain_text("Choose articles and coders")

    for name in ("ann", "ben"):
        page.get_by_role("checkbox", name=name).check()
    expect(plan).to_contain_text("5 articles are given out.")
    page.locator("#id_overlap").fill("40")
    expect(plan.locator(".plan-figures")).to_contain_text("7")
    expect(plan.locator(".plan-load tbody tr")).to_have_count(2)
    expect(plan.locator(".plan-pairs td")).to_have_text(["–", "2", "2", "–"])
    page.locator("#id_due").fill("2020-01-02")
    expect(plan).to_contain_text("after the due date, 2 January")
    assert not Assignment.objects.exists()

    page.get_by_label("by hand").check()
    expect(page.locator("#id_q")).to_be_hidden()
    expect(page.locator(".picker")).to_be_visible()
    expect(plan).to_contain_text("Say which articles.")
    page.get_by_label("by a search").check()
    expect(plan).to_contain_text("5 articles are given out.")
    page.locator("#id_name").fill("Rain")
    page.get_by_role("button", name="Give out the work").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Rain")
    assert Assignment.objects.count() == 7


@pytest.mark.slow
def test_one_box_ticks_all_coders_by_keyboard(page, live_server, project):
    job = imports.request_import(project=project, by=None, at=TUESDAY, files=[_file("Sun")])
    imports.run_import(job_id=job.pk, at=TUESDAY)
    page.goto(f"{live_server.url}/projects/{project.slug}/batches/new/")
    every, ann, ben = (
        page.get_by_role("checkbox", name=name) for name in ("everybody", "ann", "ben")
    )

    # At once: what is ticked while the first plan is on its way counts, too.
    held = []
    page.route("**/preview/", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request("**/preview/"):
        page.reload()
    every.press("Space")
    held[0].continue_()
    expect(ann).to_be_checked()
    expect(page.locator("#batch-preview")).to_contain_text("1 article is given out.")
    ben.press("Space")
    expect(every).to_be_checked(indeterminate=True)
    ben.press("Space")
    expect(every).to_be_checked()
    every.press("Space")
    expect(ann).not_to_be_checked()
    expect(ben).not_to_be_checked()


@pytest.mark.slow
def test_a_search_redraws_the_list_while_one_types(page, live_server, project):
    job = imports.request_import(
        project=project,
        by=None,
        at=TUESDAY,
        files=[_file("Rain over Velmora again"), _file("Sun over the whole coast")],
    )
    imports.run_import(job_id=job.pk, at=TUESDAY)
    page.goto(f"{live_server.url}/projects/{project.slug}/articles/")
    expect(page.locator("#article-list tbody tr")).to_have_count(2)

    page.get_by_label("Search").press_sequentially("rain")

    expect(page.locator("#article-list tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{live_server.url}/projects/{project.slug}/articles/?q=rain&outlet=")


def _file(text):
    return ContentFile(text.encode(), name=f"{text.split()[0]}.txt")
