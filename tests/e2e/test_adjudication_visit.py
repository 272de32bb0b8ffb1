"""From article to article: the next one of the queue comes at once, and undo leads back."""

import re

import pytest
from playwright.sync_api import expect

from annotations.actions import adjudication
from annotations.enums import TaskState
from annotations.models import Decision, Task
from tests.factories import ArticleFactory, BatchFactory, CodebookFactory, ProjectFactory
from tests.stack import wait_until
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def batch():
    project = ProjectFactory(settings={"auto_finish": True})
    CodebookFactory(project=project)
    return BatchFactory(project=project)


@pytest.fixture
def sit_down(page, live_server, signed_in):
    """Return a function that opens a task and waits until what comes next is known, too."""

    def open_task(task, query=""):
        signed_in(adjudicator_of(task))
        page.goto(f"{live_server.url}/tasks/{task.uuid}/{query}")
        expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
        page.wait_for_load_state("networkidle")
        # It is gone when the page is loaded anew.
        page.evaluate("window.isSamePage = true")
        return page

    return open_task


def dispute(batch, name, *, kind="boundary"):
    """Return a task about somebody of that name, whose question is asked nowhere else."""
    text = f"🌊 Mayor {name} of Velmora spoke of the dam."
    article = ArticleFactory(project=batch.project, text=text, meta={"title": name})
    end = text.index(" of Velmora")
    narrow = {"label": "actor", "start": text.index(name), "end": end}
    other = {"start": text.index("Mayor")} if kind == "boundary" else {"label": "location"}
    return coded_task([narrow], [narrow | other], batch=batch, article=article)


def headline(page):
    return page.locator("h1")


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def states(*tasks):
    return [Task.objects.get(pk=task.pk).state for task in tasks]


def test_the_next_article_of_the_same_queue_comes_with_the_last_key_and_undo_leads_back(
    batch, sit_down
):
    first = dispute(batch, "First")
    dispute(batch, "Another question", kind="label")
    held = dispute(batch, "In other hands")
    adjudication.take(task=held, by=adjudicator_of(held))
    second = dispute(batch, "Second")
    page = sit_down(first, "?kind=boundary")
    address = page.url

    page.keyboard.press("1")
    expect(headline(page)).to_have_text("Second")
    expect(page.locator("#message")).to_contain_text("The next article: Second")
    expect(page).to_have_url(re.compile(f"/tasks/{second.uuid}/\\?kind=boundary$"))
    expect(page).to_have_title(re.compile("Second"))
    expect(page.locator(".choice:focus")).to_have_count(1)
    saved(page)
    assert states(first, second) == [TaskState.ADJUDICATED, TaskState.CODED]

    page.keyboard.press("u")
    expect(headline(page)).to_have_text("First")
    expect(page.locator("#progress-words")).to_have_text("0 of 1 decided")
    saved(page)
    assert page.url == address
    assert page.evaluate("isSamePage")
    assert states(first) == [TaskState.ADJUDICATING]
    assert Decision.objects.latest("pk").outcome == "reopen"

    page.keyboard.press("0")
    expect(headline(page)).to_have_text("Second")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("0")
    page.wait_for_url("**/adjudication/?kind=boundary")
    expect(page.get_by_role("link", name="In other hands")).to_be_visible()
    assert states(first, second, held) == ["adjudicated", "adjudicated", "coded"]


@pytest.mark.slow
def test_without_a_connection_the_way_on_stays_open_and_all_is_sent_later(
    batch, sit_down, context
):
    first, second = dispute(batch, "First"), dispute(batch, "Second")
    page = sit_down(first)

    context.set_offline(True)
    page.keyboard.press("1")
    expect(headline(page)).to_have_text("Second")
    page.keyboard.press("0")
    expect(page.locator("#save-badge")).to_contain_text("4 decisions wait")
    assert not Decision.objects.filter(is_automatic=False).exists()
    context.set_offline(False)
    saved(page)

    outcomes = Decision.objects.filter(is_automatic=False).order_by("pk").values_list("outcome")
    assert sorted(outcomes) == [("accept",), ("reject",)]
    assert states(first, second) == ["adjudicated", "adjudicated"]


@pytest.mark.slow
def test_an_article_that_a_colleague_has_sat_down_at_meanwhile_is_passed_over(batch, sit_down):
    first, second, third = (dispute(batch, title) for title in ("First", "Second", "Third"))
    page = sit_down(first)
    colleague = adjudicator_of(second)
    adjudication.take(task=second, by=colleague)

    page.keyboard.press("1")

    expect(headline(page)).to_have_text("Third")
    expect(page.locator("#held")).to_be_hidden()
    saved(page)
    wait_until(lambda: Task.objects.get(pk=third.pk).taken_by, what="the third to be taken")
    second.refresh_from_db()
    assert second.taken_by == colleague


@pytest.mark.slow
def test_a_key_too_many_rules_on_nothing_while_the_next_article_is_awaited(batch, sit_down):
    first = dispute(batch, "First")
    dispute(batch, "Second")
    asked = []
    page = sit_down(first)
    page.route("**/adjudication/next/*", lambda route: asked.append(route), times=1)
    page.reload()
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")

    page.keyboard.press("1")
    page.keyboard.press("0")
    expect(page.locator("#message")).to_contain_text("This article is finished")
    asked[0].continue_()
    expect(headline(page)).to_have_text("Second")
    saved(page)

    by_hand = Decision.objects.filter(is_automatic=False)
    assert [decision.outcome for decision in by_hand] == ["accept"]


@pytest.mark.slow
def test_undo_before_the_next_article_has_come_keeps_the_person_at_this_one(batch, sit_down):
    first = dispute(batch, "First")
    dispute(batch, "Second")
    asked = []
    page = sit_down(first)
    page.route("**/adjudication/next/*", lambda route: asked.append(route), times=1)
    page.reload()
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")

    page.keyboard.press("1")
    page.keyboard.press("u")
    expect(page.locator("#progress-words")).to_have_text("0 of 1 decided")
    saved(page)
    asked[0].continue_()
    assert states(first) == [TaskState.ADJUDICATING]
    assert Decision.objects.latest("pk").outcome == "reopen"

    page.keyboard.press("0")
    expect(headline(page)).to_have_text("Second")
    saved(page)
    assert states(first) == [TaskState.ADJUDICATED]


@pytest.mark.slow
def test_where_people_finish_the_page_waits_for_them(batch, sit_down):
    batch.project.settings["auto_finish"] = False
    batch.project.save(update_fields=["settings"])
    first = dispute(batch, "First")
    dispute(batch, "Second")
    page = sit_down(first)

    page.keyboard.press("1")
    expect(page.locator("#message")).to_contain_text("Everything is decided")
    expect(page.locator("#finish")).to_be_focused()
    saved(page)
    assert states(first) == [TaskState.ADJUDICATING]

    page.keyboard.press("Control+Enter")
    expect(headline(page)).to_have_text("Second")
    saved(page)
    assert states(first) == [TaskState.ADJUDICATED]
