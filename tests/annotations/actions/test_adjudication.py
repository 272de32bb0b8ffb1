import threading
import uuid

import pytest
from django.db import connection

from annotations.actions import adjudication
from annotations.enums import AssignmentState, Outcome, Role, TaskState
from annotations.exceptions import Invalid
from annotations.models import Assignment, AuditEvent, Decision, Gold, RulingDraft, Task
from annotations.queries import disputes
from tests.factories import (
    MONDAY,
    TEXT,
    TUESDAY,
    AssignmentFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)
from tests.stories import adjudicator_of, coded_task, resubmit

pytestmark = pytest.mark.django_db

MAYOR = (0, 16)  # "Mayor Ada Brandt"
BRANDT = (6, 16)  # "Ada Brandt"
VELMORA = (25, 32)
TALKS = (42, 47)


def actor(extent, **details):
    return span("actor", extent, **details)


def place(extent, **details):
    return span("location", extent, **details)


def span(label, extent, **details):
    return {"label": label, "start": extent[0], "end": extent[1], **details}


def shown(task):
    task.refresh_from_db()
    return disputes.document(task)


def only_card(task, kind):
    (card,) = [card for card in shown(task)["cards"] if card["kind"] == kind]
    return card


def name_of(card, *spans):
    """Return the letter of the coder who marked exactly these extents in ``card``."""
    for candidate in card["candidates"]:
        if [(row["start"], row["end"]) for row in candidate["spans"]] == list(spans):
            return candidate["coder"]
    raise AssertionError("nobody marked that")


def rule(task, card, outcome, by=None, **said):
    task.refresh_from_db()
    return adjudication.rule(
        task=task,
        card_id=card["id"],
        by=by or adjudicator_of(task),
        at=TUESDAY,
        base_version=task.version,
        outcome=outcome,
        **said,
    )


def finish(task):
    return adjudication.finish(task=task, by=adjudicator_of(task), at=TUESDAY)


def in_gold(task):
    return [(row["label"], row["start"], row["end"], row["source"]) for row in shown(task)["gold"]]


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


def test_a_task_without_open_cards_finishes_by_itself():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)], settings={"auto_finish": True})

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    assert [row["source"] for row in Gold.objects.get().spans] == ["unanimous"]
    assert AuditEvent.objects.get().actor is None


@pytest.mark.parametrize("spans", [[], [actor(MAYOR)]])
def test_the_work_of_a_single_coder_is_gold_and_says_so(spans):
    task = coded_task(spans, settings={"auto_finish": True})

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    assert [row["source"] for row in Gold.objects.get().spans] == ["single"] * len(spans)


def test_an_import_never_finishes_a_task():
    task = coded_task([actor(MAYOR)], settings={"auto_finish": True}, is_import=True)

    task.refresh_from_db()
    assert task.state == TaskState.CODED
    assert not Gold.objects.exists()


def test_after_a_ruling_by_a_person_only_finish_finishes():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], settings={"auto_finish": True})
    rule(task, only_card(task, "boundary"), "reject")

    resubmit(task, "A", [])
    resubmit(task, "B", [])

    task.refresh_from_db()
    assert task.state == TaskState.CODED


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

    with pytest.raises(adjudication.StaleRuling):
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
        except adjudication.StaleRuling:
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

    with pytest.raises(adjudication.MayNotRule):
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

    with pytest.raises(adjudication.NotFound):
        adjudication.take_back_span(
            task=task,
            span_id=row["id"],
            by=adjudicator_of(task),
            at=TUESDAY,
            base_version=task.version,
        )


def test_a_task_with_an_open_card_can_not_be_finished():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])

    with pytest.raises(adjudication.CardsAreOpen):
        finish(task)

    assert not Gold.objects.exists()


def test_finishing_writes_the_gold_and_doing_it_again_changes_nothing():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    rule(task, card, "accept", coder=name_of(card, MAYOR))
    marker = Assignment.objects.get(submissions__spans__contains=[{"end": 16, "start": 0}])

    finish(task)
    finish(task)

    gold = Gold.objects.get()
    (row,) = gold.spans
    assert (row["start"], row["end"], row["quote"]) == (0, 16, TEXT[:16])
    assert row["coders"] == [str(marker.coder.uuid)]
    assert row["source"] == "adjudicated"
    assert row["decision"] == str(Decision.objects.get().uuid)
    assert gold.codebook_version == 1
    task.refresh_from_db()
    assert (task.state, task.adjudicated_at) == (TaskState.ADJUDICATED, TUESDAY)


def test_new_gold_is_measured_against_the_coders(django_capture_on_commit_callbacks):
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])
    with django_capture_on_commit_callbacks() as rings:
        finish(task)

    assert [ring.args[0] for ring in rings] == ["agreement.measure"]


def test_a_gold_span_keeps_its_id_when_the_task_is_finished_again():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")
    rule(task, card, "accept", coder=name_of(card, MAYOR))
    finish(task)

    adjudication.reopen(task=task, by=adjudicator_of(task), at=TUESDAY)
    rule(task, card, "edit", spans=[actor(MAYOR)])
    finish(task)

    first, second = Gold.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.spans[0]["id"] == second.spans[0]["id"]


def test_a_finished_task_takes_no_rulings_until_it_is_reopened():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)], settings={"auto_finish": True})
    card = only_card(task, "agreed")

    with pytest.raises(adjudication.NotOpenToRulings):
        rule(task, card, "reject")

    assert RulingDraft.objects.get().card_id == card["id"]
    adjudication.reopen(task=task, by=adjudicator_of(task), at=TUESDAY)
    rule(task, card, "reject")
    assert shown(task)["gold"] == []


def test_imported_gold_can_be_reopened_and_is_laid_out_as_it_was():
    task = TaskFactory()
    submitted(AssignmentFactory(task=task), [actor(MAYOR), place(VELMORA)])
    submitted(AssignmentFactory(task=task), [actor(MAYOR)])
    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.ADJUDICATED):
        Task.objects.filter(pk=task.pk).update(state=state, adjudicated_at=MONDAY)
    spans = [
        actor(MAYOR, quote=TEXT[:16], links=[{"name": "said of", "target": "2"}], id="1"),
        span("event", TALKS, quote="talks", links=[], id="2"),
    ]
    spans = [{**row, "attributes": [], "source": "single", "coders": []} for row in spans]
    Gold.objects.create(task=task, number=1, spans=spans, made_at=MONDAY)

    adjudication.reopen(task=task, by=adjudicator_of(task), at=TUESDAY)

    assert in_gold(task) == [("actor", 0, 16, "unanimous"), ("event", 42, 47, "adjudicated")]
    mayor, talks = shown(task)["gold"]
    assert mayor["links"] == [{"name": "said of", "target": talks["id"]}]
    task.refresh_from_db()
    assert task.cards_open == 1
    rule(task, only_card(task, "missing"), "reject")
    finish(task)
    assert [row["quote"] for row in Gold.objects.get(number=2).spans] == [TEXT[:16], "talks"]


def test_an_automatic_decision_on_what_changed_is_kept_to_be_confirmed():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)])

    resubmit(task, "A", [actor(BRANDT)])

    (card,) = shown(task)["cards"]
    assert card["kind"] == "boundary"
    assert (card["decision"]["automatic"], card["decision"]["stale"]) == (True, True)
    assert shown(task)["gold"] == []


def test_links_point_to_gold_spans_and_those_to_nothing_are_dropped_on_record():
    ids = {name: str(uuid.uuid4()) for name in "abcd"}

    def coding(mayor, place_id, is_lost):
        target = {"name": "where", "target": place_id}
        lost = [{"name": "about", "target": is_lost}]
        return [
            actor(MAYOR, id=mayor, links=[target, *lost]),
            place(VELMORA, id=place_id),
            span("event", TALKS, id=is_lost),
        ]

    task = coded_task(
        coding(ids["a"], ids["b"], str(uuid.uuid4())),
        coding(ids["c"], ids["d"], str(uuid.uuid4())),
    )
    event = next(card for card in shown(task)["cards"] if card["start"] == TALKS[0])
    rule(task, event, "reject")

    finish(task)

    mayor, velmora = Gold.objects.get().spans
    assert mayor["links"] == [{"name": "where", "target": velmora["id"]}]
    assert mayor["source"] == "unanimous"
    decision = Decision.objects.get(uuid=mayor["decision"])
    assert "about" in decision.note
    assert decision.supersedes.note == ""


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


def test_returned_work_opens_the_task_and_tells_the_coder_why():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    card = only_card(task, "boundary")

    adjudication.return_work(
        task=task,
        coder=name_of(card, BRANDT),
        note="Titles belong to names.",
        by=adjudicator_of(task),
        at=TUESDAY,
    )

    returned = task.assignments.get(state=AssignmentState.RETURNED)
    assert returned.return_note == "Titles belong to names."
    assert returned.submissions.get().spans[0]["start"] == BRANDT[0]
    task.refresh_from_db()
    assert task.state == TaskState.OPEN
    with pytest.raises(adjudication.NotOpenToRulings):
        rule(task, card, "reject")


def test_imported_work_can_not_be_returned():
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    external = MemberFactory(project=task.batch.project, user=None, external_name="Wire desk")
    assignment = task.assignments.first()
    assignment.coder = external
    assignment.save(update_fields=["coder"])
    name = disputes.names(task, disputes.coders_of(task))[str(assignment.uuid)]

    with pytest.raises(adjudication.CannotReturn, match="imported"):
        adjudication.return_work(
            task=task, coder=name, note="", by=adjudicator_of(task), at=TUESDAY
        )


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
        with django_assert_num_queries(3):
            disputes.document(task)
