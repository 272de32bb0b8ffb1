"""What happens to rulings on a bad line, after the session ended, and when they come too late."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from annotations.actions import adjudication
from annotations.enums import Role
from annotations.models import Decision, Member, RulingDraft
from annotations.queries import disputes
from tests.e2e.seats import sitting_down
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    BatchFactory,
    CodebookFactory,
    ProjectFactory,
)
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "open sesame 42"
TEXT = "🌊 Mayor Ada Brandt told the dockers’ union in Velmora of the flood.\n"


def marked(*labelled):
    return [
        {"label": label, "start": TEXT.index(quote), "end": TEXT.index(quote) + len(quote)}
        for label, quote in labelled
    ]


@pytest.fixture
def task():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    return coded_task(
        marked(("actor", "Mayor Ada Brandt"), ("actor", "dockers’ union"), ("event", "flood")),
        marked(("actor", "Ada Brandt"), ("claim", "dockers’ union")),
        batch=BatchFactory(project=project),
        article=ArticleFactory(project=project, text=TEXT),
    )


@pytest.fixture
def ruler(task):
    return adjudicator_of(task)


@pytest.fixture
def sit_down(context, live_server, signed_in, task, ruler):
    def open_page():
        signed_in(ruler)
        page = context.new_page()
        with sitting_down(page):
            page.goto(f"{live_server.url}/tasks/{task.uuid}/")
        return page

    return open_page


def outcomes():
    rulings = Decision.objects.filter(is_automatic=False).order_by("pk")
    return [ruling.outcome for ruling in rulings]


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def test_rulings_outlive_a_session_that_ended_and_the_page_that_was_left(sit_down, ruler):
    page = sit_down()
    Session.objects.all().delete()
    page.keyboard.press("1")
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_contain_text("Your rulings wait")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    saved(page)
    assert outcomes() == ["accept"]

    Session.objects.all().delete()
    page.keyboard.press("x")
    expect(dialog).to_be_visible()
    page.close()
    assert outcomes() == ["accept"]

    page = sit_down()
    saved(page)
    expect(page.locator("#progress-words")).to_have_text("2 of 3 decided")
    assert outcomes() == ["accept", "unclear"]


def test_a_session_begun_anew_on_another_page_sends_rulings_for_nobody_else(
    sit_down, signed_in, task, ruler
):
    page = sit_down()
    signed_in(ruler)
    page.context.clear_cookies(name="csrftoken")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.keyboard.press("1")
    saved(page)
    assert outcomes() == ["accept"]

    signed_in(adjudicator_of(task))
    page.context.clear_cookies(name="csrftoken")
    page.keyboard.press("x")
    expect(page.get_by_role("dialog", name="Please sign in again")).to_be_visible()
    assert outcomes() == ["accept"]
    page.close()

    page = sit_down()
    saved(page)
    rulings = Decision.objects.filter(is_automatic=False).order_by("pk")
    assert [(one.outcome, one.made_by) for one in rulings] == [
        ("accept", ruler),
        ("unclear", ruler),
    ]


def test_a_ruling_that_comes_too_late_stays_in_sight_and_can_be_made_again(
    sit_down, context, task, ruler
):
    page = sit_down()
    context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("0")
    expect(page.locator("#save-badge")).to_contain_text("2 decisions wait")
    first = disputes.document(task)["cards"][0]["id"]
    colleague = adjudicator_of(task)
    adjudication.rule(
        task=task,
        card_id=first,
        by=colleague,
        at=TUESDAY,
        base_version=task.version,
        outcome="unclear",
    )
    context.set_offline(False)
    saved(page)

    assert outcomes() == ["unclear", "reject"]
    expect(page.locator("#message")).to_contain_text("Yours is kept below")
    expect(page.locator("[data-part=ruling]")).to_contain_text(colleague.username)
    kept = page.locator("#card-history li", has_text=ruler.username)
    expect(kept).to_contain_text("came too late: kept, not in force")
    kept.get_by_role("button", name="Rule so now").click()
    saved(page)

    assert outcomes() == ["unclear", "reject", "accept"]
    assert RulingDraft.objects.count() == 1
    page.locator("#places button").first.click()
    page.locator("#card-history summary").click()
    standing = page.locator("#card-history li")
    expect(standing).to_contain_text(["in force", "no longer in force"])


def select_velmora(page):
    page.locator("#doc p").first.evaluate(
        """({ firstChild }) => {
            const at = firstChild.data.indexOf("Velmora");
            getSelection().setBaseAndExtent(firstChild, at + 1, firstChild, at + 5);
        }"""
    )


def test_what_is_refused_stays_on_the_device_until_it_is_sent_again_or_given_up(
    sit_down, task, ruler
):
    page = sit_down()
    member = Member.objects.get(user=ruler)
    member.roles = [Role.RESEARCHER]
    member.save(update_fields=["roles"])
    page.keyboard.press("1")
    expect(page.locator("#message")).to_contain_text("You may not rule on this article any more")
    expect(page.locator("#progress-words")).to_have_text("0 of 3 decided")
    select_velmora(page)
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    refused = page.locator("#refused li")
    expect(refused).to_have_count(2)
    page.locator("#places button").nth(1).click()
    page.keyboard.press("x")
    expect(refused).to_have_count(3)
    page.close()

    member.roles = [Role.ADJUDICATOR]
    member.save(update_fields=["roles"])
    page = sit_down()
    refused = page.locator("#refused li")
    expect(refused).to_have_count(3)
    refused.filter(has_text="Velmora").get_by_role("button", name="Try again").click()
    refused.filter(has_text="Ada Brandt").get_by_role("button", name="Try again").click()
    refused.filter(has_text="unclear").get_by_role("button", name="Discard").click()
    expect(page.locator("#refused")).to_be_hidden()
    expect(page.locator("#progress-words")).to_have_text("1 of 3 decided")
    saved(page)
    assert outcomes() == ["add", "accept"]
    page.close()

    page = sit_down()
    expect(page.locator("#refused")).to_be_hidden()


def test_undo_takes_back_ones_own_rulings_and_never_a_colleagues(sit_down, task):
    page = sit_down()
    first, second, _third = (card["id"] for card in disputes.document(task)["cards"])
    page.keyboard.press("1")
    saved(page)
    colleague = adjudicator_of(task)
    for card in (first, second):
        task.refresh_from_db()
        adjudication.rule(
            task=task,
            card_id=card,
            by=colleague,
            at=TUESDAY,
            base_version=task.version,
            outcome="unclear",
        )
    page.keyboard.press("1")
    expect(page.locator("#message")).to_contain_text("was ruled on meanwhile")
    page.locator("#places button").nth(2).click()
    page.keyboard.press("0")
    saved(page)
    assert outcomes() == ["accept", "unclear", "unclear", "reject"]

    page.keyboard.press("u")
    saved(page)
    page.keyboard.press("u")

    expect(page.locator("#message")).to_contain_text("Nothing to undo")
    assert outcomes() == ["accept", "unclear", "unclear", "reject", "reopen"]


def test_a_lost_answer_makes_nothing_twice_and_nobody_else_of_oneself(sit_down, task):
    page = sit_down()
    to_lose, lost = [], []

    def drop_the_answer(route):
        if route.request.method not in to_lose:
            return route.continue_()
        to_lose.remove(route.request.method)
        lost.append(route.fetch().status)
        return route.abort()

    def losing(method):
        to_lose.append(method)
        return page.expect_event("requestfailed", lambda request: request.method == method)

    page.route(re.compile("/adjudication/(cards|spans)/"), drop_the_answer)
    with losing("PUT"):
        page.keyboard.press("1")
    saved(page)
    with losing("DELETE"):
        page.keyboard.press("u")
    saved(page)
    select_velmora(page)
    with losing("POST"):
        page.keyboard.press("e")
        page.keyboard.press("Enter")
    expect(page.locator(".added-rows li")).to_have_count(1)
    saved(page)
    with losing("DELETE"):
        page.get_by_role("button", name="Take back").click()
    saved(page)

    assert lost == [200, 200, 201, 200]
    assert outcomes() == ["accept", "reopen", "add", "withdraw"]
    expect(page.locator("#progress-words")).to_have_text("0 of 3 decided")
    expect(page.locator("#message")).not_to_contain_text("meanwhile")
