"""Another coder is asked where the first ones disagree, and no longer waited for."""

import uuid

import pytest

from annotations.actions import adjudication, batch_changes, coding, guards
from annotations.enums import AssignmentState, Role, TaskState
from annotations.exceptions import Refused
from annotations.models import Assignment, AuditEvent, Card, Task
from annotations.queries import asking
from annotations.queries.invariants.adjudication import (
    cards_are_counted_right,
    cards_are_what_the_submissions_come_to,
    tasks_are_as_far_as_their_work,
)
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
)
from tests.stories import adjudicator_of, coded_task
from tests.threads import at_once

pytestmark = pytest.mark.django_db

ACTOR = {"label": "actor", "start": 0, "end": 16}
SHORTER = {"label": "actor", "start": 6, "end": 16}
PLACE = {"label": "location", "start": 25, "end": 32}
DISPUTE = ([ACTOR], [SHORTER])


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN], project__settings={"auto_finish": False})
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project)


def coder(batch, name):
    return MemberFactory(project=batch.project, user__username=name)


def ask(batch, admin, *names, **more):
    return batch_changes.ask_another(batch=batch, coders=names, by=admin.user, at=TUESDAY, **more)


def hand_in(assignment):
    coding.submit(
        assignment=assignment,
        by=assignment.coder.user,
        at=TUESDAY,
        submission_id=uuid.uuid4(),
        doc_rev=assignment.doc_rev,
    )


def broken():
    return [
        *tasks_are_as_far_as_their_work(),
        *cards_are_counted_right(),
        *cards_are_what_the_submissions_come_to(),
    ]


def test_a_third_coder_gets_the_disputed_articles_alone(admin, batch):
    disputed = coded_task(*DISPUTE, batch=batch)
    agreed = coded_task([ACTOR], [ACTOR], batch=batch)
    coder(batch, "cy")

    ask(batch, admin, "cy")

    disputed.refresh_from_db()
    agreed.refresh_from_db()
    assert (disputed.state, disputed.coders_wanted) == (TaskState.OPEN, 3)
    assert (agreed.state, agreed.coders_wanted) == (TaskState.CODED, 2)
    third = Assignment.objects.get(coder__user__username="cy")
    assert (third.task, third.state) == (disputed, AssignmentState.ASSIGNED)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.BATCH_ASKED_MORE)
    assert (event.batch, event.detail["articles"]) == (batch, 1)


def test_what_the_third_coder_hands_in_is_adjudicated_with_the_rest(admin, batch):
    task = coded_task(*DISPUTE, batch=batch)
    coder(batch, "cy")
    ask(batch, admin, "cy")

    hand_in(Assignment.objects.get(coder__user__username="cy"))

    task.refresh_from_db()
    assert task.state == TaskState.CODED
    assert {len(card.candidates) for card in task.cards.all()} == {3}
    assert broken() == []


def test_a_ruling_is_kept_and_is_stale_when_the_third_coder_saw_something_else(admin, batch):
    task = coded_task([ACTOR, PLACE], [SHORTER], batch=batch)
    card = task.cards.get(kind="boundary")
    adjudication.rule(
        task=task,
        card_id=card.card_id,
        by=adjudicator_of(task),
        at=MONDAY,
        base_version=task.version,
        outcome="accept",
        coder="A",
    )
    coder(batch, "cy")
    ask(batch, admin, "cy")

    hand_in(Assignment.objects.get(coder__user__username="cy"))

    ruled = Card.objects.get(task=task, decision__is_automatic=False)
    assert ruled.is_stale
    assert broken() == []


def test_articles_are_spread_evenly_and_nobody_gets_one_twice(admin, batch):
    tasks = [coded_task(*DISPUTE, batch=batch) for _ in range(4)]
    coder(batch, "cy")
    dee = coder(batch, "dee")
    first = tasks[0].assignments.first()
    Assignment.objects.filter(pk=first.pk).update(coder=dee)

    plan = ask(batch, admin, "cy", "dee")

    assert plan.loads == [("cy", 2), ("dee", 2)]
    assert plan.given[tasks[0].pk].name == "cy"


def test_work_that_was_taken_away_before_is_given_back(admin, batch):
    task = coded_task(*DISPUTE, batch=batch)
    cy = coder(batch, "cy")
    before = AssignmentFactory(task=task, coder=cy, state=AssignmentState.RELEASED)

    ask(batch, admin, "cy")

    before.refresh_from_db()
    assert before.state == AssignmentState.ASSIGNED
    assert Assignment.objects.filter(coder=cy).count() == 1


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({"at_least": 2}, 1),
        ({"labels": ["location"]}, 1),
        ({"labels": ["location", "actor"]}, 2),
        ({}, 2),
    ],
)
def test_only_articles_with_so_many_disputes_of_these_labels(admin, batch, more, asked):
    coded_task(*DISPUTE, batch=batch)
    coded_task([ACTOR, PLACE], [SHORTER], batch=batch)
    coder(batch, "cy")
    assert len(ask(batch, admin, "cy", **more).given) == asked


def test_disputes_that_are_ruled_on_count_no_more(admin, batch):
    task = coded_task(*DISPUTE, batch=batch)
    adjudication.rule(
        task=task,
        card_id=task.cards.get().card_id,
        by=adjudicator_of(task),
        at=MONDAY,
        base_version=task.version,
        outcome="reject",
    )
    assert not asking.disputed(batch).exists()


def test_versions_of_one_story_do_not_meet_where_the_batch_forbids_it(admin, batch):
    batch.is_one_per_cluster = True
    batch.save()
    cluster = admin.project.clusters.create(name="story")
    articles = ArticleFactory.create_batch(2, project=admin.project, cluster=cluster)
    for article in articles:
        coded_task(*DISPUTE, batch=batch, article=article)
    coder(batch, "cy")

    plan = ask(batch, admin, "cy")

    assert (len(plan.given), len(plan.unplaced)) == (1, 1)


@pytest.mark.parametrize(
    ("names", "code"),
    [(["nobody"], "unknown_coder"), ([], "unknown_coder"), (["cy"], "nobody_to_ask")],
)
def test_who_can_not_be_asked_is_said(admin, batch, names, code):
    coder(batch, "cy")
    with pytest.raises(Refused) as refusal:
        ask(batch, admin, *names)
    codes = {refusal.value.code, *(error["code"] for error in refusal.value.errors)}
    assert code in codes


def test_going_on_without_the_third_coder_is_as_if_nobody_had_been_asked(admin, batch):
    task = coded_task(*DISPUTE, batch=batch)
    before = set(task.cards.values_list("card_id", flat=True))
    coder(batch, "cy")
    ask(batch, admin, "cy")

    went_on = batch_changes.ask_no_more(batch=batch, by=admin.user, at=TUESDAY)

    task.refresh_from_db()
    assert went_on == 1
    assert (task.state, task.coders_wanted, task.coders_added) == (TaskState.CODED, 2, 0)
    assert set(task.cards.values_list("card_id", flat=True)) == before
    third = Assignment.objects.get(coder__user__username="cy")
    assert third.state == AssignmentState.RELEASED
    assert broken() == []
    with pytest.raises(batch_changes.NothingAsked):
        batch_changes.ask_no_more(batch=batch, by=admin.user, at=TUESDAY)


def test_an_admin_who_codes_in_the_batch_may_not_ask(admin, batch):
    coded_task(*DISPUTE, batch=batch)
    AssignmentFactory(task__batch=batch, coder=admin)
    coder(batch, "cy")
    with pytest.raises(guards.Blind):
        ask(batch, admin, "cy")
    with pytest.raises(guards.Blind):
        batch_changes.ask_no_more(batch=batch, by=admin.user, at=TUESDAY)


@pytest.mark.django_db(transaction=True)
def test_two_admins_asking_at_once_ask_once(admin, batch):
    coded_task(*DISPUTE, batch=batch)
    coder(batch, "cy")
    coder(batch, "dee")

    outcomes = at_once(lambda: ask(batch, admin, "cy"), lambda: ask(batch, admin, "dee"))

    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refused] == ["nobody_to_ask"]
    assert Task.objects.get().coders_wanted == 3
