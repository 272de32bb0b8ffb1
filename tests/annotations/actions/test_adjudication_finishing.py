import uuid

import pytest

from annotations.actions import adjudication, rulings
from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Assignment, AuditEvent, Decision, Gold, RulingDraft, Task
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


def test_a_task_without_open_cards_finishes_by_itself():
    task = coded_task([actor(MAYOR)], [actor(MAYOR)], settings={"auto_finish": True})

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    assert [row["source"] for row in Gold.objects.get().spans] == ["unanimous"]
    assert AuditEvent.objects.get().actor is None


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

    with pytest.raises(rulings.NotOpenToRulings):
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
    with pytest.raises(rulings.NotOpenToRulings):
        rule(task, card, "reject")


@pytest.mark.parametrize("gone", ["removed", "no longer a coder", "deactivated"])
def test_work_is_not_returned_to_somebody_who_could_not_take_it_up(gone):
    task = coded_task([actor(MAYOR)], [actor(BRANDT)])
    name = name_of(only_card(task, "boundary"), BRANDT)
    (assignment,) = (
        a
        for a in disputes.coders_of(task)
        if disputes.names(task, disputes.coders_of(task))[str(a.uuid)] == name
    )
    member = assignment.coder
    if gone == "removed":
        member.removed_at = TUESDAY
    elif gone == "no longer a coder":
        member.roles = [Role.RESEARCHER]
    else:
        member.user.is_active = False
        member.user.save(update_fields=["is_active"])
    member.save(update_fields=["removed_at", "roles"])

    with pytest.raises(adjudication.CannotReturn, match="no longer"):
        adjudication.return_work(
            task=task, coder=name, note="", by=adjudicator_of(task), at=TUESDAY
        )

    task.refresh_from_db()
    assert task.state == TaskState.CODED


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
