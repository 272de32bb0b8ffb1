"""Coding an article by keyboard, from the first span to handing it in."""

import pytest
from playwright.sync_api import expect

from annotations.enums import AssignmentState
from tests.e2e.desk import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SENTENCE = "Mayor Ada Brandt said in Velmora that the talks had failed."

DENSE = [
    "Mayor Ada Brandt told Velmora harbour talks would resume before the fair.",
    "Prefect Ilie Marin told Ostrava night marches were over for good.",
    "The port authority told Kesmar dock closures could last until autumn.",
    "Union leader Osei told Dalby wage talks had broken down again.",
    "Minister Karine Adamyan told Gorna border closures would end this week.",
    "The bishop told Lumen memorial services had drawn thousands of mourners.",
    "General Tomas Reuter told Ankel cease fires were being kept.",
    "The relief agency told Sorrel food deliveries had reached every village.",
    "Envoy Lilit Hovsep told Marest peace talks were close to a result.",
    "The court told Velmora bail hearings would be held in public.",
    "Governor Pinar Aksoy told Tessin flood repairs needed another year.",
    "The teachers told Ostrava school strikes would go on after Easter.",
    "Doctor Noor Haddad told Kesmar hospital raids had killed two nurses.",
]


def test_an_article_is_coded_without_the_mouse_and_a_second_label_is_one_more_key(desk_with):
    desk = desk_with(TEXT)

    desk.press("ArrowDown", "Home", "Shift+ArrowRight", "Shift+ArrowRight", "a")
    desk.press("s", "c")
    desk.tag("velm", "l")
    desk.tag("strike", "3")

    coded = [
        ("event", "strike"),
        ("actor", "Mayor Ada Brandt"),
        ("claim", SENTENCE),
        ("location", "Velmora"),
    ]
    assert desk.stored() == coded
    assert desk.shown()[:2] == ["Event:\nstrike", f"Claim:\n{SENTENCE}"]

    desk.press("a")
    desk.press("a")

    expect(desk.message).to_have_text("These words are Actor already.")
    assert desk.stored() == [("actor", "strike"), *coded]


def test_a_span_is_opened_changed_and_deleted_and_enter_goes_outwards_from_it(desk_with):
    desk = desk_with(TEXT)
    desk.tag("ada", "l")

    desk.press("Enter")
    expect(desk.mode).to_have_text("SPAN")
    desk.press("a", "Shift+ArrowRight", "o", "Shift+ArrowLeft", "Escape")
    expect(desk.mode).to_have_text("TEXT")
    assert desk.stored() == [("actor", "Mayor Ada Brandt")]

    desk.press("Enter", "Delete")
    assert desk.stored() == []
    expect(desk.surface).to_be_focused()

    desk.tag("brandt", "a")
    desk.press("s", "c", "Escape")
    active = desk.page.locator("#span-list [aria-current]")
    desk.press("Control+Home")
    desk.jump("brandt")
    desk.press("Enter")
    expect(active).to_contain_text("Actor")
    desk.press("Enter")
    expect(active).to_contain_text("Claim")
    desk.press("Enter")
    expect(active).to_contain_text("Actor")


def test_undo_and_redo_restore_spans_and_selection_and_take_back_a_tagging_of_all_same_words(
    desk_with,
):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")
    desk.tag("ada", "a", words=2)

    desk.press("u", "u")
    assert desk.stored() == []
    desk.press("Shift+U", "Shift+U")
    assert desk.stored() == [("actor", "Ada Brandt"), ("location", "Velmora")]

    desk.press("Enter", "x", "u", "l")
    assert desk.stored() == [("location", "Ada Brandt"), ("location", "Velmora")]
    desk.press("u", "u", "u", "u")
    assert desk.stored() == []

    desk.tag("velm", "l")
    desk.press("t")
    expect(desk.message).to_contain_text("1 more place")
    desk.press("Escape")
    assert desk.stored() == [("location", "Velmora")]
    desk.press("t", "Enter")
    assert desk.stored() == [("location", "Velmora")] * 2
    desk.press("u")
    assert desk.stored() == [("location", "Velmora")]


@pytest.mark.slow
def test_keys_and_codebook_are_one_key_away_and_growing_steps_to_the_sentence_and_back(desk_with):
    desk = desk_with(TEXT)

    desk.press("?")
    expect(desk.page.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.press("Escape", "h")
    expect(desk.page.get_by_role("dialog", name="Actor")).to_be_visible()
    desk.press("Escape", "ArrowRight", "a")
    assert desk.stored() == [("actor", "strike")]

    desk.jump("talks")
    desk.press("s", "s", "Shift+S", "c", "Shift+S", "e")
    assert desk.stored() == [("actor", "strike"), ("claim", SENTENCE), ("event", "talks")]


@pytest.mark.slow
def test_characters_can_be_selected_where_words_are_glued(desk_with):
    desk = desk_with("A report from BakuPolitics today.")
    desk.jump("bakup")

    desk.press(*["Control+Shift+ArrowLeft"] * len("Politics"), "l")

    assert desk.stored() == [("location", "Baku")]


def test_offsets_survive_every_pitfall_of_text(desk_with):
    text = (
        "\n👩‍👩‍👧 Ada 🇳🇱 spoke.\n"
        "\n"
        "Cafe\u0301 Ze\u0301 opened\u00a0in Kraków 🎉.\n"
        "Two  spaces, a soft\u00adhyphen and a zero\u200bwidth one.\n"
        "قال الوزير إن المحادثات فشلت.\n"
        "\tTabbed  end 😀"
    )
    desk = desk_with(text)

    desk.tag("ada", "a")
    desk.tag("cafe", "l", words=2)
    desk.tag("in", "c", words=2)
    desk.tag("two", "c", words=2)
    desk.tag("soft", "e")
    desk.tag("zero", "e", words=2)
    desk.tag("الوزير", "a")
    desk.press("ArrowLeft", "e")
    desk.tag("end", "e")
    desk.press("ArrowRight", "c")

    quotes = [
        ("actor", "Ada"),
        ("location", "Cafe\u0301 Ze\u0301"),
        ("claim", "in Kraków"),
        ("claim", "Two  spaces"),
        ("event", "soft\u00adhyphen"),
        ("event", "zero\u200bwidth"),
        ("actor", "الوزير"),
        ("event", "إن"),
        ("event", "end"),
        ("claim", "😀"),
    ]
    assert desk.stored() == quotes
    shown = desk.shown()
    desk.page.reload()
    desk.wait_until_ready()
    assert desk.shown() == shown
    for span in desk.assignment.spans.all():
        assert text[span.start : span.end] == span.quote


@pytest.mark.slow
def test_a_dense_article_takes_few_keys_a_span_and_no_mouse(desk_with):
    desk = desk_with(" ".join(DENSE))
    keys = []
    for sentence in DENSE:
        last_of_name = len(sentence.split(" told")[0].split()) - 1
        keys += ["Shift+ArrowRight"] * last_of_name + ["a"]
        keys += ["s", "c", "Shift+S"]
        keys += ["ArrowRight", "ArrowRight", "l", "ArrowRight", "Shift+ArrowRight", "e"]
        keys += ["Control+ArrowRight"]

    desk.press(*keys)

    wanted = []
    for sentence in DENSE:
        name, rest = sentence.split(" told ")
        city, *event = rest.split()[:3]
        wanted += [("actor", name), ("claim", sentence), ("location", city)]
        wanted += [("event", " ".join(event))]
    assert len(wanted) >= 50
    assert desk.stored() == wanted
    assert len(keys) / len(wanted) <= 6


def test_the_text_is_never_touched_and_bars_of_nested_spans_do_not_meet(desk_with):
    desk = desk_with(TEXT)
    desk.tag("ada", "a", words=2)
    desk.tag("mayor", "a", words=3)
    desk.press("s", "c")

    bars = desk.page.evaluate(
        """() => [...document.querySelectorAll("#layer .bar")].map((bar) => {
            const {left, right, top} = bar.getBoundingClientRect();
            return {left, right, top, span: bar.dataset.span};
        })"""
    )
    assert len({bar["span"] for bar in bars}) == 3
    tops = [bar["top"] for bar in bars[:3]]
    assert min(abs(a - b) for a in tops for b in tops if a is not b and a != b) >= 6
    assert desk.page.evaluate(
        """() => [...document.querySelectorAll("#doc > p")].every(
            (p) => p.childNodes.length === (p.textContent ? 1 : 0))"""
    )
    lines = desk.page.evaluate(
        """() => [...document.querySelectorAll("#doc > p")].map((p) => p.textContent)"""
    )
    assert "\n".join(lines) == TEXT


def test_site_furniture_cannot_be_tagged(desk_with):
    end = TEXT.index("\n")
    desk = desk_with(TEXT, zones=[{"start": 0, "end": end, "kind": "boilerplate"}])

    desk.press("Control+Home", "a")

    expect(desk.message).to_contain_text("not part of the story")
    assert desk.stored() == []


@pytest.mark.slow
def test_a_note_and_flags_are_kept_and_a_question_to_the_admin_needs_words(desk_with):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")

    desk.press("m")
    desk.page.get_by_role("textbox", name="On").fill("the city or the state?")
    desk.press("Control+Enter")
    desk.wait_until_saved()
    assert desk.assignment.spans.get().note == "the city or the state?"
    expect(desk.rows.first).to_contain_text("the city or the state?")

    dialog = desk.page.get_by_role("dialog", name="Flag this article")
    flag = dialog.get_by_role("button", name="Flag", exact=True)

    def flagged():
        expect(dialog).to_be_hidden()
        desk.wait_until_saved()
        desk.assignment.refresh_from_db()
        return desk.assignment.flag

    desk.press("f")
    dialog.get_by_label("We should discuss this").check()
    flag.click()
    assert flagged() == "discuss"

    desk.press("f")
    dialog.get_by_label("I have a question to the admin").check()
    flag.click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("In your words").fill("Is this the 2023 strike?")
    flag.click()
    assert flagged() == "question: Is this the 2023 strike?"

    desk.press("f")
    expect(dialog.get_by_label("I have a question to the admin")).to_be_checked()
    dialog.get_by_label("This article can’t be coded").check()
    dialog.get_by_label("In your words").fill("")
    flag.click()
    assert flagged() == "uncodable"


def test_an_answer_is_a_step_before_the_next_frame(desk_with):
    desk = desk_with(TEXT)
    desk.press("f")
    told = desk.page.evaluate("""() => {
        const dialog = document.getElementById("flag-dialog");
        dialog.querySelector("[value=save]").click();
        return [dialog.open, document.getElementById("save-badge").textContent.trim()];
    }""")
    assert told == [False, "Saving…"]
    desk.wait_until_saved()


@pytest.mark.slow
def test_own_spans_are_found_by_label_and_words_here_and_in_what_was_coded_before(desk_with):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")
    desk.wait_until_saved()
    desk.press("Shift+H")
    dialog = desk.page.get_by_role("dialog", name="How did I tag")
    words = dialog.get_by_label("Words in your own spans")
    expect(words).to_have_value("Velmora")
    expect(dialog.get_by_role("status")).to_have_text("Location 1")
    words.fill("mayor")
    expect(dialog.get_by_role("status")).to_have_text("You have not tagged these words yet.")
    words.fill("VELM")
    with desk.page.context.expect_page() as opened:
        dialog.get_by_role("link").click()
    reading = opened.value
    span = desk.assignment.spans.get()
    expect(reading.locator(f"tr[id='{span.uuid}']")).to_contain_text("Velmora")
    reading.close()

    desk.press("Escape", "a")
    assert desk.stored() == [("actor", "Velmora"), ("location", "Velmora")]

    desk.press("t", "Enter")
    section = desk.page.locator("#span-list")
    rows = desk.rows.locator("visible=true")
    expect(rows).to_have_count(3)
    section.get_by_label("Show").select_option("Actor")
    expect(rows).to_have_count(2)
    expect(section.locator("output")).to_have_text("2 of 3")
    section.get_by_label("Search the spans").fill("nobody")
    expect(rows).to_have_count(0)
    section.get_by_label("Search the spans").fill("velm")
    section.get_by_label("Show").select_option("Location")
    expect(rows).to_have_count(1)
    desk.surface.focus()
    desk.tag("mayor", "l")
    expect(rows).to_have_count(1)
    expect(section.locator("output")).to_have_text("1 of 4")


def test_submitting_asks_when_nothing_was_read_goes_on_and_leaves_work_to_be_read_only(
    desk_with, page, live_server
):
    desk = desk_with(TEXT + "More.\n\n" * 60, "The second article.")
    desk.tag("velm", "l")

    desk.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Submit this article?")
    expect(dialog).to_contain_text("not scrolled to the end")
    dialog.get_by_role("button", name="Submit anyway").click()

    expect(desk.surface).to_contain_text("The second article.")
    desk.assignment.refresh_from_db()
    assert desk.assignment.state == AssignmentState.SUBMITTED
    submission = desk.assignment.submissions.get()
    assert [row["quote"] for row in submission.spans] == ["Velmora"]

    desk.wait_until_ready()
    desk.tag("second", "e")
    desk.press("Control+Enter")
    page.wait_for_url(live_server.url + "/")

    desk.open()
    expect(page.locator("#read-only")).to_contain_text("not open for coding")
    expect(desk.rows).to_have_count(1)
    desk.tag("ada", "a")
    expect(desk.message).to_contain_text("can’t be changed here")
    assert desk.assignment.spans.count() == 1
