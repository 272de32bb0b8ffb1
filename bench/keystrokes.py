"""How soon the annotation page opens and answers a key, in a real Chromium.

The floor of a key is one frame, and that of opening a page is another page with nothing but the
same text. At 60 frames a second, 30 ms are 1.8 frames and 50 ms are 3.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median

from django.conf import settings
from django.test import Client as DjangoClient
from playwright.sync_api import Page, sync_playwright

from annotations.models import User
from bench import coders
from bench.rows import Row
from bench.stage import Stage
from script import chromium

WORDS_PER_SENTENCE = 8
OPS_PER_CALL = 200
PAUSE = 100  # milliseconds between two keys of somebody who types fast

# Time from a key to the moment after the next frame was drawn.
WATCH_KEYS = """() => {
    window.delays = [];
    document.addEventListener("keydown", (event) => requestAnimationFrame(() => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = () => delays.push(performance.now() - event.timeStamp);
        port2.postMessage(null);
    }), {capture: true});
}"""

# Time from a key to the moment when what it changed is in the page, drawn or not.
WATCH_HIGHLIGHTS = """() => {
    window.delays = [];
    let pressed;
    document.addEventListener("keydown", (event) => pressed = event.timeStamp, {capture: true});
    new MutationObserver(() => delays.push(performance.now() - pressed))
        .observe(document.getElementById("layer"), {subtree: true, childList: true});
}"""

NEXT_DELAY = """async () => {
    while (!delays.length) await new Promise((resolve) => setTimeout(resolve, 5));
    return delays.pop();
}"""

# The time between two frames.
FRAME = """async () => {
    const at = [];
    while (at.length <= 60) at.push(await new Promise(requestAnimationFrame));
    return (at[60] - at[0]) / 60;
}"""

# Time from the start of the navigation to a page that takes keys.
WATCH_READY = """
new MutationObserver((_, observer) => {
    if (!document.querySelector("[data-ready]")) return;
    observer.disconnect();
    requestAnimationFrame(() => { window.readyAfter = performance.now(); });
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


@dataclass(frozen=True)
class Size:
    """How much there is on the page."""

    words: int
    spans: int

    def __str__(self) -> str:
        return f"{self.words:,} words, {self.spans:,} spans"


SHORT = Size(500, 20)
LONG = Size(17_000, 500)
NEWS = Size(600, 500)
BOOK = Size(20_000, 2_000)


def move(size: Size, stage: Stage) -> Row:
    """A step of the caret, from the key to the next frame, against one frame."""
    with desks(stage, f"move-{size.words}", size) as (desk, bare):
        delay = answered(desk, ["ArrowRight"], stage.times(60))
        bare.bring_to_front()
        frame = bare.evaluate(FRAME) / 1000
    return Row(f"a step of the caret ({size})", delay, frame, target=1.8, unit="s")


def tag(size: Size, stage: Stage) -> Row:
    """A label on the word at hand, from the key to the next frame, against one frame."""
    with desks(stage, f"tag-{size.words}", size) as (desk, bare):
        delay = answered(desk, ["ArrowRight", "l"], stage.times(60))
        bare.bring_to_front()
        frame = bare.evaluate(FRAME) / 1000
    return Row(f"a tag ({size})", delay, frame, target=3, unit="s")


def highlight(size: Size, target: float, stage: Stage) -> Row:
    """A label's key, until its bar is in the page, against one frame."""
    with desks(stage, f"highlight-{size.words}", size) as (desk, bare):
        desk.evaluate(WATCH_HIGHLIGHTS)
        taken = []
        for _ in range(stage.times(60)):
            desk.keyboard.press("ArrowRight")
            desk.wait_for_timeout(PAUSE)
            desk.evaluate("delays = []")
            desk.keyboard.press("l")
            taken.append(desk.evaluate(NEXT_DELAY) / 1000)
        bare.bring_to_front()
        frame = bare.evaluate(FRAME) / 1000
    name = f"a highlight ({size})"
    return Row(name, median(taken), frame, target=target, unit="s", is_absolute=True)


def opening(size: Size, stage: Stage) -> Row:
    """An article, from its address to the first key, against a page with the text alone."""
    with desks(stage, f"open-{size.words}", size) as (desk, bare):
        figures = []
        for page in (desk, bare):
            page.bring_to_front()
            taken = []
            for _ in range(stage.times(10)):
                page.reload()
                page.wait_for_selector("[data-ready]")
                taken.append(page.evaluate("readyAfter") / 1000)
            figures.append(median(taken))
    return Row(f"opening an article ({size})", *figures, target=8, unit="s")


def cold(stage: Stage) -> Row:
    """An article opened by a browser that has nothing yet, against a page with the text alone."""
    with desks(stage, "cold", SHORT) as pages:
        taken: list[list[float]] = [[], []]
        for _ in range(stage.times(10)):
            for page, times_of_page in zip(pages, taken, strict=True):
                times_of_page.append(_opened_afresh(page))
    name = f"opening an article, all cold ({SHORT})"
    figure, floor = map(median, taken)
    return Row(name, figure, floor, target=0.4, unit="s", is_absolute=True)


FIGURES: dict[str, Callable[[Stage], Row]] = {
    "highlight-short": partial(highlight, SHORT, 0.016),
    "highlight-long": partial(highlight, LONG, 0.025),
    "open-cold": cold,
    "move-news": partial(move, NEWS),
    "move-book": partial(move, BOOK),
    "tag-news": partial(tag, NEWS),
    "tag-book": partial(tag, BOOK),
    "open-book": partial(opening, BOOK),
}


@contextmanager
def desks(stage: Stage, slug: str, size: Size) -> Iterator[tuple[Page, Page]]:
    """Open an article of that size to be coded, and a page with nothing but its text."""
    desk = coders.one(stage, slug, articles=1, sentences=size.words // WORDS_PER_SENTENCE)
    work = desk.next()
    _code(desk, size.spans)
    with beside_bare_text(
        stage, f"{slug}-0", f"assignments/{work['id']}/", work["article"]["text"]
    ) as pages:
        yield pages


@contextmanager
def beside_bare_text(
    stage: Stage, username: str, path: str, text: str
) -> Iterator[tuple[Page, Page]]:
    """Open a page of the product for that person, and one with nothing but ``text``."""
    session = DjangoClient()
    session.force_login(User.objects.get(username=username))
    chromium.provide()
    address = f"http://127.0.0.1:{stage.port}"
    name = settings.SESSION_COOKIE_NAME
    with sync_playwright() as playwright:
        # Root has no sandbox to offer; everybody else keeps it.
        sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=sandbox)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": address}])
        context.add_init_script(WATCH_READY)
        desk, bare = context.new_page(), context.new_page()
        desk.goto(f"{address}/{path}")
        bare.route("**/*", lambda route: route.fulfill(body=_bare(text), content_type="text/html"))
        bare.goto(f"{address}/bare")
        for page in (desk, bare):
            page.wait_for_selector("[data-ready]")
        desk.bring_to_front()
        desk.evaluate(WATCH_KEYS)
        yield desk, bare
        browser.close()


def _code(desk: coders.Desk, number: int) -> None:
    tokens = desk.work["tokens"]
    rng = Random(number)
    steps = []
    for _ in range(number):
        first = rng.randrange(len(tokens) - 6)
        start, end = tokens[first][0], tokens[first + rng.randrange(6)][1]
        steps.append(desk.tag(start, end, rng.choice(["actor", "event", "claim"])))
    for begin in range(0, number, OPS_PER_CALL):
        desk.send(steps[begin : begin + OPS_PER_CALL])


def _opened_afresh(page: Page) -> float:
    """Open what ``page`` shows in a browser without a cache; return the seconds that it took."""
    browser = page.context.browser
    if browser is None:
        raise SystemExit("The browser is gone.")
    context = browser.new_context(storage_state=page.context.storage_state())
    context.add_init_script(WATCH_READY)
    if page.url.endswith("/bare"):
        body = page.content()
        context.route("**/bare", lambda route: route.fulfill(body=body, content_type="text/html"))
    opened = context.new_page()
    opened.goto(page.url)
    opened.wait_for_selector("[data-ready]", state="attached")
    seconds = opened.evaluate("readyAfter") / 1000
    context.close()
    return seconds


def _bare(text: str) -> str:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n") if part)
    return f'<!doctype html><meta charset="utf-8"><body data-ready tabindex="0">{paragraphs}'


def answered(page: Page, keys: list[str], times: int, *, pause: int = PAUSE) -> float:
    """Press the keys in turn and return the median time, in seconds, that the last one took."""
    taken = []
    for number in range(times + 10):
        for key in keys:
            page.wait_for_timeout(pause)
            page.keyboard.press(key)
            delay = page.evaluate(NEXT_DELAY) / 1000
        if number >= 10:
            taken.append(delay)
    return median(taken)
