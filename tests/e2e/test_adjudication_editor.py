"""Another version of a place, made on the text: by keys, and by buttons on a phone."""

import pytest
from playwright.sync_api import expect

from annotations.models import Decision
from tests.factories import ArticleFactory, BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "🌊 Flood talks fail\n\nMayor Ada Brandt of Velmora told reporters that the dam office "
    "had sent no warning before the flood.\n"
)


def actor(quote):
    start = TEXT.index(quote)
    return [{"label": "actor", "start": start, "end": start + len(quote)}]


@pytest.fixture
def open_page(page, live_server, signed_in):
    """Open an article whose three coders differ on the borders of one name."""
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    task = coded_task(
        actor("Mayor Ada Brandt"),
        actor("Ada Brandt"),
        actor("Ada Brandt of Velmora"),
        batch=BatchFactory(project=project),
        article=ArticleFactory(project=project, text=TEXT),
    )
    signed_in(adjudicator_of(task))
    page.goto(f"{live_server.url}/tasks/{task.uuid}/")
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    return page


def decisions():
    """The rulings of people: outcome, and label and quote of each span."""
    return [
        (decision.outcome, [(row["label"], row["quote"]) for row in decision.spans])
        for decision in Decision.objects.filter(is_automatic=False).order_by("pk")
    ]


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def coders_of(page, quote):
    """Return the letter of the coder who has exactly these words."""
    choice = page.locator(".choice", has=page.get_by_text(f"“{quote}”", exact=True))
    return choice.locator(".coder").inner_text()


def shown_in(page, fill):
    """Return the words under a passing colour of the text."""
    return page.evaluate("(name) => [...(CSS.highlights.get(name) ?? [])].map(String)", fill)


def test_start_and_end_go_from_coder_to_coder_each_for_itself_and_then_by_word(open_page):
    page = open_page
    said = page.locator("#editor [role=status]")
    first = coders_of(page, "Mayor Ada Brandt")
    short = coders_of(page, "Ada Brandt")
    long = coders_of(page, "Ada Brandt of Velmora")

    press(page, "e")
    ends = ", ".join(sorted([first, short]))
    expect(said).to_have_text(f"Actor: “Mayor Ada Brandt” · starts as {first} · ends as {ends}")
    press(page, "Shift+ArrowRight")
    expect(said).to_have_text(
        f"Actor: “Mayor Ada Brandt of Velmora” · starts as {first} · ends as {long}"
    )
    press(page, "ArrowRight", "ArrowRight", "Shift+ArrowRight")
    expect(said).to_have_text("Actor: “Brandt of Velmora told”")
    press(page, "Shift+Control+ArrowLeft", "c")
    expect(said).to_have_text(f"Claim: “Brandt of Velmora” · ends as {long}")
    assert shown_in(page, "sel") == ["Brandt of Velmora"]
    expect(page.locator("#editor .score-row[data-coder=✎] .score-bar")).to_have_text("Claim")
    press(page, "Enter")
    saved(page)

    assert decisions() == [("edit", [("claim", "Brandt of Velmora")])]
    assert shown_in(page, "sel") == []
    expect(page.locator("#message")).to_contain_text("Everything is decided")


@pytest.mark.slow
def test_a_version_may_hold_several_spans_and_leaving_it_rules_nothing(open_page):
    page = open_page
    drafts = page.locator("#editor ol li")
    press(page, "e", "Shift+Enter", "l")
    expect(drafts).to_have_text(
        ["Actor: “Mayor Ada Brandt”", "Location: “Mayor Ada Brandt of Velmora”"]
    )
    assert shown_in(page, "preview") == ["Mayor Ada Brandt"]
    press(page, "Escape")
    expect(page.locator("#editor")).to_be_hidden()
    expect(page.locator(".choice:focus")).to_have_count(1)
    assert decisions() == []

    press(page, "e", "Shift+Enter", "Shift+Enter", "Delete", "n", "Delete", "Enter")
    saved(page)

    assert decisions() == [("edit", [("actor", "Mayor Ada Brandt of Velmora")])]


@pytest.mark.slow
def test_a_span_that_nobody_coded_is_added_from_a_selection_by_buttons_on_a_phone(open_page):
    page = open_page
    page.set_viewport_size({"width": 390, "height": 700})
    page.locator("#doc p", has_text="reporters").evaluate(
        """(element) => {
            const { firstChild } = element;
            const at = firstChild.data.indexOf("reporters");
            getSelection().setBaseAndExtent(firstChild, at + 1, firstChild, at + 5);
        }"""
    )

    page.locator("[data-command=edit]").click()
    editor = page.get_by_role("group", name="A span that nobody coded")
    editor.get_by_role("button", name="Location").click()
    editor.get_by_role("button", name="Start further left").click()
    expect(editor.get_by_role("status")).to_have_text("Location: “told reporters”")
    editor.get_by_role("button", name="Rule so").click()
    saved(page)
    assert decisions() == [("add", [("location", "told reporters")])]

    page.keyboard.press("u")
    expect(page.locator(".added-rows li")).to_have_count(0)
    saved(page)
    assert [outcome for outcome, _ in decisions()] == ["add", "withdraw"]
