"""What every page has: themes, menus, dialogs, a way in and a way out, and no barriers."""

import pytest
from playwright.sync_api import expect

from annotations.actions import projects, tokens
from annotations.enums import Role
from annotations.models import Member
from tests.e2e.barriers import COLOURS, barriers
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "open sesame 42"


@pytest.fixture
def project():
    """A project in which one person is everything, with work begun and people named."""
    person = UserFactory(username="amina")
    project = projects.create(name="River talks", by=person, at=MONDAY, description="A study.")
    amina = project.members.get()
    amina.roles = list(Role)
    amina.save()
    MemberFactory(project=project)
    MemberFactory(project=project, user=None, external_name="Lisa")
    batch = BatchFactory(project=project, due=TUESDAY)
    for title, state in (("The talks", "coding"), ("The flood", "returned"), ("", "assigned")):
        article = ArticleFactory(project=project, meta={"title": title})
        AssignmentFactory(
            task=TaskFactory(batch=batch, article=article),
            coder=amina,
            state=state,
            return_note="Titles belong to the name." if state == "returned" else "",
        )
    tokens.create(user=person, name="laptop", at=MONDAY)
    return project


@pytest.fixture
def amina(project, signed_in):
    person = project.created_by
    signed_in(person)
    return person


def test_a_person_signs_in_by_keyboard_and_out_by_the_menu(page, live_server, project):
    page.goto(f"{live_server.url}/projects/river-talks/")
    page.keyboard.type("amina")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="River talks", level=1)).to_be_visible()

    page.get_by_text("amina").first.click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_enter_on_home_opens_the_article_to_go_on_with(page, live_server, amina):
    page.goto(live_server.url)

    page.keyboard.press("Enter")

    work = amina.memberships.get().assignments.get(state="coding")
    expect(page).to_have_url(f"{live_server.url}/assignments/{work.uuid}/")


def test_the_first_tab_skips_to_the_content(page, live_server, amina):
    page.goto(f"{live_server.url}/projects/river-talks/codebook/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_a_chosen_theme_is_there_before_any_script_has_run(page, live_server, amina):
    page.goto(live_server.url)
    page.get_by_text("amina").first.click()
    with page.expect_response("**/profile/appearance/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")

    page.route("**/*.js", lambda route: route.abort())
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(14, 17, 21)"


@pytest.mark.slow
def test_the_system_decides_again_once_asked_to(page, live_server, amina):
    page.emulate_media(color_scheme="dark")
    page.goto(live_server.url)
    page.get_by_text("amina").first.click()
    with page.expect_response("**/profile/appearance/"):
        page.get_by_role("button", name="Light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 246, 243)"

    with page.expect_response("**/profile/appearance/"):
        page.get_by_role("button", name="System").click()
    page.reload()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 21)"

    # Who wants no motion gets a new theme at once, not handed down by one level a frame.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.slow
def test_a_menu_closes_on_a_click_elsewhere_and_on_escape_with_the_focus_back(
    page, live_server, amina
):
    page.goto(live_server.url)
    menu = page.locator("details.menu")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.locator("main").click(position={"x": 5, "y": 5})
    expect(menu).not_to_have_attribute("open", "")

    menu.locator("summary").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Profile and tokens")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


@pytest.mark.slow
def test_an_admin_changes_roles_in_a_dialog(page, live_server, project, amina):
    coder = project.members.exclude(user=amina).exclude(user=None).get()
    page.goto(f"{live_server.url}/projects/river-talks/people/")
    opener = page.get_by_role("button", name=f"Change the roles of {coder.name}")
    opener.click()
    dialog = page.get_by_role("dialog")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    opener.click()
    dialog.get_by_label("Adjudicator").check()
    dialog.get_by_role("button", name="Save roles").click()

    expect(page.get_by_role("status")).to_contain_text(f"{coder.name} has new roles.")
    assert Member.objects.get(pk=coder.pk).roles == ["coder", "adjudicator"]


NOWHERE = "nowhere/"
PAGES = [
    "",
    "projects/",
    "projects/new/",
    "projects/river-talks/",
    "projects/river-talks/settings/",
    "projects/river-talks/people/",
    "projects/river-talks/people/invitations/",
    "projects/river-talks/codebook/",
    "projects/river-talks/codebook/edit/",
    "projects/river-talks/codebook/draft/",
    "projects/river-talks/history/",
    "profile/",
    "profile/password/",
    "profile/mail/",
    "profile/tokens/",
    "profile/keys/",
    "profile/appearance/",
    "sign-in/forgotten/",
    "projects/river-talks/articles/",
    "projects/river-talks/batches/",
    "projects/river-talks/batches/new/",
    "projects/river-talks/adjudication/",
    "projects/river-talks/agreement/",
    "projects/river-talks/releases/",
    "projects/river-talks/releases/new/",
    NOWHERE,
]


#: An arrow of ours begins 22 pixels from the end, and words would run on beneath it.
UNDER_THE_ARROW = """() => [...document.querySelectorAll("select")]
    .filter((one) => getComputedStyle(one).appearance === "none")
    .filter((one) => parseFloat(getComputedStyle(one).paddingInlineEnd) < 24)
    .map((one) => `${one.id} has words beneath its arrow`)"""


def test_no_page_has_a_barrier_sticks_out_on_a_phone_or_breaks_the_policy(
    page, live_server, amina
):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.emulate_media(reduced_motion="reduce")
    faults = {}
    for address in PAGES:
        complaints.clear()
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(f"{live_server.url}/{address}")
        width = page.evaluate("document.documentElement.scrollWidth")
        found = [] if width == 320 else [f"is {width} wide"]
        found += page.evaluate(UNDER_THE_ARROW)
        if address != NOWHERE:
            found += complaints
        page.set_viewport_size({"width": 1280, "height": 720})
        for theme, rules in (("light", {}), ("dark", COLOURS)):
            page.emulate_media(color_scheme=theme)
            found += [(theme, *fault) for fault in barriers(page, **rules)]
        if found:
            faults[address] = found

    assert faults == {}
