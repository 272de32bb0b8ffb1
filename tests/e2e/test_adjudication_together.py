"""What goes beyond one place and one person: alike places, several versions, two adjudicators."""

import pytest
from playwright.sync_api import expect

from annotations.models import Decision
from tests.e2e.seats import sitting_down
from tests.factories import ArticleFactory, BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = "🌊 Mayor Ada Brandt spoke of the dam."
THERE = "The dam, mayor Ada Brandt said later, would hold."


def marks(text, *quotes):
    found = []
    for quote in quotes:
        start = text.casefold().index(quote.casefold())
        found.append({"label": "actor", "start": start, "end": start + len(quote)})
    return found


def dispute(batch, text):
    article = ArticleFactory(project=batch.project, text=text)
    versions = (marks(text, "Mayor Ada Brandt"), marks(text, "Ada Brandt"))
    return coded_task(*versions, batch=batch, article=article)


@pytest.fixture
def tasks():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    batch = BatchFactory(project=project)
    return [dispute(batch, text) for text in (HERE, THERE)]


@pytest.fixture
def sit_down(page, live_server, signed_in):
    def open_task(task, who):
        signed_in(who)
        with sitting_down(page):
            page.goto(f"{live_server.url}/tasks/{task.uuid}/")
        return page

    return open_task


def in_force(task):
    (card,) = task.cards.select_related("decision")
    return card.decision and [row["quote"] for row in card.decision.spans]


def press(page, quote):
    choice = page.locator(".choice", has_text=f"“{quote}”")
    page.keyboard.press(choice.locator("kbd").inner_text())


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def test_one_ruling_holds_for_all_places_that_ask_the_same_and_one_undo_takes_it_back(
    tasks, sit_down
):
    here, there = tasks
    page = sit_down(here, adjudicator_of(here))
    message = page.locator("#message")
    expect(page.locator("#alike")).to_contain_text("The same question waits in 1 other place.")

    press(page, "Ada Brandt")
    expect(message).to_contain_text("A rules alike")
    saved(page)
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Rule alike everywhere")
    expect(dialog.locator("mark")).to_have_text("mayor Ada Brandt")
    dialog.get_by_role("button", name="Apply to 1 place").click()
    expect(message).to_contain_text("Ruled alike in 1 place")
    assert in_force(there) == ["Ada Brandt"]

    page.keyboard.press("u")
    expect(message).to_contain_text("Taken back in 1 place")
    assert in_force(there) is None
    assert in_force(here) == ["Ada Brandt"]


@pytest.mark.slow
def test_how_the_same_words_were_ruled_stands_beside_the_next_place(tasks, sit_down):
    here, there = tasks
    ruler = adjudicator_of(here)
    page = sit_down(here, ruler)
    press(page, "Ada Brandt")
    saved(page)

    page = sit_down(there, ruler)

    expect(page.locator("#alike")).to_contain_text("These words were ruled before: 1 × Actor.")


@pytest.mark.slow
def test_what_was_ruled_without_a_connection_is_sent_on_the_next_visit(tasks, sit_down, context):
    here, _ = tasks
    ruler = adjudicator_of(here)
    page = sit_down(here, ruler)
    expect(page.locator("#alike")).to_be_visible()
    context.set_offline(True)
    press(page, "Ada Brandt")
    expect(page.locator("#save-badge")).to_contain_text("1 decision waits")
    address = page.url
    page.close()
    assert in_force(here) is None

    context.set_offline(False)
    again = context.new_page()
    again.goto(address)

    saved(again)
    expect(again.locator("#progress-words")).to_have_text("1 of 1 decided")
    assert in_force(here) == ["Ada Brandt"]


def test_the_second_adjudicator_sees_who_is_there_takes_over_and_keeps_both_versions(
    tasks, sit_down
):
    here, _ = tasks
    first, second = adjudicator_of(here), adjudicator_of(here)
    page = sit_down(here, first)
    page.locator("#remarks summary").click()
    page.get_by_label("Your remark").fill("Is the title part of the name?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#remarks li")).to_contain_text("Is the title part of the name?")

    page = sit_down(here, second)
    expect(page.locator("#held")).to_contain_text(f"{first.username} is at this article.")
    page.keyboard.press("1")
    expect(page.locator("#message")).to_contain_text("Take it over first")
    assert not Decision.objects.filter(is_automatic=False).exists()

    page.get_by_role("button", name="Take over").click()
    expect(page.locator("#held")).to_be_hidden()
    page.locator("#remarks summary").click()
    expect(page.locator("#remarks li")).to_contain_text(first.username)
    page.locator("#message").click()
    for key in ("b", "1", "2", "b"):
        page.keyboard.press(key)
    saved(page)
    assert in_force(here) == ["Mayor Ada Brandt", "Ada Brandt"]
