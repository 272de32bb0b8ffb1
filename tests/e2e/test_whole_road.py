"""From scraped articles to verified gold, by clicks and keys, with real servers."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from annotations.enums import AssignmentState
from annotations.models import Assignment, Task
from exports.models import Release
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.django_db(transaction=True)]

ARTICLES = Path(__file__).parents[3] / "shared" / "articles"
PASSWORD = "open sesame 42"


@pytest.fixture
def files():
    found = sorted(ARTICLES.glob("*.txt"))
    if not found:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain(f"The real articles are not at {ARTICLES}.")
    return found


@pytest.fixture
def sit_down(stack, browser):
    """Return a function that signs somebody in through the form, in a browser of their own."""
    faults = []

    def sign_in(username):
        page = browser.new_context(base_url=stack.url, accept_downloads=True).new_page()
        page.on("pageerror", lambda error: faults.append(f"{username}: {error}"))
        page.goto("/sign-in/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("/")
        return page

    yield sign_in
    assert faults == []


def begin_project(page, people):
    page.get_by_role("link", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Talks")
    page.get_by_role("main").locator("button[type=submit], .form-actions button").first.click()
    page.get_by_role("link", name="People").click()
    for username, role in people.items():
        page.get_by_label("Username").fill(username)
        for box in page.get_by_role("checkbox").all():
            box.uncheck()
        page.get_by_role("checkbox", name=role).check()
        page.get_by_role("button", name="Add to project").click()
        expect(page.get_by_role("row", name=username)).to_be_visible()


def bring_in(page, files):
    page.get_by_role("link", name="Articles").first.click()
    page.get_by_role("link", name="Import").first.click()
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("came in")).to_be_visible(timeout=30_000)


def give_out(page, coders):
    page.get_by_role("link", name="Give them to coders").click()
    page.get_by_label("Name", exact=True).fill("Round 1")
    for coder in coders:
        page.get_by_role("checkbox", name=coder).check()
    page.get_by_role("button", name="Give out the work").click()
    expect(page.get_by_role("heading", name="Round 1")).to_be_visible()


def code_everything(page, *, words):
    """Tag, in every article of one's own, a few words and a sentence; never touch the mouse."""
    page.goto("/")
    expect(page.get_by_role("link", name="Open").first).to_be_focused()
    page.keyboard.press("Enter")
    while True:
        page.wait_for_url("**/assignments/*/")
        expect(page.locator("#coding")).to_have_attribute("data-ready", "true")
        for letters, count, key in words:
            page.keyboard.press("/")
            page.keyboard.type(letters)
            page.keyboard.press("Enter")
            for _ in range(count - 1):
                page.keyboard.press("Shift+ArrowRight")
            page.keyboard.press(key)
        page.keyboard.press("s")
        page.keyboard.press("c")
        expect(page.locator("#save-badge")).to_have_text("All changes saved")
        here = page.url
        page.keyboard.press("Control+Enter")
        confirm = page.get_by_role("dialog").get_by_role("button", name="Submit anyway")
        expect(confirm.or_(page.locator("body:not(:has(#coding))"))).to_be_visible()
        if confirm.is_visible():
            confirm.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
        if "/assignments/" not in page.url:
            return


# Where the last question of an article waits elsewhere, too, the page asks before it goes on.
MOVED_OR_OFFERED = """(here) => location.href !== here
    || document.getElementById("message")?.textContent.includes("A rules alike")"""


def rule_on_everything(page):
    """One key a ruling, article after article, until the queue is empty."""
    page.get_by_role("link", name="Adjudication").first.click()
    page.get_by_role("link", name="Start with the first").click()
    while "/tasks/" in page.url:
        expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
        here = page.url
        task = Task.objects.get(uuid=here.rstrip("/").rsplit("/", 1)[1])
        for _ in range(task.cards_open):
            page.keyboard.press("1")
        page.wait_for_function(MOVED_OR_OFFERED, arg=here)
        if page.url == here:
            page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here)


def publish(page):
    page.get_by_role("link", name="Releases").first.click()
    page.get_by_role("link", name="New release").first.click()
    page.get_by_label("Name", exact=True).fill("Talks 1")
    page.get_by_role("main").get_by_role("button", name="Build").click()
    expect(page.get_by_text("ready", exact=True).first).to_be_visible(timeout=60_000)


def download_all(page, folder):
    release = Release.objects.get()
    for file in release.files.all():
        address = f"/api/v1/releases/{release.uuid}/files/{file.name}"
        (folder / file.name).write_bytes(page.request.get(address).body())


def test_from_five_articles_to_gold_that_verifies(stack, sit_down, files, tmp_path):
    people = {"cora": "Coder", "cyril": "Coder", "judith": "Adjudicator", "rosa": "Researcher"}
    for username in ["ada", *people]:
        UserFactory(username=username, password=PASSWORD)

    admin = sit_down("ada")
    begin_project(admin, people)
    bring_in(admin, files)
    give_out(admin, ["cora", "cyril"])

    code_everything(sit_down("cora"), words=[("Kara", 1, "l"), ("Baku", 1, "a")])
    code_everything(sit_down("cyril"), words=[("Kara", 2, "a"), ("Baku", 1, "a")])
    states = Counter(Assignment.objects.values_list("state", flat=True))
    assert states == {AssignmentState.SUBMITTED: 2 * len(files)}

    judge = sit_down("judith")
    judge.goto(f"/projects/{Task.objects.first().batch.project.slug}/")
    rule_on_everything(judge)
    assert set(Task.objects.values_list("state", flat=True)) == {"adjudicated"}

    publish(admin)
    reader = sit_down("rosa")
    download_all(reader, tmp_path)
    call_command("verify_release", tmp_path)
    records = [json.loads(line) for line in (tmp_path / "articles.jsonl").open()]
    assert len(records) == len(files)
    for record in records:
        assert record["spans"]
        for span in record["spans"]:
            assert record["text"][span["start"] : span["end"]] == span["quote"]
            assert span["source"] in {"unanimous", "adjudicated"}
            assert span["coders"]
    assert {span["source"] for record in records for span in record["spans"]} == {
        "unanimous",
        "adjudicated",
    }
