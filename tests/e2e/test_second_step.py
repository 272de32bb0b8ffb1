"""A second step from setting it up to being asked for it, on pages and in the middle of work."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests import second_step
from tests.e2e.barriers import barriers
from tests.e2e.desk import TEXT
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "open sesame 42"


def test_a_second_step_is_set_up_asked_for_and_others_are_signed_out(
    page, live_server, browser, client
):
    UserFactory(username="amina")
    client.post("/sign-in/", {"username": "amina", "password": PASSWORD})
    complaints, found = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.emulate_media(reduced_motion="reduce")

    def give(label, text):
        page.get_by_label(label, exact=True).fill(text)
        found.extend(barriers(page))
        page.keyboard.press("Enter")

    def sign_in():
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_label("Username").fill("amina")
        give("Password", PASSWORD)

    sign_in()
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/profile/")
    page.get_by_role("link", name="Set up").click()
    give("Password", PASSWORD)
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    assert page.locator("img.qr").evaluate("(image) => image.naturalWidth") > 0
    page.get_by_text("It can’t read pictures?").click()
    secret = page.locator("code.token").inner_text()
    give("Code that the app shows", second_step.code(secret))
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    recovery = page.locator(".recovery-codes code").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert recovery in download.value.path().read_text()

    page.get_by_text("amina").first.click()
    page.get_by_role("button", name="Sign out").click()
    sign_in()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    give("Code", recovery)
    page.wait_for_url(f"{live_server.url}/")

    page.goto(f"{live_server.url}/profile/")
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()
    found.extend(barriers(page))
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("status")).to_contain_text("everywhere else")
    assert client.get("/projects/").status_code == 302
    assert (complaints, found) == ([], [])


@pytest.mark.slow
def test_in_the_middle_of_work_the_dialog_asks_for_the_code(desk_with):
    desk = desk_with(TEXT)
    second_step.give(desk.assignment.coder.user)
    Session.objects.all().delete()

    desk.tag("velm", "l")
    dialog = desk.page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_label("Password").fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    code = dialog.get_by_label("Code of your authenticator app, or a recovery code")
    expect(code).to_be_focused()
    code.fill("000000")
    desk.page.keyboard.press("Enter")
    expect(dialog).to_contain_text("not valid now")
    code.fill(second_step.code())
    desk.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    assert desk.stored() == [("location", "Velmora")]
    # The page's own forms have taken the new session's token.
    desk.page.get_by_title("View").click()
    with desk.page.expect_response("**/profile/appearance/") as answer:
        desk.page.get_by_role("button", name="Large").click()
    assert answer.value.status == 302
    desk.page.reload()
    expect(desk.page.locator("#coding")).to_have_attribute("data-density", "large")
