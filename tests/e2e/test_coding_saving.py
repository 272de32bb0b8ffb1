"""Nothing that a coder did is lost: offline, reloads, lost answers, sign-outs, two tabs."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from annotations.actions import coding
from annotations.models import RecoveredDraft
from tests.e2e.desk import TEXT, Desk
from tests.factories import TUESDAY, UserFactory
from tests.stack import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPS = re.compile(r"/ops/$")
PASSWORD = "open sesame 42"

# The browser hands out the lock when the test says so.
LATE_LOCK = """
const request = navigator.locks.request.bind(navigator.locks);
const granted = new Promise((resolve) => { window.grant = resolve; });
navigator.locks.request = (...details) => {
  window.isAsked = true;
  return granted.then(() => request(...details));
};
"""


WORDS = " ".join(f"word{number}" for number in range(50))

# Tag, open, relabel, widen, delete and undo; a second label, undone and done again; a note.
ROUND = [
    *("l", "Enter", "e", "Shift+ArrowRight", "x", "u", "Escape"),
    *("a", "u", "Shift+U", "ArrowRight"),
    *("c", "m", "o", "k", "Control+Enter", "ArrowRight"),
]
STEPS = 10


def drop_the_answer(route, lost):
    lost.append(route.fetch().status)
    route.abort()


def keep_nothing(desk, live_server):
    """Leave the device no room for what is to be kept on it."""
    browser = desk.page.context.new_cdp_session(desk.page)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": live_server.url, "quotaSize": 1})


def test_nothing_can_be_edited_before_the_tab_knows_that_it_edits(desk_with, page):
    page.add_init_script(LATE_LOCK)
    desk = desk_with(TEXT, wait=False)
    wait_until(lambda: page.evaluate("window.isAsked"), what="the wish to edit")
    desk.surface.focus()
    desk.press("l")
    expect(desk.message).to_have_text(re.compile("can’t be changed here"))

    page.evaluate("grant()")
    desk.wait_until_ready()
    desk.press("l")

    assert desk.stored() == [("location", "Harbour")]
    expect(desk.rows).to_have_count(1)


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_work_done_offline_arrives_whole_once_and_in_its_order(
    rounds, desk_with, context, client, trust
):
    desk = desk_with(WORDS, WORDS)
    steps = STEPS * rounds
    context.set_offline(True)
    desk.press(*ROUND * rounds)
    expect(desk.badge).to_have_text(f"Offline — {steps} changes kept on this device")
    kept = desk.kept()
    shown = desk.shown()
    assert not desk.assignment.ops.exists()

    # Of the first request the answer is lost; the page that is opened anew sends all again.
    lost = []
    desk.page.route(OPS, lambda route: drop_the_answer(route, lost), times=1)
    with desk.page.expect_event("requestfailed", lambda _: lost):
        context.set_offline(False)
    desk.page.reload()
    desk.wait_until_ready()
    desk.wait_until_saved()

    assert lost == [200]
    assert desk.shown() == shown
    sent = [op["op_id"] for op in kept]
    stored = [
        str(op) for op in desk.assignment.ops.order_by("rev").values_list("op_id", flat=True)
    ]
    another = desk.assignment.coder.assignments.exclude(pk=desk.assignment.pk).get()
    refused = refused_the_other_way_round(client, another, kept)
    assert refused > 0
    trust(
        "Saving",
        "A coder works offline; once online, the first answer is lost and the page opened anew",
        tried=f"{steps} steps",
        of=f"{len(set(sent))} on the device, {len(shown)} spans",
        control=f"sent the other way round, {refused} of {steps} were refused",
        lost=len(set(sent).difference(stored)),
        doubled=len(stored) - len(set(stored)),
        out_of_order=sum(one != other for one, other in zip(sent, stored, strict=False)),
    )


def refused_the_other_way_round(client, assignment, ops):
    """Send the steps in reverse for another article with the same text; count the refusals."""
    answer = client.post(
        f"/api/v1/assignments/{assignment.uuid}/ops/",
        {
            "client_id": "backwards",
            "since": 0,
            "text_sha256": assignment.task.article.text_sha256,
            "codebook_version": assignment.codebook.number,
            "ops": ops[::-1],
        },
        content_type="application/json",
    )
    return sum(result["status"] != "applied" for result in answer.json()["results"])


def test_work_done_offline_is_sent_by_a_page_that_is_opened_later(desk_with, context, live_server):
    desk = desk_with(TEXT)
    context.set_offline(True)
    desk.tag("dock", "a")
    desk.tag("union", "a")
    expect(desk.badge).to_have_text("Offline — 2 changes kept on this device")
    desk.page.close()
    context.set_offline(False)
    again = Desk(context.new_page(), live_server.url, desk.assignment)
    again.open()

    expect(again.rows).to_have_count(2)
    assert again.stored() == [("actor", "dockers"), ("actor", "union")]
    assert desk.assignment.ops.count() == 2


def test_a_full_device_says_that_the_page_must_stay_open(desk_with, context, live_server):
    desk = desk_with(TEXT)
    keep_nothing(desk, live_server)
    context.set_offline(True)

    desk.tag("velm", "l")
    expect(desk.badge).to_have_text("1 change is only on this page: keep it open")
    context.set_offline(False)

    assert desk.stored() == [("location", "Velmora")]


def test_what_a_reload_a_lost_answer_or_a_busy_server_stopped_is_sent_again_and_not_doubled(
    desk_with,
):
    desk = desk_with(TEXT)

    desk.tag("velm", "l")
    desk.page.reload()
    expect(desk.rows).to_have_count(1)
    assert desk.stored() == [("location", "Velmora")]

    lost = []
    busy = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"code": "busy"}}
    met = []
    # One route for both: where one is taken down and put up again, a request may get lost.
    desk.page.route(OPS, lambda route: met.pop()(route) if met else route.continue_())
    met.append(lambda route: drop_the_answer(route, lost))
    desk.tag("ada", "a")
    assert desk.stored() == [("actor", "Ada"), ("location", "Velmora")]
    assert lost == [200]
    assert desk.assignment.ops.count() == 2

    met.append(lambda route: route.fulfill(**busy))
    desk.tag("talks", "e")
    expect(desk.badge).to_have_text("Offline — 1 change kept on this device")
    assert desk.stored() == [("actor", "Ada"), ("location", "Velmora"), ("event", "talks")]


def test_after_the_session_ended_one_signs_in_on_the_page_and_goes_on(desk_with, trust):
    desk = desk_with(TEXT)
    answers = []
    desk.page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    Session.objects.all().delete()

    desk.tag("velm", "l")
    dialog = desk.page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_contain_text("do not match")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    desk.press("a")

    assert desk.stored() == [("actor", "Velmora"), ("location", "Velmora")]
    assert next(status for url, status in answers if OPS.search(url)) == 401
    trust(
        "Saving",
        "The session ends in mid-task, and the coder signs in on the page",
        tried="1 session",
        of="2 edits",
        control="without a session the same edit was refused",
        lost=0,
        doubled=desk.assignment.ops.count() - 2,
    )


def test_somebody_else_who_signs_in_neither_sends_nor_sees_the_unsent_work(
    desk_with, signed_in, trust
):
    desk = desk_with(TEXT)
    other = UserFactory()
    Session.objects.all().delete()

    desk.tag("velm", "l")
    dialog = desk.page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_label("User name").fill(other.username)
    dialog.get_by_label("Password").fill(PASSWORD)
    desk.page.on("dialog", lambda prompt: prompt.accept())
    dialog.get_by_role("button", name="Sign in").click()
    expect(desk.page.locator("#coding")).to_have_count(0)
    sent_by_another = desk.assignment.ops.count()

    signed_in(desk.assignment.coder.user)
    desk.open()
    assert desk.stored() == [("location", "Velmora")]
    trust(
        "Saving",
        "The session ends, and somebody else signs in while work waits on the device",
        tried="1 session",
        of="1 edit",
        control="once its owner had signed in, the same device sent it",
        lost=0,
        sent_by_another=sent_by_another,
        shown_to_another=0,
    )


def test_a_second_tab_watches_until_it_takes_over(desk_with, context, live_server):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")
    desk.wait_until_saved()
    second = Desk(context.new_page(), live_server.url, desk.assignment)
    second.open()

    notice = second.page.locator("#read-only")
    expect(notice).to_contain_text("in another tab")
    desk.tag("ada", "a")
    expect(second.rows).to_have_count(2)
    second.tag("talks", "e")
    expect(second.rows).to_have_count(2)

    notice.get_by_role("button", name="Edit here instead").click()
    expect(notice).to_be_hidden()
    expect(desk.page.locator("#read-only")).to_be_visible()
    second.tag("talks", "e")
    expect(desk.rows).to_have_count(3)
    desk.tag("dock", "a")

    assert second.stored() == [("actor", "Ada"), ("location", "Velmora"), ("event", "talks")]


def test_edits_on_another_device_merge_in(desk_with, browser, live_server, client, settings):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")
    desk.wait_until_saved()
    tablet = browser.new_context()
    client.force_login(desk.assignment.coder.user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    tablet.add_cookies([cookie])
    other = Desk(tablet.new_page(), live_server.url, desk.assignment)
    other.open()

    other.press("n", "e", "Escape")
    other.tag("ada", "a")
    other.wait_until_saved()
    desk.press("Enter", "c")

    unsaved = desk.page.get_by_role("region", name="Could not be saved")
    expect(unsaved).to_contain_text("changed elsewhere")
    expect(desk.page.locator("#elsewhere")).to_be_visible()
    assert desk.stored() == [("actor", "Ada"), ("event", "Velmora")]
    assert len(desk.shown()) == 2
    unsaved.get_by_role("button", name="Make it again").click()
    expect(unsaved).to_be_hidden()
    assert desk.stored() == [("actor", "Ada"), ("claim", "Velmora")]
    tablet.close()


def test_a_refused_edit_stays_in_sight_until_it_is_put_away(desk_with):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")
    desk.wait_until_saved()
    article = desk.assignment.task.article
    article.zones = [{"start": 0, "end": len(TEXT), "kind": "boilerplate"}]
    article.save(update_fields=["zones"])

    desk.tag("ada", "a")
    unsaved = desk.page.get_by_role("region", name="Could not be saved")
    expect(unsaved).to_contain_text("“Ada”")
    expect(desk.rows).to_have_count(1)
    desk.page.reload()
    expect(unsaved).to_contain_text("“Ada”")
    unsaved.get_by_role("button", name="Put away").click()
    expect(unsaved).to_be_hidden()
    desk.page.reload()
    expect(desk.page.locator("#coding[data-ready]")).to_be_visible()
    expect(unsaved).to_be_hidden()


def test_work_taken_away_in_mid_task_turns_the_page_read_only_and_offers_the_rest(desk_with):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")
    wait_until(desk.assignment.spans.exists, what="the first span to be saved")
    coding.release(assignment=desk.assignment, by=desk.assignment.coder.user, at=TUESDAY)

    desk.tag("ada", "a")

    expect(desk.page.locator("#read-only")).to_contain_text("taken away")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Download unsent work").click()
    assert '"quote": "Ada"' in download.value.path().read_text()
    assert [op["quote"] for op in RecoveredDraft.objects.get().ops] == ["Ada"]
    assert desk.assignment.spans.count() == 1


def test_a_tab_that_is_closed_sends_what_it_had(desk_with, context, live_server):
    desk = desk_with(TEXT)
    desk.tag("velm", "l")

    with desk.page.expect_request(OPS):
        desk.page.evaluate(
            """() => {
                Object.defineProperty(document, "visibilityState", {value: "hidden"});
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    desk.page.close()

    again = Desk(context.new_page(), live_server.url, desk.assignment)
    again.open()
    assert again.stored() == [("location", "Velmora")]
