"""One key turns a ruling into an example or a rule of the codebook's draft."""

import pytest
from playwright.sync_api import expect

from annotations.models import Decision
from annotations.queries import codebook_draft
from tests.e2e.barriers import barriers
from tests.factories import BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAYOR = {"label": "actor", "start": 0, "end": 16}
BRANDT = {"label": "actor", "start": 6, "end": 16}
VELMORA = {"label": "location", "start": 25, "end": 32}


def test_a_ruling_becomes_an_example_and_a_rule_by_one_key_each(page, live_server, signed_in):
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    batch = BatchFactory(project=project)
    task = coded_task([MAYOR, VELMORA], [BRANDT], batch=batch)
    last = task.cards.get(start=25)
    signed_in(adjudicator_of(task))
    page.goto(f"{live_server.url}/tasks/{task.uuid}/?card={last.card_id}")
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    dialog = page.locator("#codebook-dialog")
    message = page.locator("#message")
    # The card that the address asks for is at hand, and nobody has ruled on it.
    expect(page.locator("#card-heading")).to_contain_text("Missing")
    page.keyboard.press("c")
    expect(message).to_have_text("Rule on this place first.")

    page.keyboard.press("k")
    page.keyboard.press(page.locator(".choice", has_text="“Ada Brandt”").get_attribute("data-key"))
    # The next place is at hand by now: the key is for the ruling that was made.
    page.keyboard.press("c")
    expect(dialog.get_by_label("This is what is tagged", exact=False)).to_be_focused()
    assert barriers(page) == []
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("The example is in the codebook’s draft.")
    expect(dialog.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    page.keyboard.press("0")
    expect(page.locator("#save-badge")).to_have_text("All decisions saved")
    page.keyboard.press("c")
    dialog.get_by_label("A rule").check()
    expect(dialog.get_by_label("Label")).to_be_hidden()
    dialog.get_by_label("Rule", exact=True).fill("Towns that speak are no places.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Rule R1 is in the codebook’s draft.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    content = codebook_draft.latest(project).content
    assert content["labels"][0]["examples"] == [
        {"text": "Mayor [Ada Brandt] said in Velmora that the talks had failed."}
    ]
    assert content["rules"] == [{"id": "R1", "text": "Towns that speak are no places."}]
    assert Decision.objects.filter(is_automatic=False).count() == 2
    page.wait_for_load_state("networkidle")
