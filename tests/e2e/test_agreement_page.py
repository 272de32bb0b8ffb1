"""From the figures to the articles behind them, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from annotations.actions import agreement
from annotations.enums import AssignmentState, Role, TaskState
from annotations.queries.agreement import Scope
from tests.e2e.barriers import barriers
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADA = {"start": 6, "end": 16, "label": "actor"}
PLACE = {**ADA, "label": "location"}


@pytest.fixture
def project(signed_in):
    """Two batches that three people coded, of whom the third goes her own way in the first."""
    admin = MemberFactory(roles=[Role.ADMIN, Role.ADJUDICATOR])
    CodebookFactory(project=admin.project)
    coders = [
        MemberFactory(project=admin.project, user__username=name) for name in ("ann", "ben", "eva")
    ]
    for name, last in (("First", PLACE), ("Second", ADA)):
        batch = BatchFactory(project=admin.project, name=name)
        task = TaskFactory(
            batch=batch,
            coders_wanted=3,
            state=TaskState.CODED,
            article=ArticleFactory(project=admin.project, meta={"title": f"{name} article"}),
        )
        for coder, span in zip(coders, (ADA, ADA, last), strict=True):
            work = AssignmentFactory(task=task, coder=coder, state=AssignmentState.CODING)
            submitted(work, [span])
        agreement.measure(batch=batch, at=TUESDAY)
    compute()
    signed_in(admin.user)
    return admin.project


def compute(*scopes):
    for scope in scopes:
        agreement.ask(scope=scope, at=TUESDAY)
    for report in agreement.unfinished():
        agreement.compute(report_id=report.pk, at=TUESDAY)


def test_figures_are_walked_through_by_keyboard_narrowed_and_looked_behind(
    page, live_server, project
):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/projects/{project.slug}/agreement/")
    expect(page.locator("#worst tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("#agreement-help summary").click()
    page.locator(".drift-table summary").click()
    assert barriers(page) == []

    # The heat map has one stop; arrows walk through it, and a line below says where one is.
    page.get_by_role("region", name="Who with whom").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    cell = page.get_by_role("link", name=re.compile("^ann and eva: α "))
    expect(cell).to_be_focused()
    expect(page.locator("[data-status]")).to_contain_text("ann and eva: α ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coded by ann and eva")
    expect(page.locator("tbody th")).to_have_text(["First article", "Second article"])
    page.go_back()

    page.get_by_label("Batch", exact=True).select_option("Second")
    expect(page.locator("#rung-strict .rung-value")).to_have_text("1.000")
    expect(page.locator("#worst tbody th")).to_have_text(["Second article"])
    page.get_by_label("Label", exact=True).select_option("Actor")
    expect(page).to_have_url(re.compile("batch=.*&label=actor"))
    expect(page.locator("#agreement-report")).to_contain_text("The figures are being computed")
    compute(Scope(project, [project.batches.get(name="Second")], label="actor"))
    expect(page.locator("#rung-strict .rung-value")).to_have_text("1.000")
    # What came by itself is a grid too.
    page.get_by_role("region", name="Who with whom").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coded by ann and ben")
    expect(page.locator("tbody th")).to_have_text(["Second article"])
    assert complaints == []
