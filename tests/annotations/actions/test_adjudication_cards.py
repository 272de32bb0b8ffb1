import pytest

from annotations.actions import adjudication
from annotations.enums import TaskState
from annotations.models import Decision, Gold, Task
from annotations.queries import disputes
from tests.annotations.actions.disputes import (
    BRANDT,
    MAYOR,
    TALKS,
    VELMORA,
    actor,
    finish,
    in_gold,
    name_of,
    only_card,
    place,
    rule,
    shown,
    span,
)
from tests.stories import coded_task, resubmit

pytestmark = pytest.mark.django_db


def test_what_all_coders_marked_alike_is_gold_without_a_person():
    task = coded_task([actor(MAYOR), place(VELMORA)], [actor(MAYOR)])

    document = shown(task)

    assert [card["kind"] for card in document["cards"]] == ["agreed", "missing"]
    assert in_gold(task) == [("actor", 0, 16, "unanimous")]
    assert document["gold"][0]["coders"] == ["A", "B"]
    assert (task.cards_open, task.cards_disputed) == (1, 1)
    assert document["cards"][0]["decision"]["automatic"]
    assert document["cards"][0]["decision"]["by"] is None


@pytest.mark.parametrize(
    ("policy", "open_cards", "gold"),
    [
        ("none", 2, []),
        ("unanimous", 1, [("actor", 0, 16, "unanimous")]),
        ("majority", 0, [("actor", 0, 16, "unanimous"), ("location", 25, 32, "majority")]),
    ],
)
def test_the_policy_decides_no_more_than_it_says(policy, open_cards, gold):
    task = coded_task(
        [actor(MAYOR), place(VELMORA)],
        [actor(MAYOR), place(VELMORA)],
        [actor(MAYOR)],
        settings={"auto_decide": policy},
    )

    assert task.cards_open == open_cards
    assert in_gold(task) == gold


@pytest.mark.parametrize("spans", [[], [actor(MAYOR)]])
def test_the_work_of_a_single_coder_is_gold_and_says_so(spans):
    task = coded_task(spans, settings={"auto_finish": True})

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    assert [row["source"] for row in Gold.objects.get().spans] == ["single"] * len(spans)


def test_an_automatic_decision_on_what_changed_is_kept_to_be_confirmed():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])

    resubmit(task, "A", [actor(BRANDT)])

    (card,) = shown(task)["cards"]
    assert card["kind"] == "boundary"
    assert (card["decision"]["automatic"], card["decision"]["stale"]) == (True, True)
    assert shown(task)["gold"] == []


def test_rulings_on_cards_that_did_not_change_stay_in_force():
    task = coded_task([actor(MAYOR), place(VELMORA)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    rule(task, card, "reject")
    other = name_of(only_card(task, "missing"), VELMORA)

    resubmit(task, other, [actor(MAYOR)])

    (kept,) = shown(task)["cards"]
    assert kept["id"] == card["id"]
    assert not kept["decision"]["stale"]
    task.refresh_from_db()
    assert task.cards_open == 0


def test_a_ruling_on_what_changed_becomes_stale_and_can_be_confirmed():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    before = only_card(task, "boundary")
    rule(task, before, "accept", coder=name_of(before, MAYOR))

    resubmit(task, name_of(before, BRANDT), [actor((0, 12))])

    (card,) = shown(task)["cards"]
    assert card["id"] != before["id"]
    assert card["decision"]["stale"]
    assert shown(task)["gold"] == []
    with pytest.raises(adjudication.CardsAreOpen):
        finish(task)

    rule(task, card, "accept", coder=name_of(card, MAYOR))

    stale, confirmed = Decision.objects.order_by("pk")
    assert confirmed.supersedes == stale
    assert in_gold(task) == [("actor", 0, 16, "adjudicated")]


def test_a_ruling_whose_place_is_gone_waits_to_be_confirmed():
    task = coded_task([place(VELMORA)], [])
    card = only_card(task, "missing")
    owner = name_of(card, VELMORA)
    rule(task, card, "accept", coder=owner)

    resubmit(task, owner, [])

    (orphan,) = shown(task)["cards"]
    assert orphan["decision"]["stale"]
    assert [candidate["spans"] for candidate in orphan["candidates"]] == [[], []]
    rule(task, orphan, "reject")
    finish(task)
    assert Gold.objects.get().spans == []


def test_a_ruling_is_in_force_again_when_the_work_is_what_it_was():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    coder = name_of(card, BRANDT)
    rule(task, card, "reject")

    resubmit(task, coder, [actor((0, 12))])
    resubmit(task, coder, [actor(BRANDT)])

    (again,) = shown(task)["cards"]
    assert again["id"] == card["id"]
    assert not again["decision"]["stale"]


def test_what_agrees_after_a_correction_is_decided_by_the_policy():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    coder = name_of(only_card(task, "boundary"), BRANDT)

    resubmit(task, coder, [actor(MAYOR)])

    assert in_gold(task) == [("actor", 0, 16, "unanimous")]


def test_a_changed_attribute_makes_the_ruling_stale():
    def mayor(kind):
        return [actor(MAYOR, attributes=[{"name": "kind", "value": kind}])]

    task = coded_task(mayor("person"), mayor("office"))
    card = only_card(task, "attribute")
    rule(task, card, "accept", coder="A")

    resubmit(task, "B", mayor("role"))

    (after,) = shown(task)["cards"]
    assert after["id"] == card["id"]
    assert after["decision"]["stale"]


def test_coders_are_letters_unless_the_project_shows_names():
    blind = shown(coded_task([actor(MAYOR)], [actor(BRANDT)]))
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], settings={"show_names": True})

    assert blind["coders"] == ["A", "B"]
    assert shown(task)["coders"] == sorted(a.coder.name for a in disputes.coders_of(task))


def test_the_document_takes_the_same_few_queries_however_many_cards(django_assert_num_queries):
    one = coded_task([actor(MAYOR)], [])
    three = coded_task([actor(MAYOR), place(VELMORA), span("event", TALKS)], [])

    for task in (one, three):
        task = Task.objects.select_related("batch__project", "article").get(pk=task.pk)
        with django_assert_num_queries(4):
            disputes.document(task)
