"""What a coder did is there again after the browser itself was killed."""

from contextlib import suppress

import psutil
import pytest
from playwright.sync_api import Error, expect

from tests.e2e.desk import Desk
from tests.factories import ArticleFactory, AssignmentFactory, MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = " ".join(f"word{number}" for number in range(50))


@pytest.fixture
def browser_of(browser_type, browser_type_launch_args, tmp_path, client, settings, live_server):
    """Return a function that starts the same person's browser, with all that it keeps on disk."""
    started = []

    def start(user):
        context = browser_type.launch_persistent_context(tmp_path, **browser_type_launch_args)
        started.append(context)
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])
        return context

    yield start
    for context in started:
        with suppress(Error):
            context.close()


def kill_browser_of(folder):
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in part for part in process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_edits_that_were_on_the_device_survive_a_killed_browser(
    times, browser_of, tmp_path, live_server, trust
):
    coder = MemberFactory()
    article = ArticleFactory(project=coder.project, text=WORDS)
    assignment = AssignmentFactory(
        coder=coder, task__article=article, task__batch__project=coder.project
    )

    def opened():
        context = browser_of(coder.user)
        desk = Desk(context.new_page(), live_server.url, assignment)
        desk.open()
        return context, desk

    for number in range(times):
        context, desk = opened()
        context.set_offline(True)
        desk.press(*["ArrowRight"] * 2 * number, "l", "ArrowRight", "a")
        expect(desk.badge).to_have_text("Offline — 2 changes kept on this device")
        assert len(desk.kept()) == 2
        kill_browser_of(tmp_path)

        context, desk = opened()
        desk.wait_until_saved()
        assert assignment.spans.count() == assignment.ops.count() == 2 * (number + 1)
        context.close()

    # The control: a device without room, and of this edit nothing is there.
    context, desk = opened()
    quota = {"origin": live_server.url, "quotaSize": 1}
    context.new_cdp_session(desk.page).send("Storage.overrideQuotaForOrigin", quota)
    context.set_offline(True)
    desk.press("e")
    expect(desk.badge).to_have_text("1 change is only on this page: keep it open")
    kill_browser_of(tmp_path)
    context, desk = opened()
    desk.wait_until_saved()
    context.close()
    kept = assignment.ops.exclude(body__label="event").count()
    assert not assignment.spans.filter(label__key="event").exists()
    trust(
        "Saving",
        "The browser is killed while a coder works offline",
        tried=f"{times} {'kills' if times > 1 else 'kill'}",
        of=f"{2 * times} edits",
        control="on a device that keeps nothing, 1 of 1 edit was lost",
        lost=2 * times - kept,
        doubled=assignment.spans.count() - kept,
    )
