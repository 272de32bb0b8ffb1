"""A link brings people into a project, in their own browsers."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotations.enums import Role
from annotations.models import Member
from tests.e2e.barriers import barriers
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "four tall lamps 9"


@pytest.fixture
def project(signed_in):
    admin = MemberFactory(roles=[Role.ADMIN], user__username="boss", project__name="River talks")
    CodebookFactory(project=admin.project)
    ArticleFactory(project=admin.project)
    signed_in(admin.user)
    return admin.project


def test_three_coders_join_by_one_link_and_can_be_given_work(
    page, browser, live_server, context, project
):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    UserFactory(username="cleo", password=PASSWORD)
    page.goto(f"{live_server.url}/projects/{project.slug}/people/")
    page.get_by_role("link", name="Invite by link").click()
    page.get_by_label("How many people can use it").fill("3")
    page.get_by_label("Note (optional)").fill("For the Tuesday course")
    page.get_by_role("button", name="Make link").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    link = f"{live_server.url}/join/{copied.rstrip('/').rpartition('/')[2]}/"

    for name in ("ann", "ben", "cleo", "dan"):
        visitor = browser.new_context()
        tab = visitor.new_page()
        tab.goto(link)
        if name in {"ann", "dan"}:
            assert barriers(tab) == []
        if name == "dan":
            expect(tab.get_by_role("heading", name="This link lets nobody in")).to_be_visible()
        elif name == "cleo":
            tab.get_by_role("link", name="I have an account").click()
            tab.get_by_label("Username").fill(name)
            tab.get_by_label("Password", exact=True).fill(PASSWORD)
            tab.keyboard.press("Enter")
            tab.get_by_role("button", name="Join as cleo").click()
        else:
            expect(tab.get_by_text("For the Tuesday course")).to_be_visible()
            tab.get_by_label("Username").fill(name)
            tab.get_by_label("Password").fill(PASSWORD)
            tab.get_by_role("button", name="Make the account and join").click()
        if name != "dan":
            expect(tab.get_by_text("Welcome to River talks.")).to_be_visible()
            expect(tab.get_by_role("heading", name="River talks", level=1)).to_be_visible()
        visitor.close()

    page.goto(f"{live_server.url}/projects/{project.slug}/people/invitations/")
    expect(page.get_by_role("row").filter(has_text="Tuesday course")).to_contain_text(
        "ann, ben, cleo"
    )
    page.goto(f"{live_server.url}/projects/{project.slug}/batches/new/")
    for name in ("ann", "ben", "cleo"):
        expect(page.get_by_label(name, exact=False).first).to_be_visible()
    assert Member.objects.filter(project=project).count() == 4


@pytest.mark.slow
def test_an_admin_looks_at_a_coder_deactivates_and_undoes_it(page, live_server, project):
    ann = MemberFactory(project=project, user__username="ann")
    now = timezone.now()
    batch = BatchFactory(project=project, due=now.date())
    AssignmentFactory(
        task__batch=batch, coder=ann, state="submitted", started_at=now, submitted_at=now
    )
    AssignmentFactory(task__batch=batch, coder=ann, flag="Two stories?")
    page.goto(f"{live_server.url}/projects/{project.slug}/people/{ann.uuid}/")
    expect(page.get_by_role("heading", name="The last four weeks")).to_be_visible()
    assert barriers(page) == []
    page.goto(f"{live_server.url}/projects/{project.slug}/people/")

    page.get_by_role("button", name="Deactivate ann").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 article open")
    dialog.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("ann is deactivated.")).to_be_visible()

    page.get_by_role("button", name="Bring ann back").click()
    expect(page.get_by_text("ann is back. 1 article came back too.")).to_be_visible()
