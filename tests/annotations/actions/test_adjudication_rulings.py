import threading

import pytest
from django.db import connection

from annotations.actions import adjudication, rulings
from annotations.enums import Outcome, Role, TaskState
from annotations.exceptions import Invalid
from annotations.models import AuditEvent, Decision, RulingDraft
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
    span,
)
from tests.factories import (
    TEXT,
    TUESDAY,
)
from tests.stories import adjudicator_of, coded_task

pytestmark = pytest.mark.django_db


def test_accepting_a_version_puts_it_into_gold_with_who_marked_it_so():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    brandt = name_of(card, BRANDT)

    rule(task, card, "accept", coder=brandt, reason="no titles", rule="R2", note="see the book")

    document = shown(task)
    (row,) = document["gold"]
    assert (row["start"], row["end"], row["quote"]) == (6, 16, TEXT[6:16])
    assert (row["source"], row["coders"]) == ("adjudicated", [brandt])
    decision = document["cards"][0]["decision"]
    assert row["decision"] == decision["id"]
    assert (decision["outcome"], decision["coder"]) == ("accept", brandt)
    assert (decision["reason"], decision["rule"]) == ("no titles", "R2")
    assert document["state"] == TaskState.ADJUDICATING
    assert AuditEvent.objects.get().kind == AuditEvent.Kind.CARD_RULED


def test_accepting_a_coder_who_has_nothing_there_gives_nothing():
    task = coded_task([place(VELMORA)], [])
    card = only_card(task, "missing")

    rule(task, card, "accept", coder=name_of(card))

    assert shown(task)["gold"] == []
    task.refresh_from_db()
    assert task.cards_open == 0


@pytest.mark.parametrize("outcome", ["reject", "unclear"])
def test_nothing_goes_to_gold_from_a_rejected_or_unclear_card(outcome):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])

    rule(task, only_card(task, "boundary"), outcome)

    document = shown(task)
    assert document["gold"] == []
    assert document["cards"][0]["decision"]["outcome"] == outcome


def test_an_edit_takes_the_quote_from_the_text_and_can_keep_several():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])

    rule(
        task,
        only_card(task, "boundary"),
        "edit",
        spans=[actor(MAYOR), actor(BRANDT), place(VELMORA)],
    )

    assert [(row["quote"], len(row["coders"])) for row in shown(task)["gold"]] == [
        (TEXT[0:16], 1),
        (TEXT[6:16], 1),
        (TEXT[25:32], 0),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (actor((50, 60)), "outside_text"),
        (actor((5, 5)), "outside_text"),
        (actor(MAYOR, quote="Mayor"), "quote_differs"),
        (span("weather", MAYOR), "unknown_label"),
        (actor(MAYOR, links=[{"name": "of", "target": "nobody"}]), "unknown_target"),
        (actor((48, 52)), "in_boilerplate"),
        (actor(MAYOR, attributes=[{"name": "kind", "value": "person"}]), "unknown_attribute"),
        (span("claim", MAYOR, attributes=[{"name": "stance", "value": "odd"}]), "not_a_choice"),
    ],
)
def test_a_span_that_the_text_or_the_codebook_contradicts_is_refused(wrong, code):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    task.article.zones = [{"start": 48, "end": 59, "kind": "boilerplate"}]
    task.article.save(update_fields=["zones"])

    with pytest.raises(Invalid) as refusal:
        rule(task, only_card(task, "boundary"), "edit", spans=[wrong])

    assert [error["code"] for error in refusal.value.errors] == [code]
    assert not Decision.objects.exists()
    assert not RulingDraft.objects.exists()


def test_an_edit_may_take_over_what_a_coder_has_though_the_codebook_lost_it():
    kind = [{"name": "kind", "value": "person"}]
    task = coded_task([actor(MAYOR, attributes=kind)], [actor(BRANDT)])

    rule(task, only_card(task, "boundary"), "edit", spans=[actor(BRANDT, attributes=kind)])

    assert [row["attributes"] for row in shown(task)["gold"]] == [kind]


def test_an_automatic_decision_can_be_overruled_and_stays_on_record():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])
    card = only_card(task, "agreed")

    rule(task, card, "reject", reason="a pronoun in disguise")

    assert shown(task)["gold"] == []
    automatic, ruling = Decision.objects.order_by("pk")
    assert automatic.is_automatic
    assert ruling.supersedes == automatic
    assert ruling.candidates == automatic.candidates


def test_a_ruling_on_an_old_version_is_refused_but_kept():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    late = adjudicator_of(task)
    version = task.version
    rule(task, card, "reject")

    with pytest.raises(rulings.StaleRuling):
        adjudication.rule(
            task=task,
            card_id=card["id"],
            by=late,
            at=TUESDAY,
            base_version=version,
            outcome="unclear",
            note="can't say",
        )

    draft = RulingDraft.objects.get()
    assert (draft.card_id, draft.sent_by) == (card["id"], late)
    assert (draft.body["outcome"], draft.body["note"]) == ("unclear", "can't say")
    assert only_card(task, "boundary")["decision"]["outcome"] == "reject"


@pytest.mark.django_db(transaction=True)
def test_of_two_rulings_at_once_one_is_kept_as_a_draft():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    people = [adjudicator_of(task), adjudicator_of(task)]
    version = task.version
    start = threading.Barrier(2)

    def ruling(by):
        start.wait()
        try:
            adjudication.rule(
                task=task,
                card_id=card["id"],
                by=by,
                at=TUESDAY,
                base_version=version,
                outcome="reject",
            )
        except rulings.StaleRuling:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=ruling, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (Decision.objects.count(), RulingDraft.objects.count()) == (1, 1)
    task.refresh_from_db()
    assert task.version == version + 1


def test_who_coded_a_task_may_not_rule_on_it():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    coder = task.assignments.first().coder
    coder.roles = [Role.CODER, Role.ADJUDICATOR]
    coder.save(update_fields=["roles"])

    with pytest.raises(rulings.MayNotRule):
        rule(task, only_card(task, "boundary"), "reject", by=coder.user)


@pytest.mark.parametrize("coder", [None, "Z"])
def test_a_version_must_be_somebodys(coder):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])

    with pytest.raises(Invalid, match="Say whose"):
        rule(task, only_card(task, "boundary"), "accept", coder=coder)


def test_reopening_a_card_is_a_decision_that_the_next_ruling_supersedes():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    by = adjudicator_of(task)
    rule(task, card, "reject")
    task.refresh_from_db()

    adjudication.reopen_card(
        task=task, card_id=card["id"], by=by, at=TUESDAY, base_version=task.version
    )

    task.refresh_from_db()
    assert task.cards_open == 1
    assert only_card(task, "boundary")["decision"] is None
    rule(task, card, "unclear")
    first, second, third = Decision.objects.order_by("pk")
    assert [d.outcome for d in (first, second, third)] == ["reject", "reopen", "unclear"]
    assert (second.supersedes, third.supersedes) == (first, second)


def test_a_span_nobody_coded_can_be_added_and_taken_back():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])
    by = adjudicator_of(task)

    row = adjudication.add_span(
        task=task, by=by, at=TUESDAY, base_version=task.version, label="location", start=25, end=32
    )

    assert in_gold(task) == [("actor", 0, 16, "unanimous"), ("location", 25, 32, "adjudicated")]
    assert shown(task)["gold"][1]["id"] == row["id"]
    assert len(shown(task)["cards"]) == 1

    task.refresh_from_db()
    adjudication.take_back_span(
        task=task, span_id=row["id"], by=by, at=TUESDAY, base_version=task.version
    )

    assert in_gold(task) == [("actor", 0, 16, "unanimous")]
    outcomes = Decision.objects.filter(is_automatic=False).order_by("pk")
    assert [decision.outcome for decision in outcomes] == [Outcome.ADD, Outcome.WITHDRAW]


def test_only_added_spans_can_be_taken_back():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])
    (row,) = shown(task)["gold"]

    with pytest.raises(rulings.NotFound):
        adjudication.take_back_span(
            task=task,
            span_id=row["id"],
            by=adjudicator_of(task),
            at=TUESDAY,
            base_version=task.version,
        )
