"""Coders, tabs and devices that save and hand in at the same moment."""

import threading
import uuid
from random import Random

import pytest

from annotations.actions import coding
from annotations.actions.audit import record
from annotations.enums import AssignmentState, TaskState
from annotations.exceptions import Refused
from annotations.models import Assignment, AuditEvent, Submission
from annotations.queries import coding as queries
from annotations.queries.invariants.coding import (
    span_counts_are_right,
    spans_are_what_the_log_comes_to,
)
from tests.coder import hand_in, save, step
from tests.factories import (
    MONDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LABELS = ["actor", "location", "event", "claim"]
REPEATED = 0.3


def ids(ops):
    return [op["op_id"] for op in ops]


def test_two_tabs_saving_at_once_lose_and_double_nothing():
    assignment = AssignmentFactory()
    ops = [step(extent=(n, n + 3)) for n in range(20)]

    at_once(*[lambda op=op: save(assignment, op) for op in ops + ops])

    assignment.refresh_from_db()
    assert assignment.doc_rev == assignment.span_count == 20
    assert sorted(assignment.ops.values_list("rev", flat=True)) == list(range(1, 21))


@pytest.mark.parametrize("edits", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_eight_clients_that_repeat_themselves_store_what_was_acknowledged(edits, trust):
    assignment = AssignmentFactory()
    shared = [step(extent=(n, n + 3)) for n in range(3)]
    save(assignment, *shared)

    def client(number):
        random = Random(number)
        answers = {}
        for edit in range(edits):
            kind, on = random.choice(["create", "update", "delete"]), random.choice(shared)
            op = {
                "create": step(extent=(edit % 20, edit % 20 + number + 1)),
                "update": step("update", span_id=on["span_id"], label=random.choice(LABELS)),
                "delete": step("delete", span_id=on["span_id"]),
            }[kind if edit == edits - 1 or kind != "delete" else "update"]
            (first,) = save(assignment, op, client_id=str(number))["results"]
            answers[op["op_id"]] = first
            if random.random() < REPEATED:
                (again,) = save(assignment, op, client_id=str(number))["results"]
                assert again == {**first, "status": "duplicate", "first": first["status"]}
        return answers

    clients = at_once(*[lambda number=number: client(number) for number in range(8)])

    told = {op_id: result for answers in clients for op_id, result in answers.items()}
    stored = {op.op_id: op.result for op in assignment.ops.exclude(op_id__in=ids(shared))}
    assert stored == told
    assignment.refresh_from_db()
    applied = assignment.ops.filter(status="applied").values_list("rev", flat=True)
    assert sorted(applied) == list(range(1, assignment.doc_rev + 1))
    assert list(spans_are_what_the_log_comes_to()) == []
    assert list(span_counts_are_right()) == []
    control = repeated_under_other_names(AssignmentFactory(), edits)
    assert control > 0
    trust(
        "Saving",
        "Eight tabs and devices edit the same spans at once and repeat 30 % of their requests",
        tried=f"8 clients × {edits} edits",
        of=f"{len(told):,} acknowledged steps",
        control=f"a client whose steps have no id of their own doubled {control} of {edits}",
        lost=len(told.keys() - stored.keys()),
        doubled=len(stored.keys() - told.keys()),
    )


def repeated_under_other_names(assignment, edits):
    """Repeat as the clients do, but as if each were new; return how many are there twice."""
    random = Random(0)
    for edit in range(edits):
        extent = (edit % 20, edit % 20 + 1)
        save(assignment, step(extent=extent))
        if random.random() < REPEATED:
            save(assignment, step(extent=extent))
    return assignment.spans.count() - edits


@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_work_taken_away_amid_saving_keeps_what_was_acknowledged_and_the_rest_as_a_draft(
    times, trust
):
    acknowledged = drafts = 0
    for _ in range(times):
        assignment = AssignmentFactory()
        is_under_way = threading.Event()
        saved = []

        def go_on(assignment=assignment, saved=saved, is_under_way=is_under_way):
            while True:
                op = step()
                try:
                    save(assignment, op)
                except Refused as refusal:
                    return op["op_id"], refusal.code
                saved.append(op["op_id"])
                is_under_way.set()

        def take_away(assignment=assignment, is_under_way=is_under_way):
            is_under_way.wait()
            coding.release(assignment=assignment, by=assignment.coder.user, at=MONDAY)

        (late, code), _nothing = at_once(go_on, take_away)

        assert code == "released"
        assert list(assignment.ops.order_by("rev").values_list("op_id", flat=True)) == saved
        assert [op["op_id"] for op in assignment.drafts.get().ops] == [str(late)]
        following = AssignmentFactory(task=assignment.task)
        assert queries.document(following)["spans"] == []
        acknowledged += len(saved)
        drafts += 1

    late_rows = saved_after_a_look(AssignmentFactory())
    assert late_rows > 0
    trust(
        "Work shared out",
        "Work is taken away while its coder saves",
        tried=f"{times} times",
        of=f"{acknowledged:,} acknowledged steps, {drafts} that came too late",
        control=f"looking first and writing then, without a lock, wrote {late_rows} too late",
        lost=0,
        late_ones_not_kept=times - drafts,
        shown_to_the_next_coder=0,
    )


def saved_after_a_look(assignment):
    """Have work taken away between the look at its state and the writing of a span."""
    save(assignment, step())
    seen = Assignment.objects.get(pk=assignment.pk)
    coding.release(assignment=assignment, by=assignment.coder.user, at=MONDAY)
    if seen.state != AssignmentState.RELEASED:
        span = assignment.spans.get()
        span.pk, span.uuid = None, uuid.uuid4()
        span.save()
    return assignment.spans.count() - 1


def test_fifty_submissions_at_once_are_one(trust):
    assignment = AssignmentFactory()
    save(assignment, step())

    answers = at_once(*[lambda: hand_in(assignment) for _ in range(50)])

    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refused] == ["already_submitted"] * 49
    assert Submission.objects.count() == 1
    assert times_submitted(assignment) == 1
    unlocked = hand_in_without_a_lock(AssignmentFactory(), times=50)
    assert unlocked > 1
    trust(
        "Work shared out",
        "One coder’s work is handed in from many places at once",
        tried="50 requests at once",
        of="1 assignment",
        control=f"looking first and writing then, without a lock, handed in {unlocked} times",
        further_transitions=Submission.objects.count() - 1,
        further_audit_events=times_submitted(assignment) - 1,
    )


def hand_in_without_a_lock(assignment, times):
    """Have so many look before the first of them writes; return how often it is told."""
    together = threading.Barrier(times)

    def call():
        is_new = not times_submitted(assignment)
        together.wait()
        if is_new:
            kind = AuditEvent.Kind.ASSIGNMENT_SUBMITTED
            record(kind, target=assignment, by=assignment.coder.user, at=MONDAY)

    at_once(*[call] * times)
    return times_submitted(assignment)


def times_submitted(assignment):
    kind = AuditEvent.Kind.ASSIGNMENT_SUBMITTED
    return AuditEvent.objects.filter(kind=kind, target_uuid=assignment.uuid).count()


def test_coders_submitting_at_once_open_the_cards_once():
    task = TaskFactory(coders_wanted=2)
    pair = AssignmentFactory.create_batch(2, task=task)

    at_once(*[lambda one=one: hand_in(one) for one in pair for _ in range(4)])

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    assert Submission.objects.count() == 2
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ASSIGNMENT_SUBMITTED).count() == 2
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.TASK_ADJUDICATED).count() == 1


def test_calls_for_the_next_article_at_once_name_the_same():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    for position in range(3):
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch), position=position)

    found = at_once(*[lambda: coding.next_assignment(member=member, at=MONDAY) for _ in range(4)])

    assert len({assignment.pk for assignment in found}) == 1
    assert Assignment.objects.filter(state=AssignmentState.CODING).count() == 1
