import re

import pytest
from playwright.sync_api import expect

from annotations.actions import adjudication
from annotations.enums import TaskState
from annotations.models import Decision, Gold, RulingDraft, Task
from annotations.queries import disputes
from tests.e2e.barriers import COLOURS, barriers
from tests.e2e.seats import sitting_down
from tests.factories import TUESDAY, ArticleFactory, BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task, resubmit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "🌊 Flood talks fail\n\nMayor Ada Brandt of Velmora told reporters that the dam office "
    "had sent no warning before the flood.\n"
)


def span(label, quote, **details):
    start = TEXT.index(quote)
    return {"label": label, "start": start, "end": start + len(quote), **details}


@pytest.fixture
def task():
    """An article with an emoji, on which two coders agree once and differ three times."""
    project = ProjectFactory(settings={"auto_finish": False, "reasons": ["The book says so"]})
    CodebookFactory(project=project)
    article = ArticleFactory(project=project, text=TEXT, meta={"title": "Flood talks fail"})
    return coded_task(
        [
            span("location", "Velmora"),
            span("actor", "Mayor Ada Brandt"),
            span("actor", "the dam office"),
            span("event", "the flood."),
        ],
        [
            span("location", "Velmora"),
            span("actor", "Ada Brandt"),
            span("claim", "the dam office"),
        ],
        batch=BatchFactory(project=project),
        article=article,
    )


@pytest.fixture
def open_page(page, live_server, signed_in, task):
    """Open the task as its adjudicator and wait until the page is ready."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    signed_in(adjudicator_of(task))
    with sitting_down(page):
        page.goto(f"{live_server.url}/tasks/{task.uuid}/")
    yield page
    assert faults == []


def decisions():
    """The rulings of people: outcome and quotes, in the order they came."""
    return [
        (decision.outcome, [row["quote"] for row in decision.spans])
        for decision in Decision.objects.filter(is_automatic=False).order_by("pk")
    ]


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def key_of(page, quote):
    """Return the digit of the version whose words are ``quote``."""
    choice = page.locator(".choice", has_text=f"“{quote}”")
    return choice.locator("kbd").inner_text()


def test_an_article_is_adjudicated_with_one_key_for_each_place(open_page, live_server, task):
    page = open_page
    expect(page.locator("[data-part=place]")).to_have_text("Place 1 of 3")
    expect(page.locator("[data-part=kind]")).to_have_text("Boundaries differ")
    assert decisions() == []

    page.keyboard.press(key_of(page, "Ada Brandt"))
    expect(page.locator("[data-part=kind]")).to_have_text("Labels differ")
    page.keyboard.press("x")
    expect(page.locator("[data-part=kind]")).to_contain_text("Missing in")
    page.keyboard.press("0")
    expect(page.locator("#message")).to_contain_text("Everything is decided")
    expect(page.locator("#progress-words")).to_have_text("3 of 3 decided")
    saved(page)

    assert decisions() == [("accept", ["Ada Brandt"]), ("unclear", []), ("reject", [])]

    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing waits for a ruling")).to_be_visible()
    gold = Gold.objects.get()
    assert [(row["quote"], row["source"]) for row in gold.spans] == [
        ("Ada Brandt", "adjudicated"),
        ("Velmora", "unanimous"),
    ]
    for row in gold.spans:
        assert TEXT[row["start"] : row["end"]] == row["quote"]
    assert Task.objects.get().state == TaskState.ADJUDICATED


@pytest.mark.slow
def test_nothing_is_ruled_by_looking_and_the_focus_stands_on_the_most_chosen(open_page):
    page = open_page

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")

    expect(page.locator("[data-part=place]")).to_have_text("Place 2 of 3")
    expect(page.locator(".choice:focus")).to_have_count(1)
    expect(page.locator(".choice[aria-pressed=true]")).to_have_count(0)
    assert decisions() == []


def test_undo_takes_the_last_ruling_back_by_a_new_decision(open_page):
    page = open_page
    page.keyboard.press("1")
    page.keyboard.press("0")
    saved(page)

    page.keyboard.press("u")
    expect(page.locator("[data-part=place]")).to_have_text("Place 2 of 3")
    page.keyboard.press("u")
    expect(page.locator("[data-part=place]")).to_have_text("Place 1 of 3")
    saved(page)

    assert [outcome for outcome, _ in decisions()] == ["accept", "reject", "reopen", "reopen"]
    expect(page.locator("#progress-words")).to_have_text("0 of 3 decided")


@pytest.mark.slow
def test_reason_and_note_go_with_the_ruling(open_page):
    page = open_page

    page.keyboard.press("m")
    page.keyboard.type("Titles belong to names: 1.")
    page.get_by_label("Reason").fill("The book says so")
    page.keyboard.press("Escape")
    page.keyboard.press(key_of(page, "Mayor Ada Brandt"))
    saved(page)

    decision = Decision.objects.get(is_automatic=False)
    assert (decision.reason, decision.note) == ("The book says so", "Titles belong to names: 1.")
    page.keyboard.press("k")
    expect(page.get_by_label("Reason")).to_have_value("The book says so")


@pytest.mark.slow
def test_what_was_begun_beside_a_place_is_there_when_one_comes_back(open_page):
    page = open_page
    reason, sure, note = (page.get_by_label(name) for name in ("Reason", "Sure", "Note to"))
    page.keyboard.press("m")
    page.keyboard.type("Ask the desk.")
    sure.fill("60")
    page.locator("#remarks summary").click()
    page.get_by_label("Your remark").fill("Who knows")
    page.locator("#places button").nth(1).click()
    expect(note).to_have_value("")
    expect(page.get_by_label("Your remark")).to_be_hidden()

    page.keyboard.press("k")
    expect(page.get_by_label("Your remark")).to_have_value("Who knows")
    page.keyboard.press("1")
    saved(page)

    decision = Decision.objects.get(is_automatic=False)
    assert (decision.note, decision.confidence) == ("Ask the desk.", 60)
    page.get_by_label("decided automatically").check()
    page.locator("#places button", has_text="Velmora").click()
    for field in (reason, sure, note):
        expect(field).to_have_value("")


@pytest.mark.slow
def test_a_double_click_or_a_key_held_down_rules_once_and_an_archived_project_takes_none(
    open_page, task
):
    page = open_page
    page.locator(".choice").first.click()
    page.locator(".choice").first.dispatch_event("click", {"detail": 2})
    expect(page.locator("[data-part=place]")).to_have_text("Place 2 of 3")
    for _ in range(3):
        page.keyboard.down("x")
    page.keyboard.up("x")
    expect(page.locator("[data-part=place]")).to_have_text("Place 3 of 3")
    saved(page)
    assert [outcome for outcome, _ in decisions()] == ["accept", "unclear"]

    project = task.batch.project
    project.archived_at = TUESDAY
    project.save(update_fields=["archived_at"])
    page.reload()
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    expect(page.get_by_role("button", name="Finish")).to_have_count(0)
    page.keyboard.press("0")
    expect(page.locator("#message")).to_contain_text("archived")
    assert len(decisions()) == 2
    assert not RulingDraft.objects.exists()


@pytest.mark.slow
def test_an_added_span_can_be_taken_back_on_a_later_visit(open_page, task):
    page = open_page
    start = TEXT.index("reporters")
    adjudication.add_span(
        task=task,
        by=adjudicator_of(task),
        at=TUESDAY,
        base_version=task.version,
        label="actor",
        start=start,
        end=start + len("reporters"),
    )
    page.reload()

    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".added-rows li")).to_have_count(0)
    saved(page)

    assert decisions() == [("add", ["reporters"]), ("withdraw", [])]


def test_a_ruling_of_somebody_else_meanwhile_is_not_overwritten(open_page, task):
    page = open_page
    task.refresh_from_db()
    first, second, _third = [
        card["id"] for card in disputes.document(task)["cards"] if not card["decision"]
    ]
    colleague = adjudicator_of(task)
    for version, card in enumerate((first, second), start=task.version):
        adjudication.rule(
            task=task,
            card_id=card,
            by=colleague,
            at=TUESDAY,
            base_version=version,
            outcome="reject",
        )

    page.keyboard.press("1")

    expect(page.locator("#message")).to_contain_text("This place was ruled on meanwhile")
    expect(page.locator("[data-part=ruling]")).to_contain_text(colleague.username)
    assert decisions() == [("reject", []), ("reject", [])]

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("0")
    saved(page)
    assert len(decisions()) == 3


@pytest.mark.slow
def test_a_ruling_on_an_untouched_place_is_sent_again_after_a_colleagues(open_page, task):
    page = open_page
    last = disputes.document(task)["cards"][-1]["id"]
    adjudication.rule(
        task=task,
        card_id=last,
        by=adjudicator_of(task),
        at=TUESDAY,
        base_version=task.version,
        outcome="reject",
    )

    page.keyboard.press(key_of(page, "Ada Brandt"))
    saved(page)

    assert decisions() == [("reject", []), ("accept", ["Ada Brandt"])]


def test_rulings_wait_for_the_connection_and_arrive_in_order(open_page, context):
    page = open_page
    context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("x")
    page.keyboard.press("0")
    expect(page.locator("#save-badge")).to_contain_text("3 decisions wait")
    assert decisions() == []

    context.set_offline(False)
    saved(page)

    assert [outcome for outcome, _ in decisions()] == ["accept", "unclear", "reject"]


@pytest.mark.slow
def test_work_is_returned_after_the_rulings_before_it_and_closes_the_page(
    open_page, context, task
):
    page = open_page
    context.set_offline(True)
    page.keyboard.press(key_of(page, "Ada Brandt"))
    expect(page.locator("#save-badge")).to_contain_text("1 decision waits")
    page.get_by_role("button", name=re.compile("Return work")).click()
    dialog = page.get_by_role("dialog", name="Return a coder’s work")
    dialog.get_by_label("What to look at").fill("Look at the mayor.")
    dialog.get_by_role("button", name="Return").click()
    expect(page.locator("#message")).to_have_text("Saving…")
    context.set_offline(False)

    expect(page.locator("#message")).to_contain_text("Coders are still at work")
    assert task.assignments.get(state="returned").return_note == "Look at the mayor."
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    page.keyboard.press("0")
    assert decisions() == [("accept", ["Ada Brandt"])]


def test_a_ruling_on_work_that_changed_is_confirmed_with_one_key(open_page, task):
    page = open_page
    page.keyboard.press(key_of(page, "Ada Brandt"))
    saved(page)
    card = disputes.document(task)["cards"][0]
    coder = next(c["coder"] for c in card["candidates"] if c["spans"][0]["quote"] == "Ada Brandt")
    resubmit(task, coder, [span("location", "Velmora"), span("actor", "Brandt of Velmora")])
    page.reload()

    expect(page.locator("[data-part=ruling]")).to_contain_text("confirm")
    expect(page.locator("#progress-words")).to_contain_text("0 of")
    page.keyboard.press(key_of(page, "Ada Brandt"))
    saved(page)

    assert decisions() == [("accept", ["Ada Brandt"]), ("edit", ["Ada Brandt"])]


@pytest.mark.slow
def test_the_bars_of_the_score_stand_under_the_words_that_the_coder_marked(open_page):
    page = open_page
    coder = page.locator(".choice", has_text="“Ada Brandt”").locator(".coder").inner_text()
    row = page.locator(f".score-row[data-coder={coder}]").first
    bar = row.locator(".score-bar:not(.is-faded)").bounding_box()

    words = page.locator(".score-line:has(.score-bar) > p").first.evaluate(
        """({ firstChild }) => {
            const at = firstChild.data.indexOf("Ada Brandt");
            const range = document.createRange();
            range.setStart(firstChild, at);
            range.setEnd(firstChild, at + "Ada Brandt".length);
            return range.getBoundingClientRect().toJSON();
        }"""
    )

    assert abs(bar["x"] - words["x"]) < 1
    assert abs(bar["width"] - words["width"]) < 1


@pytest.mark.slow
def test_on_a_phone_the_card_leaves_its_place_in_the_text_to_be_read(open_page):
    open_page.set_viewport_size({"width": 390, "height": 700})
    for _place in range(2):
        open_page.keyboard.press("j")
        place = open_page.locator(".place.is-current").last.bounding_box()
        card = open_page.locator(".adjudication-desk").bounding_box()
        assert place["y"] + place["height"] <= card["y"]
        assert 0 < card["height"] < 350
        assert card["y"] + card["height"] == 700


def test_the_page_is_accessible_and_never_wider_than_the_window(open_page):
    page = open_page
    page.keyboard.press("1")
    page.keyboard.press("e")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.emulate_media(color_scheme="light")
        assert barriers(page) == [], width
        page.emulate_media(color_scheme="dark")
        assert barriers(page, **COLOURS) == [], width


@pytest.mark.slow
def test_the_queue_is_accessible_and_leads_to_the_first_article(
    page, live_server, signed_in, task
):
    signed_in(adjudicator_of(task))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/projects/{task.batch.project.slug}/adjudication/")

    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page, **COLOURS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Start with the first").click()
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    expect(page.locator("h1")).to_have_text("Flood talks fail")


def test_a_hostile_text_is_only_text(page, live_server, signed_in):
    hostile = "<img src=x onerror=alert(1)> said <b>no</b>"
    project = ProjectFactory(settings={"auto_finish": False})
    task = coded_task(
        [{"label": "actor", "start": 0, "end": 28}],
        [],
        batch=BatchFactory(project=project),
        article=ArticleFactory(project=project, text=hostile, meta={"title": hostile}),
    )
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    signed_in(adjudicator_of(task))

    page.goto(f"{live_server.url}/tasks/{task.uuid}/")

    expect(page.locator(".choice-quote")).to_have_text("“<img src=x onerror=alert(1)>”")
    assert page.locator("main img").count() == 0
    assert dialogs == []
