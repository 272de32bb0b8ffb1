import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, FlagAnswer, Reminder, Task
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    submitted,
)
from tests.stories import coded_task

pytestmark = pytest.mark.django_db

ACTOR = {"label": "actor", "start": 0, "end": 16}
SHORTER = {"label": "actor", "start": 6, "end": 16}


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN], project__settings={"auto_finish": False})
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_work_is_given_to_somebody_else_on_the_page(signed_in, batch, coders):
    ann, ben = coders
    free = AssignmentFactory(task__batch=batch, coder=ann)
    shared = AssignmentFactory(task__batch=batch, coder=ann)
    AssignmentFactory(task=shared.task, coder=ben)
    form = signed_in.get(f"/batches/{batch.uuid}/reassign/").content.decode()
    assert f"<option>{ann.name}</option>" in form

    answer = signed_in.post(
        f"/batches/{batch.uuid}/reassign/", {"from": ann.name, "to": ben.name}, follow=True
    )

    assert said(answer) == ["1 article moved.", f"1 article stayed. {ben.name} has this article."]
    assert free.task.assignments.live().get().coder == ben


def test_a_closed_batch_says_so_and_offers_nothing_more(signed_in, batch, coders):
    AssignmentFactory(task__batch=batch, coder=coders[0])
    assert 'id="close-dialog"' in signed_in.get(f"/batches/{batch.uuid}/").content.decode()

    page = signed_in.post(f"/batches/{batch.uuid}/close/", follow=True).content.decode()
    again = signed_in.post(f"/batches/{batch.uuid}/close/", follow=True).content.decode()

    assert "The batch is closed." in page
    assert "close-dialog" not in page
    assert "reassign-dialog" not in page
    assert "This batch is closed." in again


def test_closing_says_before_what_it_would_do(signed_in, batch, coders):
    begun = AssignmentFactory(task__batch=batch, coder=coders[0], doc_rev=1)
    submitted(AssignmentFactory(task=begun.task, coder=coders[1]), [])
    AssignmentFactory(task__batch=batch, coder=coders[0])

    form = signed_in.get(f"/batches/{batch.uuid}/close/").content.decode()

    assert "<strong>2</strong> pieces of work are taken away" in form
    assert "1 of them is begun." in form
    assert "<strong>1</strong> article goes on" in form
    assert "<strong>1</strong> article that nobody has handed in is dropped" in form


def test_all_or_some_of_a_coders_work_is_taken_away(signed_in, batch, coders):
    rows = [AssignmentFactory(task__batch=batch, coder=coders[0]) for _ in range(3)]
    address = f"/batches/{batch.uuid}/release/"
    form = signed_in.get(f"{address}?coder=ann").content.decode()
    assert form.count('name="assignments"') == 3

    one = signed_in.post(
        address, {"what": "some", "assignments": [str(rows[0].uuid), "nonsense"]}, follow=True
    )
    rest = signed_in.post(address, {"what": "all", "coder": "ann"}, follow=True)
    nothing = signed_in.post(address, {"what": "some"}, follow=True)

    assert said(one) == ["1 article taken away. What was saved is kept."]
    assert said(rest) == ["2 articles taken away. What was saved is kept."]
    assert said(nothing) == ["There is nothing to take away: it is handed in, or gone."]


def test_work_that_was_taken_away_is_given_back_on_its_page(signed_in, batch, coders):
    work = AssignmentFactory(task__batch=batch, coder=coders[0], state=AssignmentState.RELEASED)
    assert "Give it back" in signed_in.get(f"/assignments/{work.uuid}/record/").content.decode()

    answer = signed_in.post(f"/assignments/{work.uuid}/give-back/", follow=True)
    again = signed_in.post(f"/assignments/{work.uuid}/give-back/", follow=True)

    assert said(answer) == ["ann has it again."]
    assert said(again) == ["This work was not taken away."]


def test_the_plan_says_whom_it_would_ask_and_asking_does_that(signed_in, batch, coders):
    for _ in range(2):
        coded_task([ACTOR], [SHORTER], batch=batch)
    address = f"/batches/{batch.uuid}/another/"
    form = signed_in.get(address).content.decode()
    wish = {"coders": ["ann", "ben"], "at_least": "1"}
    plan = signed_in.get(f"{address}plan/", wish).content.decode()
    assert "2 articles have disputes that wait for a ruling." in form
    assert "<bdi>ann</bdi> 1" in plan
    assert "<bdi>ben</bdi> 1" in plan
    assert not Assignment.objects.filter(coder__in=coders).exists()

    answer = signed_in.post(address, wish, follow=True)
    stopped = signed_in.post(f"{address}stop/", follow=True)

    assert said(answer) == ["Another coder is asked for 2 articles."]
    assert "2 disputed articles wait for another coder" in answer.content.decode()
    assert said(stopped) == ["2 articles go on to adjudication."]
    assert not Task.objects.filter(state="open").exists()


def test_a_wish_that_can_not_be_met_is_refused_in_words(signed_in, batch, coders):
    address = f"/batches/{batch.uuid}/another/"
    nobody = signed_in.post(address, {"at_least": "1"}, follow=True)
    nothing = signed_in.post(address, {"coders": ["ann"], "at_least": "1"}, follow=True)
    assert said(nobody) == ["Choose somebody to ask."]
    assert said(nothing) == ["There is no such dispute that one of these coders could code."]


def test_coders_are_reminded_and_read_it_until_they_are_done(
    signed_in, client, batch, coders, settings
):
    settings.HAS_MAIL = False
    work = AssignmentFactory(task__batch=batch, coder=coders[0])
    address = f"/batches/{batch.uuid}/remind/"
    assert 'value="ann"' in signed_in.get(address).content.decode()

    answer = signed_in.post(address, {"coders": ["ann"], "text": "By noon, please."}, follow=True)

    assert said(answer) == ["Reminded: ann."]
    assert Reminder.objects.get().text == "By noon, please."
    client.force_login(coders[0].user)
    assert "By noon, please." in client.get("/").content.decode()
    submitted(work, [])
    assert "By noon, please." not in client.get("/").content.decode()


def test_an_answer_to_a_flag_stands_on_the_coders_home_and_beside_the_article(
    signed_in, client, batch, coders
):
    work = AssignmentFactory(task__batch=batch, coder=coders[0], flag="discuss: which side?")

    answer = signed_in.post(f"/assignments/{work.uuid}/answer/", {"note": "Both."}, follow=True)

    assert said(answer) == ["ann will read your answer."]
    assert FlagAnswer.objects.get().note == "Both."
    client.force_login(coders[0].user)
    assert "Both." in client.get("/").content.decode()
    assert "Both." in client.get(f"/assignments/{work.uuid}/").content.decode()
    client.force_login(coders[1].user)
    assert "Both." not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "what", ["reassign", "release", "another", "another/plan", "remind", "close"]
)
def test_who_codes_in_the_batch_is_not_shown_what_it_would_do(signed_in, admin, batch, what):
    AssignmentFactory(task__batch=batch, coder=admin)
    assert signed_in.get(f"/batches/{batch.uuid}/{what}/").status_code == 404
