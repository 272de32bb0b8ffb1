"""Three coders and two adjudicators: work is taken over, returned, corrected, and confirmed."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from annotations.enums import Role, TaskState
from annotations.models import Gold
from tests.coder import hand_in, save, step
from tests.e2e.desk import Desk
from tests.e2e.seats import sitting_down
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "🌊 Mayor Ada Brandt told the dockers’ union in Velmora of the flood.\n"
NOTE = "A union acts: see R2."
CODINGS = [
    {"Mayor Ada Brandt": "actor", "dockers’ union": "actor", "Velmora": "location"},
    {"Ada Brandt": "actor", "dockers’ union": "actor", "Velmora": "location", "flood": "event"},
    {"Ada Brandt": "actor", "dockers’ union": "event", "Velmora": "location"},
]


@pytest.fixture
def task():
    project = ProjectFactory()
    CodebookFactory(project=project)
    article = ArticleFactory(project=project, text=TEXT, meta={"title": "Of the flood"})
    task = TaskFactory(batch=BatchFactory(project=project), article=article, coders_wanted=3)
    work = [AssignmentFactory(task=task, coder=MemberFactory(project=project)) for _ in CODINGS]
    for assignment, coding in zip(work, CODINGS, strict=True):
        steps = [
            step(
                label=label,
                extent=(TEXT.index(quote), TEXT.index(quote) + len(quote)),
                seq=seq,
            )
            for seq, (quote, label) in enumerate(coding.items(), start=1)
        ]
        save(assignment, *steps)
        hand_in(assignment)
    return task


@pytest.fixture
def desk_of(browser, live_server, settings):
    """Return a function that seats a person at a browser of their own."""
    contexts, faults = [], []

    def seat(user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context = browser.new_context(base_url=live_server.url)
        contexts.append(context)
        context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{user}: {error}"))
        return page

    yield seat
    for context in contexts:
        context.close()
    assert faults == []


def sit_down(page, task):
    page.goto(f"/projects/{task.batch.project.slug}/adjudication/")
    with sitting_down(page):
        page.get_by_role("link", name="Of the flood").click()


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def kind(page):
    return page.locator("#card-heading")


def choose(page, words):
    """Press the key of the version that reads ``words``."""
    version = page.locator(".choice", has_text=words)
    page.keyboard.press(version.locator("kbd").inner_text())


def letter_of(page, words):
    """Return the letter of the one coder who has the version that reads ``words``."""
    return page.locator(".choice", has_text=words).locator(".coder").inner_text()


def gold():
    rows = Gold.objects.get().spans
    return [(row["label"], row["quote"], row["source"]) for row in rows]


def test_an_article_goes_from_hand_to_hand_and_every_ruling_comes_along(
    task, desk_of, live_server
):
    ada, bo = (
        MemberFactory(project=task.batch.project, roles=[Role.ADJUDICATOR]).user for _ in "ab"
    )
    first, second = desk_of(ada), desk_of(bo)

    # The first one rules on two places of three.
    sit_down(first, task)
    expect(kind(first)).to_have_text("Boundaries differ")
    choose(first, "“Ada Brandt”")
    expect(kind(first)).to_have_text("Labels differ")
    choose(first, "Actor")
    expect(kind(first)).to_contain_text("Missing in")
    saved(first)

    # The second one sees who is there, and takes the article over.
    second.goto(f"/projects/{task.batch.project.slug}/adjudication/")
    expect(second.get_by_role("row", name="Of the flood")).to_contain_text(ada.username)
    sit_down(second, task)
    expect(second.locator("#held")).to_contain_text(f"{ada.username} is at this article.")
    second.get_by_role("button", name="Take over").click()
    expect(second.locator("#held")).to_be_hidden()

    # Seeing a slip, the second one gives that coder's work back.
    second.locator("#places button", has_text="union").click()
    letter = letter_of(second, "Event")
    second.get_by_role("button", name="Return work").click()
    dialog = second.get_by_role("dialog", name="Return a coder’s work")
    dialog.get_by_label("Coder").select_option(letter)
    dialog.get_by_label("What to look at").fill(NOTE)
    dialog.get_by_role("button", name="Return").click()
    expect(second.locator("#message")).to_contain_text("Coders are still at work")

    # What the first one rules on the page as it was is refused, and kept.
    first.keyboard.press("0")
    expect(first.locator("#message")).to_contain_text("Coders are still at work")
    expect(first.locator("#card-history")).to_contain_text("came too late: kept, not in force")

    # The coder reads why, corrects it, and hands in again.
    slip = task.assignments.get(state="returned")
    coder = desk_of(slip.coder.user)
    coder.goto("/")
    expect(coder.get_by_role("main")).to_contain_text(NOTE)
    desk = Desk(coder, live_server.url, slip)
    desk.open()
    expect(coder.locator("main")).to_contain_text(f"Returned to you: {NOTE}")
    expect(desk.rows).to_have_count(3)
    desk.jump("dockers")
    desk.press("Enter", "a")
    desk.wait_until_saved()
    desk.press("Control+Enter")
    coder.wait_for_url(f"{live_server.url}/")

    # One ruling is to be confirmed now, the other is untouched, and the third is still to make.
    sit_down(first, task)
    expect(first.locator("#progress-words")).to_have_text("1 of 3 decided")
    expect(first.locator("[data-part=ruling]")).to_contain_text("the work has changed: confirm")
    choose(first, "Actor")
    expect(kind(first)).to_contain_text("Missing in")
    first.keyboard.press("0")
    expect(first.get_by_text("Nothing waits for a ruling")).to_be_visible()

    assert gold() == [
        ("actor", "Ada Brandt", "adjudicated"),
        ("actor", "dockers’ union", "adjudicated"),
        ("location", "Velmora", "unanimous"),
    ]
    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
