import pytest

from annotations.actions import adjudication
from annotations.actions.rulings import StaleRuling
from annotations.queries.card_history import history
from tests.annotations.actions.disputes import (
    BRANDT,
    MAYOR,
    actor,
    name_of,
    only_card,
    rule,
    shown,
)
from tests.factories import TUESDAY
from tests.stories import adjudicator_of, coded_task, resubmit

pytestmark = pytest.mark.django_db


def told(task):
    (card,) = task.cards.select_related("decision")
    return [(row["outcome"], row["standing"]) for row in history(task, card)]


def test_a_card_whose_work_changed_remembers_what_was_ruled_when_it_had_another_name():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    before = only_card(task, "boundary")
    rule(task, before, "reject")
    rule(task, before, "accept", coder=name_of(before, MAYOR))

    resubmit(task, name_of(before, BRANDT), [actor((0, 12))])
    (after,) = shown(task)["cards"]

    assert after["id"] != before["id"]
    assert told(task) == [("accept", "stale"), ("reject", "superseded")]


def test_what_was_decided_without_a_person_is_told_too():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])
    card = only_card(task, "agreed")
    rule(task, card, "reject")

    assert told(task) == [("reject", "in_force"), ("accept", "superseded")]


def test_a_ruling_that_came_too_late_is_told_until_its_author_makes_it_again():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    first, second = adjudicator_of(task), adjudicator_of(task)
    seen = task.version
    rule(task, card, "reject", by=first)
    with pytest.raises(StaleRuling):
        adjudication.rule(
            task=task,
            card_id=card["id"],
            by=second,
            at=TUESDAY,
            base_version=seen,
            outcome="unclear",
        )
    assert told(task) == [("reject", "in_force"), ("unclear", "refused")]

    rule(task, card, "unclear", by=second)

    assert told(task) == [("unclear", "in_force"), ("reject", "superseded")]


def test_a_history_takes_the_same_queries_however_long_it_is(django_assert_num_queries):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    for rulings in (1, 2):
        for _ in range(rulings):
            rule(task, card, "reject")
        (row,) = task.cards.select_related("decision")
        with django_assert_num_queries(4):
            found = history(task, row)
    assert len(found) == 3
