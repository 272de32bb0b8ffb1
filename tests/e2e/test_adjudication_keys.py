"""How many keys the demo project's disputes take somebody who knows how each of them ends."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotations.models import Card, Decision, Task
from annotations.queries import disputes
from exports.demo import seeds, stage
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The coder who is right wherever nothing else is said here.
RIGHT = "coder2"

#: Places where both are right.
BOTH = "telephoned President Ilmar Teskan"

#: A place where neither is: the figures are part of it, what was counted is not.
NEITHER = "published figures from 2,311 of 2,640 polling stations"
INSTEAD = "published figures from 2,311 of 2,640"
TWO_WORDS_LESS = ["e", "Control+Shift+ArrowLeft", "Control+Shift+ArrowLeft", "Enter"]

#: Where the last question of an article waits elsewhere, too, the page asks before it goes on.
MOVED_OR_OFFERED = """(card) => {
    const isHere = document.querySelector(".place-rows [aria-current]")?.dataset.card === card;
    const message = document.getElementById("message")?.textContent;
    return !isHere || message.includes("A rules alike");
}"""


@pytest.fixture
def project():
    names = seeds.load("plan")["people"]
    users = {name: UserFactory(username=name) for name in names}
    return stage.set_up(users=users, at=timezone.now())


def quotes_in(card):
    return [row["quote"] for rows in card.candidates.values() for row in rows]


def end_of(card):
    """Return the quotes that ``card`` has to come to."""
    if BOTH in quotes_in(card):
        return sorted(quotes_in(card))
    if NEITHER in quotes_in(card):
        return [INSTEAD]
    right = card.task.assignments.get(coder__user__username=RIGHT)
    return sorted(row["quote"] for row in card.candidates.get(str(right.uuid), []))


def letter_of_the_right(card):
    right = card.task.assignments.get(coder__user__username=RIGHT)
    return disputes.names(card.task, disputes.coders_of(card.task))[str(right.uuid)]


def keys_for(page, card):
    """Return the keys that choose the versions that are right."""
    if BOTH in quotes_in(card):
        return ["b", "1", "2", "b"]
    if NEITHER in quotes_in(card):
        start = page.locator(".choice", has_text=NEITHER).get_attribute("data-key")
        return [*(["Tab"] if start != "1" else []), *TWO_WORDS_LESS]
    if page.locator("[role=radio]:focus").count():
        return [key_of_value(page, card)]
    choice = page.locator(
        "#card .choices .choice",
        has=page.locator(f".coder:text-is('{letter_of_the_right(card)}')"),
    )
    return [choice.get_attribute("data-key")]


def key_of_value(page, card):
    """Return the key of what the right coder has in the attribute or link that is asked for."""
    asked = page.locator("[role=radiogroup]:has([role=radio]:focus)")
    theirs = page.locator(f".coder:text-is('{letter_of_the_right(card)}')")
    value = asked.locator("[role=radio]", has=theirs)
    return value.locator("kbd").inner_text() if value.count() else "0"


def is_at(page, card):
    row = page.locator(".place-rows [aria-current]")
    return row.count() > 0 and row.get_attribute("data-card") == card.card_id


def rule(page, card):
    """Rule on a card and return how many keys that took."""
    keys = keys_for(page, card)
    pressed = 0
    while keys:
        for key in keys:
            page.keyboard.press(key)
        pressed += len(keys)
        is_asked = is_at(page, card) and page.locator("[role=radio]:focus").count() > 0
        keys = [key_of_value(page, card)] if is_asked else []
    return pressed


def is_offered(page):
    finish = page.locator("#finish:focus")
    return finish.count() > 0 and "A rules alike" in page.locator("#message").inner_text()


@pytest.mark.slow
def test_the_open_places_of_the_demo_take_few_keys_and_no_list_in_between(
    page, live_server, signed_in, project
):
    waiting = list(Card.objects.open().filter(task__in=Task.objects.awaiting_ruling()))
    signed_in(project.members.get(user__username="adjudicator").user)
    page.goto(f"{live_server.url}/projects/{project.slug}/adjudication/next/")
    pressed = 0
    for _ in waiting:
        row = page.locator("#adjudication[data-ready] .place-rows [aria-current]")
        card = Card.objects.select_related("task__batch__project").get(
            card_id=row.get_attribute("data-card")
        )
        pressed += rule(page, card)
        page.wait_for_function(MOVED_OR_OFFERED, arg=card.card_id)
        if is_offered(page):
            page.keyboard.press("Control+Enter")
            pressed += 1
        gone = page.locator(f".place-rows [aria-current][data-card='{card.card_id}']")
        # After the last one, the page waits until all is saved.
        expect(gone).to_have_count(0, timeout=30_000)
    expect(page.get_by_text("Nothing waits for a ruling")).to_be_visible()

    assert not Task.objects.awaiting_ruling().exists()
    for card in waiting:
        ruling = Decision.objects.filter(card_id=card.card_id, task=card.task).latest("pk")
        assert sorted(row["quote"] for row in ruling.spans) == end_of(card)
    assert pressed / len(waiting) <= 1.3, pressed
