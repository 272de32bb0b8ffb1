"""Attributes and links that coders differ in, ruled slot by slot in the browser."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from annotations.models import Decision
from tests.e2e.barriers import barriers
from tests.factories import ArticleFactory, BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "🌊 Mayor Ada Brandt said the talks had failed. The dam office, said Brandt, sent no warning. "
    "Nobody knows when the flood began."
)


def span(label, quote, *speakers, **values):
    start = TEXT.index(quote)
    return {
        "id": str(uuid4()),
        "label": label,
        "start": start,
        "end": start + len(quote),
        "attributes": [{"name": name, "value": value} for name, value in values.items()],
        "links": [{"name": "speaker", "target": speaker["id"]} for speaker in speakers],
    }


def coding(speaker, *more, **values):
    """The same three spans, a claim among them, and whatever else this coder has."""
    mayor, office = span("actor", "Mayor Ada Brandt"), span("actor", "The dam office")
    who = {"mayor": mayor, "office": office}[speaker]
    claim = span("claim", "the talks had failed", who, words="said", **values)
    return [mayor, office, claim, *more]


@pytest.fixture
def page(page, live_server, signed_in):
    """The adjudication page of an article on which three coders differ in two claims.

    All mark the talks: one with another stance, another one with another speaker. Two of them
    mark the warning, with different stances and words.
    """
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project, labels__required=["stance"])
    supports = span("claim", "sent no warning", stance="supports", words="sent")
    opposes = span("claim", "sent no warning", stance="opposes", words="no warning")
    task = coded_task(
        coding("mayor", supports, stance="supports"),
        coding("mayor", opposes, stance="opposes"),
        coding("office", stance="opposes"),
        batch=BatchFactory(project=project),
        article=ArticleFactory(project=project, text=TEXT),
    )
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    signed_in(adjudicator_of(task))
    page.goto(f"{live_server.url}/tasks/{task.uuid}/")
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    yield page
    assert faults == []


def value(page, slot, name):
    """The radio button of a value."""
    return page.get_by_role("radiogroup", name=slot).get_by_role("radio", name=name)


def press(page, radio):
    page.keyboard.press(radio.locator("kbd").inner_text())


def saved(page):
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")


def rulings():
    return Decision.objects.filter(is_automatic=False).order_by("pk")


def test_each_slot_takes_a_digit_and_the_last_one_rules_a_version_that_nobody_gave(page):
    opposes, supports = value(page, "stance", "opposes"), value(page, "stance", "supports")
    mayor, office = value(page, "speaker", "Mayor"), value(page, "speaker", "office")
    expect(opposes).to_be_focused()
    expect(opposes.locator(".coder")).to_have_count(2)
    expect(page.locator("[role=radio][aria-checked=true]")).to_have_count(0)
    expect(page.locator(".slot-span .choice-details")).to_have_text("words: said")

    press(page, opposes)
    expect(mayor).to_be_focused()
    expect(opposes).to_have_attribute("aria-checked", "true")
    page.keyboard.press("u")
    expect(opposes).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(supports).to_be_focused()
    expect(page.locator("[role=radio][aria-checked=true]")).to_have_count(0)
    assert not rulings().exists()

    page.keyboard.press("Enter")
    press(page, office)
    saved(page)
    expect(page.locator("[data-part=kind]")).to_contain_text("Missing in")

    decision = rulings().get()
    assert decision.outcome == "edit"
    (ruled,) = decision.spans
    assert TEXT[ruled["start"] : ruled["end"]] == "the talks had failed"
    assert ruled["attributes"] == [
        {"name": "stance", "value": "supports"},
        {"name": "words", "value": "said"},
    ]
    expect(page.locator("#progress-words")).to_have_text("1 of 2 decided")
    page.keyboard.press("k")
    expect(supports).to_have_attribute("aria-checked", "true")
    expect(office).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Backspace")
    saved(page)
    page.keyboard.press("u")
    saved(page)
    assert [made.outcome for made in rulings()] == ["edit", "reject", "edit"]
    assert rulings().last().spans == decision.spans


@pytest.mark.slow
def test_slots_follow_the_version_whose_coders_differ_and_lead_back_to_all(page):
    page.keyboard.press("j")
    expect(page.locator(".choice-details")).to_have_text("different: stance, words")

    page.keyboard.press("1")
    expect(page.get_by_role("radiogroup", name="stance")).to_be_visible()
    expect(page.locator(".choices")).to_be_hidden()
    page.keyboard.press("0")
    expect(page.locator("#message")).to_contain_text("stance can’t be left empty")
    page.keyboard.press("Escape")
    expect(page.locator(".choices .choice").first).to_be_focused()
    page.keyboard.press("1")
    press(page, value(page, "stance", "supports"))
    page.get_by_role("textbox", name="Another value of words").fill("sent no 1")
    page.keyboard.press("Enter")
    saved(page)

    decision = rulings().get()
    assert decision.outcome == "edit"
    assert decision.spans[0]["attributes"] == [
        {"name": "stance", "value": "supports"},
        {"name": "words", "value": "sent no 1"},
    ]


@pytest.mark.slow
def test_an_edit_asks_for_what_its_coders_differ_in_and_0_is_none(page):
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    press(page, value(page, "stance", "opposes"))
    page.keyboard.press("0")
    saved(page)

    (ruled,) = rulings().get().spans
    assert ruled["quote"] == "no warning"
    assert ruled["attributes"] == [{"name": "stance", "value": "opposes"}]


@pytest.mark.slow
def test_slots_are_accessible_and_never_wider_than_the_window(page):
    press(page, value(page, "stance", "opposes"))
    for width, scheme in ((390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)

        assert barriers(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        radio = value(page, "speaker", "Mayor").bounding_box()
        assert radio["y"] + radio["height"] <= 800
