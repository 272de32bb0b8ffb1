from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from annotations.actions import adjudication, precedents, rulings
from annotations.enums import Outcome, Role
from annotations.models import Card, Decision, Task
from annotations.queries import disputes
from annotations.queries import precedents as asked
from tests.annotations.actions.disputes import (
    BRANDT,
    MAYOR,
    VELMORA,
    actor,
    in_gold,
    name_of,
    only_card,
    place,
    rule,
    shown,
)
from tests.factories import TUESDAY, ArticleFactory, BatchFactory, MemberFactory, ProjectFactory
from tests.stories import coded_task
from tests.threads import at_once

pytestmark = pytest.mark.django_db

LATER = 8
ELSEWHERE = "Later, mayor Ada Brandt left. “Ada Brandt” was in Velmora."


@pytest.fixture
def batch():
    return BatchFactory(project=ProjectFactory(settings={"auto_finish": False}))


@pytest.fixture
def ruler(batch):
    return MemberFactory(project=batch.project, roles=[Role.ADJUDICATOR]).user


def moved(extent, by):
    return (extent[0] + by, extent[1] + by)


def task_with_the_same_question(batch, *, text=ELSEWHERE, by=LATER - 1, coders=2):
    """Return a task in which one coder took the title along and the others did not."""
    article = ArticleFactory(project=batch.project, text=text)
    without = [[actor(moved(BRANDT, by))] for _ in range(coders - 1)]
    return coded_task([actor(moved(MAYOR, by))], *without, batch=batch, article=article)


def ruled(batch, ruler, **said):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)
    card = only_card(task, "boundary")
    coder = name_of(card, BRANDT)
    rule(task, card, "accept", by=ruler, coder=coder, **said)
    task.refresh_from_db()
    return task, card


def spread(task, card, ruler):
    task.refresh_from_db()
    return precedents.spread(
        task=task, card_id=card["id"], by=ruler, at=TUESDAY, base_version=task.version
    )


def card_row(task):
    return task.cards.select_related("decision").get()


def test_a_version_is_applied_as_that_of_the_coder_who_gave_its_attributes(batch, ruler):
    def kind(value, extent=MAYOR):
        return [actor(extent, attributes=[{"name": "kind", "value": value}])]

    there = moved(MAYOR, LATER - 1)
    article = ArticleFactory(project=batch.project, text=ELSEWHERE)
    other = coded_task(kind("person", there), kind("office", there), batch=batch, article=article)
    task = coded_task(kind("person"), kind("office"), batch=batch)
    card = only_card(task, "attribute")
    chosen = next(
        candidate["coder"]
        for candidate in card["candidates"]
        if candidate["spans"][0]["attributes"][0]["value"] == "office"
    )
    rule(task, card, "accept", by=ruler, coder=chosen)

    spread(task, card, ruler)

    decision = card_row(other).decision
    assert decision.spans[0]["attributes"] == [{"name": "kind", "value": "office"}]
    assert decision.coder == other.assignments.order_by("pk")[1].coder


def test_a_ruling_is_applied_wherever_the_same_question_waits(batch, ruler):
    other = task_with_the_same_question(batch, coders=3)
    version = other.version
    task, card = ruled(batch, ruler, reason="no titles", rule="R2", note="See the book.")

    done = spread(task, card, ruler)

    assert [found.task for found in done.cards] == [other]
    assert (done.articles, done.left) == (1, 0)
    assert in_gold(other) == [("actor", *moved(BRANDT, LATER - 1), "adjudicated")]
    decision = card_row(other).decision
    assert decision.spread_from == card_row(task).decision
    assert (decision.outcome, decision.made_by) == (Outcome.ACCEPT, ruler)
    assert (decision.reason, decision.rule, decision.note) == ("no titles", "R2", "See the book.")
    assert decision.spans[0]["quote"] == "Ada Brandt"
    other.refresh_from_db()
    assert (other.cards_open, other.version) == (0, version + 1)


@pytest.mark.parametrize("outcome", ["reject", "unclear"])
def test_nothing_and_unclear_are_applied_too(batch, ruler, outcome):
    other = task_with_the_same_question(batch)
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)
    card = only_card(task, "boundary")
    rule(task, card, outcome, by=ruler)

    spread(task, card, ruler)

    assert card_row(other).decision.outcome == outcome
    assert in_gold(other) == []


def test_an_edit_moves_along(batch, ruler):
    other = task_with_the_same_question(batch)
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)
    card = only_card(task, "boundary")
    rule(task, card, "edit", by=ruler, spans=[place((0, 5))])

    spread(task, card, ruler)

    assert in_gold(other) == [("location", LATER - 1, LATER + 4, "adjudicated")]
    assert card_row(other).decision.spans[0]["quote"] == "mayor"


def test_other_disputes_about_the_same_words_are_left_alone(batch, ruler):
    other = coded_task([actor(MAYOR)], [place(MAYOR)], batch=batch)
    task, card = ruled(batch, ruler)

    done = spread(task, card, ruler)

    assert done.cards == []
    assert card_row(other).decision is None


def test_what_somebody_has_ruled_on_is_left_alone(batch, ruler):
    other = task_with_the_same_question(batch)
    rule(other, only_card(other, "boundary"), "reject", by=ruler)
    task, card = ruled(batch, ruler)

    assert spread(task, card, ruler).cards == []
    assert card_row(other).decision.outcome == Outcome.REJECT


def test_it_stays_in_the_project_and_where_one_may_rule(batch, ruler):
    elsewhere = BatchFactory(project=ProjectFactory(settings={"auto_finish": False}))
    MemberFactory(project=elsewhere.project, user=ruler, roles=[Role.ADJUDICATOR])
    foreign = task_with_the_same_question(elsewhere)
    own = task_with_the_same_question(BatchFactory(project=batch.project))
    own.assignments.filter(pk=own.assignments.first().pk).update(
        coder=batch.project.members.get(user=ruler)
    )
    task, card = ruled(batch, ruler)

    done = spread(task, card, ruler)

    assert (done.cards, done.left) == ([], 0)
    assert [card_row(other).decision for other in (foreign, own)] == [None, None]


def test_it_is_taken_back_at_once(batch, ruler):
    tasks = [task_with_the_same_question(batch) for _ in range(2)]
    task, card = ruled(batch, ruler)
    done = spread(task, card, ruler)

    undone = precedents.take_back(task=task, decision=done.decision, by=ruler, at=TUESDAY)

    assert {found.task for found in undone.cards} == set(tasks)
    assert undone.left == 0
    for other in tasks:
        assert card_row(other).decision is None
        other.refresh_from_db()
        assert other.cards_open == 1
        outcomes = [d.outcome for d in other.decisions.order_by("pk")]
        assert outcomes == [Outcome.ACCEPT, Outcome.REOPEN]
    assert card_row(task).decision == done.decision


def test_taking_it_back_leaves_what_was_ruled_on_since(batch, ruler):
    other = task_with_the_same_question(batch)
    task, card = ruled(batch, ruler)
    done = spread(task, card, ruler)
    rule(other, only_card(other, "boundary"), "reject", by=ruler)

    undone = precedents.take_back(task=task, decision=done.decision, by=ruler, at=TUESDAY)

    assert undone.cards == []
    assert card_row(other).decision.outcome == Outcome.REJECT


def test_a_place_that_nobody_ruled_on_is_not_applied(batch, ruler):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)

    with pytest.raises(precedents.NothingToSpread):
        spread(task, only_card(task, "boundary"), ruler)


def test_words_beside_the_dispute_can_not_be_carried_along(batch, ruler):
    task_with_the_same_question(batch)
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)
    card = only_card(task, "boundary")
    rule(task, card, "edit", by=ruler, spans=[actor((0, 21))])

    with pytest.raises(precedents.NothingToSpread, match="beside"):
        spread(task, card, ruler)


def test_a_ruling_on_an_old_version_is_not_applied(batch, ruler):
    other = task_with_the_same_question(batch)
    task, card = ruled(batch, ruler)

    with pytest.raises(rulings.StaleRuling):
        precedents.spread(
            task=task, card_id=card["id"], by=ruler, at=TUESDAY, base_version=task.version - 1
        )

    assert card_row(other).decision is None


def test_precedents_are_counted_with_the_rules_they_cite(batch, ruler):
    ruled(batch, ruler, rule="R2")
    ruled(batch, ruler, rule="R4.1")
    third = coded_task([actor(MAYOR)], [place(MAYOR)], batch=batch)
    rule(third, only_card(third, "label"), "reject", by=ruler)
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)

    found = asked.precedents(card_row(task), ruler)

    assert found == [
        asked.Precedent("accept", ("actor",), ("R2", "R4.1"), 2),
        asked.Precedent("reject", (), (), 1),
    ]


def test_what_was_decided_without_a_person_is_no_precedent(batch, ruler):
    coded_task([place(VELMORA)], [place(VELMORA)], batch=batch)
    task = coded_task([place(VELMORA)], [], batch=batch)

    assert asked.precedents(card_row(task), ruler) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_at_once_rule_on_each_place_once(batch, ruler):
    other = task_with_the_same_question(batch)
    second = MemberFactory(project=batch.project, roles=[Role.ADJUDICATOR]).user
    pairs = [(*ruled(batch, person), person) for person in (ruler, second)]

    def apply(task, card, person):
        return precedents.spread(
            task=task, card_id=card["id"], by=person, at=TUESDAY, base_version=task.version
        )

    done = at_once(*(partial(apply, *pair) for pair in pairs))

    assert sum(len(found.cards) for found in done) == 1
    assert Decision.objects.filter(task=other).count() == 1
    assert Card.objects.open().count() == 0


def test_who_is_at_an_article_is_told_to_the_next_one(batch, ruler):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)
    second = MemberFactory(project=batch.project, roles=[Role.ADJUDICATOR]).user
    adjudication.take(task=task, by=ruler)

    with pytest.raises(adjudication.Taken, match=ruler.username):
        adjudication.take(task=task, by=second)

    adjudication.take(task=task, by=second, is_over_another=True)
    assert shown(task)["version"] == task.version
    assert task.taken_by == second


def test_the_databases_clock_decides_how_long_one_is_at_an_article(batch, ruler):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=batch)
    second = MemberFactory(project=batch.project, roles=[Role.ADJUDICATOR]).user
    waiting = disputes.queue(batch.project, second)

    # The server of this ruling takes today for some Tuesday.
    rule(task, only_card(task, "boundary"), "reject", by=ruler)
    assert not disputes.free_for(waiting, second).exists()
    with pytest.raises(adjudication.Taken):
        adjudication.take(task=task, by=second)

    Task.objects.update(taken_at=Now() - timedelta(minutes=11))
    assert disputes.free_for(waiting, second).get() == task
    assert adjudication.take(task=task, by=second).taken_by == second
