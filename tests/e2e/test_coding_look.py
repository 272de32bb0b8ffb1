"""The annotation page for every eye: barriers, themes, narrow windows, forced colours."""

import re
from random import Random

import pytest
from playwright.sync_api import expect

from tests.coder import save, step
from tests.e2e.barriers import COLOURS, barriers
from tests.e2e.desk import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Every span's bars stand under the boxes of its words, to a pixel.
BARS_FIT = """async () => {
    const {assignmentUrl} = document.querySelector("#coding").dataset;
    const {spans} = await (await fetch(assignmentUrl)).json();
    return spans.every(({id, start, end}) => {
        const wanted = [...document.querySelectorAll("#doc > p")].flatMap((p) => {
            const at = Number(p.dataset.start);
            const size = p.firstChild ? p.firstChild.data.length : 0;
            if (start >= at + size || end <= at) return [];
            const range = document.createRange();
            range.setStart(p.firstChild, Math.max(start - at, 0));
            range.setEnd(p.firstChild, Math.min(end - at, size));
            return [...range.getClientRects()];
        });
        const bars = [...document.querySelectorAll(`#layer .bar[data-span="${id}"]`)].map(
            (bar) => bar.getBoundingClientRect());
        return bars.length === wanted.length && wanted.every((word, index) => {
            const bar = bars[index];
            return Math.abs(word.left - bar.left) <= 1 && Math.abs(word.right - bar.right) <= 1
                && bar.top > word.top && bar.top - word.bottom < 20;
        });
    });
}"""


@pytest.fixture
def busy_desk(desk_with):
    """A page with nested spans, a note, furniture and a span that is open."""
    start = TEXT.index("The dockers")
    zone = {"start": start, "end": len(TEXT) - 1, "kind": "boilerplate"}
    desk = desk_with(TEXT, zones=[zone], meta={"title": "Strike ends", "language": "en"})
    desk.tag("ada", "a", words=2)
    desk.press("s", "c", "Escape")
    desk.tag("velm", "l")
    desk.press("Enter")
    desk.wait_until_saved()
    return desk


def test_the_page_has_no_barriers(busy_desk):
    page = busy_desk.page

    def in_both_themes():
        page.emulate_media(color_scheme="light")
        found = barriers(page)
        page.emulate_media(color_scheme="dark")
        return found + barriers(page, **COLOURS)

    assert in_both_themes() == []
    for opener, name in {
        "?": "Keys",
        "h": "Location",
        "m": "Note",
        "f": "Flag",
        "Shift+H": "How did I tag",
    }.items():
        busy_desk.press(opener)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert in_both_themes() == [], name
        page.keyboard.press("Escape")

    page.goto(f"{busy_desk.address}reading/")
    assert in_both_themes() == []


def test_what_the_caret_meets_is_spoken(desk_with):
    desk = desk_with(TEXT)
    live = desk.page.locator("#live")
    desk.tag("velm", "l")
    expect(live).to_have_text("“Velmora” is Location")
    desk.press("s", "c", "Control+Home")
    desk.jump("velm")
    expect(live).to_have_text("Velmora, Location in Claim")

    desk.press("Enter", "Enter")

    expect(live).to_have_text(re.compile(r"^Claim span: Mayor Ada .* 2 of 2 here\.$"))


@pytest.mark.slow
def test_the_text_is_set_as_closely_as_was_chosen_and_bars_follow(busy_desk):
    page = busy_desk.page
    page.locator("#coding summary").click()
    with page.expect_response("**/profile/appearance/"):
        page.get_by_role("button", name="Large").click()
    page.wait_for_function(BARS_FIT)
    page.reload()
    busy_desk.wait_until_ready()

    expect(busy_desk.surface).to_have_css("font-size", "23px")
    page.wait_for_function(BARS_FIT)


@pytest.mark.slow
def test_nothing_runs_over_the_edge_and_bars_follow_the_text_when_the_window_changes(busy_desk):
    page = busy_desk.page
    widths, bars = {}, {}
    for width in (1280, 640, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        widths[width] = page.evaluate("document.documentElement.scrollWidth")
        page.wait_for_function(BARS_FIT)
        bars[width] = page.locator("#layer .bar").count()

    assert all(needed <= width for width, needed in widths.items()), widths
    assert bars[390] > bars[1280]


def test_forced_colours_keep_pattern_and_shape_and_paper_has_no_bars(busy_desk):
    page = busy_desk.page
    page.emulate_media(forced_colors="active")
    looks = page.evaluate(
        """() => [...document.querySelectorAll("#layer .bar.begins")].map((bar) => {
            const line = getComputedStyle(bar);
            const shape = getComputedStyle(bar, "::before");
            return [bar.dataset.label, line.borderBottomStyle, line.borderBottomColor,
                    shape.clipPath, shape.backgroundColor];
        })"""
    )

    by_label = {look[0]: look[1:] for look in looks}
    assert {look[0] for look in by_label.values()} == {"solid", "dotted", "double"}
    assert len({look[1] for look in by_label.values()}) == 1
    assert len({look[2] for look in by_label.values()}) == 3
    assert "rgba(0, 0, 0, 0)" not in {look[3] for look in by_label.values()}

    # A sheet is another width than the window: there they would stand under other words.
    page.emulate_media(media="print")
    expect(page.locator("#layer")).to_be_hidden()
    expect(page.get_by_text("the reading view, which is made for paper")).to_be_visible()


def test_right_to_left_lines_begin_on_the_right_and_left_is_forward(desk_with):
    text = "قال الوزير إن المحادثات فشلت. " + "ثم قالت الوزيرة إن الاتفاق قريب جدا، " * 6
    desk = desk_with(text.strip())
    desk.page.set_viewport_size({"width": 480, "height": 800})

    desk.press("ArrowLeft", "a", "Control+ArrowLeft", "s", "c", "Enter")

    assert [label for label, _ in desk.stored()] == ["actor", "claim"]
    looks = desk.page.evaluate(
        """() => ["actor", "claim"].map((label) =>
            [...document.querySelectorAll(`#layer .bar[data-label=${label}]`)].map((bar) => {
                const {left, right, top} = bar.getBoundingClientRect();
                return {left, right, top, names: [...bar.classList]};
            }))"""
    )
    (actor,), claim = looks
    assert {"rtl", "begins", "ends"} <= set(actor["names"])
    # One bar a line, the first begins and the last ends, all from the right edge on.
    assert len(claim) >= 3
    assert len({bar["top"] for bar in claim}) == len(claim)
    assert ["begins" in bar["names"] for bar in claim] == [True] + [False] * (len(claim) - 1)
    assert ["ends" in bar["names"] for bar in claim] == [False] * (len(claim) - 1) + [True]
    edge = desk.page.locator("#doc").bounding_box()
    for bar in claim[1:]:
        assert abs(bar["right"] - edge["x"] - edge["width"]) <= 1
    for name, x in (("start", claim[0]["right"]), ("end", claim[-1]["left"])):
        handle = desk.page.locator(f".handle[data-edge={name}]").bounding_box()
        assert abs(handle["x"] + 12 - x) <= 3


@pytest.mark.slow
def test_a_long_list_of_spans_stays_in_reading_order(desk_with):
    words = [f"w{number:03}" for number in range(150)]
    desk = desk_with(" ".join(words))
    places = list(range(0, 150, 2))
    Random(1).shuffle(places)
    save(desk.assignment, *[step(extent=(n * 5, n * 5 + 4)) for n in places])
    desk.page.reload()
    desk.wait_until_ready()

    desk.tag("w075", "a")
    desk.tag("w001", "a")

    shown = [row.removeprefix("Actor:\n") for row in desk.shown()]
    assert shown == sorted([*words[::2], "w075", "w001"])


@pytest.mark.slow
def test_what_a_span_carries_stays_beside_its_name_on_a_phone(busy_desk):
    page = busy_desk.page
    span = busy_desk.assignment.spans.first()
    span.attributes = [{"name": name, "value": "said"} for name in ("kind", "stance", "when")]
    span.save(update_fields=["attributes"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{busy_desk.address}reading/")

    said = page.locator(f"tr[id='{span.uuid}']").get_by_text(re.compile("^(kind|stance|when): "))

    assert len({line.bounding_box()["x"] for line in said.all()}) == 1
