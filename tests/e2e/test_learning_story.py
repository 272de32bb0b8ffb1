"""A coder trains, fails, reads why, passes; codes, is overruled, and the codebook has learnt."""

import pytest
from playwright.sync_api import expect

from annotations.actions import coding, training
from annotations.enums import Role, TaskState
from annotations.models import Assignment, Task
from tests.coder import MAYOR, VELMORA, hand_in, save, step
from tests.e2e.barriers import barriers
from tests.e2e.desk import Desk
from tests.e2e.test_adjudication_page import key_of, saved
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
)
from tests.stories import RuledTask, article_with_gold, opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULE = "A title belongs to the name."
BRANDT = {"label": "actor", "start": 6, "end": 16}
WHOLE = {"label": "actor", "start": 0, "end": 16}
PLACE = {"label": "location", "start": 25, "end": 32}


@pytest.fixture
def project():
    project = ProjectFactory(settings={"auto_finish": False}, slug="talks", name="Talks")
    CodebookFactory(project=project, rules=[{"id": "R1", "text": RULE}])
    return project


@pytest.fixture
def judge(project):
    roles = [Role.ADMIN, Role.ADJUDICATOR]
    return MemberFactory(project=project, roles=roles, user__username="judge")


@pytest.fixture
def ann(project, judge):
    """Somebody who is to be trained on two articles, and then to code what ben has coded."""
    ann, ben = (MemberFactory(project=project, user__username=name) for name in ("ann", "ben"))
    ruled = RuledTask(MemberFactory(project=project), judge.user, [BRANDT, PLACE], [WHOLE, PLACE])
    ruled.rule("accept", ruled.others, reason="The title is missing", rule="R1").finish()
    articles = [ruled.task.article, article_with_gold(project, WHOLE, PLACE)]
    opened(project, ann, articles=articles, training=True, name="Training")
    opened(
        project,
        ann,
        ben,
        articles=[ArticleFactory(project=project, meta={"title": "The talks"})],
        strategy="pool",
        coders_per_article=2,
        name="Round 1",
        required_f1=0.8,
        required_articles=1,
    )
    training.admit(member=ben, note="Wrote the codebook.", by=judge.user, at=TUESDAY)
    work = coding.next_assignment(member=ben, at=TUESDAY)
    save(work, step(extent=MAYOR), step(extent=VELMORA, label="location"))
    hand_in(work)
    return ann


def work_at(page, live_server):
    """Return the desk of the article that the page shows."""
    uuid = page.url.rstrip("/").rsplit("/", 1)[1]
    desk = Desk(page, live_server.url, Assignment.objects.get(uuid=uuid))
    desk.wait_until_ready()
    return desk


def tag_and_hand_in(desk, name, words):
    desk.tag(name, "a", words)
    desk.tag("vel", "l")
    desk.wait_until_saved()
    desk.press("Control+Enter")
    desk.page.wait_for_url(lambda url: url != desk.address)


def test_a_coder_is_trained_overruled_and_the_codebook_learns(
    page, live_server, signed_in, project, judge, ann
):
    signed_in(ann.user)
    page.goto(f"{live_server.url}/")
    expect(page.get_by_text("you have handed in 0 so far.")).to_be_visible()
    page.get_by_role("link", name="Go on with your training").click()

    # She fails, and reads why.
    tag_and_hand_in(work_at(page, live_server), "ada", 2)
    expect(page.get_by_role("heading", name="Gold begins or ends elsewhere")).to_be_visible()
    expect(page.get_by_text("The title is missing")).to_be_visible()
    expect(page.get_by_text(RULE)).to_be_visible()
    expect(page.get_by_text("yours come to 0.500.")).to_be_visible()
    assert barriers(page) == []

    # She passes.
    page.get_by_role("link", name="Next training article").click()
    tag_and_hand_in(work_at(page, live_server), "mayor", 3)
    expect(page.get_by_text("Gold is what you handed in")).to_be_visible()
    expect(page.get_by_text("“Round 1” is open to you.")).to_be_visible()
    page.get_by_role("link", name="Go on").click()

    # She codes, and forgets.
    page.get_by_role("button", name="Draw the next article").click()
    desk = work_at(page, live_server)
    assert desk.assignment.task.batch.name == "Round 1"
    tag_and_hand_in(desk, "ada", 2)
    expect(page.get_by_text("everything that was given to you")).to_be_visible()

    # She is overruled, and the ruling becomes an example of the next version.
    signed_in(judge.user)
    task = Task.objects.get(batch__name="Round 1")
    page.goto(f"{live_server.url}/tasks/{task.uuid}/")
    expect(page.locator("#adjudication")).to_have_attribute("data-ready", "true")
    page.get_by_label("Rule (optional)").select_option("R1")
    page.locator("#card-heading").click()
    page.keyboard.press(key_of(page, "Mayor Ada Brandt"))
    saved(page)
    page.keyboard.press("c")
    dialog = page.locator("#codebook-dialog")
    expect(dialog.get_by_label("This is what is tagged", exact=False)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("The example is in the codebook’s draft.")
    expect(dialog.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: str(task.uuid) not in url)
    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    page.goto(f"{live_server.url}/projects/talks/codebook/edit/")
    page.get_by_role("button", name="Publish the next version").click()
    expect(page.get_by_text("Version 2, published")).to_be_visible()

    # She sees the rule, and the example in the codebook that is in force now.
    signed_in(ann.user)
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="See what was ruled otherwise").click()
    expect(page.get_by_role("heading", name="The talks")).to_be_visible()
    expect(page.get_by_text(RULE)).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="Rule R1").click()
    expect(page.get_by_text("Version 2, published")).to_be_visible()
    example = page.locator(".codebook-examples", has_text="said in Velmora")
    expect(example.locator("mark")).to_have_text("Mayor Ada Brandt")
