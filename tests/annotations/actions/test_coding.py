import uuid

import pytest

from annotations.actions import coding
from annotations.enums import AssignmentState, Role, TaskState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import AuditEvent, RecoveredDraft, Submission, Task
from annotations.queries import coding as queries
from tests.coder import MAYOR, VELMORA, hand_in, save, statuses, step, written
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LABELS = ["actor", "location", "event", "claim"]


def ids(ops):
    return [op["op_id"] for op in ops]


def test_late_steps_are_refused_but_kept_as_a_draft_once():
    assignment = AssignmentFactory()
    known = step()
    save(assignment, known)
    hand_in(assignment)
    late = step(extent=VELMORA)

    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            save(assignment, late)

    assert (refusal.value.status, refusal.value.code) == (409, "already_submitted")
    draft = RecoveredDraft.objects.get()
    assert (draft.assignment, draft.reason) == (assignment, "already_submitted")
    assert [op["op_id"] for op in draft.ops] == [str(late["op_id"])]
    assert statuses(save(assignment, known)) == ["duplicate"]
    assert written(assignment) == [("actor", "Mayor Ada Brandt", 1)]


def test_steps_on_work_taken_away_are_kept_as_a_draft():
    assignment = AssignmentFactory()
    coding.release(assignment=assignment, by=assignment.coder.user, at=TUESDAY)

    with pytest.raises(Refused) as refusal:
        save(assignment, step())

    assert refusal.value.code == "released"
    assert RecoveredDraft.objects.get().reason == "released"


def test_work_taken_away_in_mid_run_keeps_what_was_saved_and_shows_the_next_coder_none():
    assignment = AssignmentFactory()
    save(assignment, step())
    coding.release(assignment=assignment, by=assignment.coder.user, at=TUESDAY)

    with pytest.raises(Refused):
        save(assignment, step(extent=VELMORA))
    following = AssignmentFactory(task=assignment.task)
    save(following, step(label="event"))

    assert written(assignment) == [("actor", "Mayor Ada Brandt", 1)]
    assert [op["start"] for op in assignment.drafts.get().ops] == [VELMORA[0]]
    assert written(following) == [("event", "Mayor Ada Brandt", 1)]
    assert not following.drafts.exists()
    assert len(queries.document(following)["spans"]) == 1


def test_a_clock_that_is_wrong_moves_nothing():
    assignment = AssignmentFactory()
    late = step(client_time="2031-01-01T00:00:00Z")
    early = step(extent=VELMORA, client_time="1999-12-31T23:59:59Z")

    save(assignment, late, early)

    order = assignment.ops.order_by("rev").values_list("op_id", "received_at")
    assert list(order) == [(late["op_id"], TUESDAY), (early["op_id"], TUESDAY)]


@pytest.mark.parametrize(
    ("details", "op", "code"),
    [
        ({"text_sha256": "0" * 64}, {}, "text_changed"),
        ({}, {"label": "weather"}, "codebook_changed"),
    ],
)
def test_steps_made_on_another_text_or_codebook_are_refused_and_kept(details, op, code):
    assignment = AssignmentFactory()

    with pytest.raises(Refused) as refusal:
        save(assignment, step(**op), **details)

    assert (refusal.value.status, refusal.value.code) == (409, code)
    assert RecoveredDraft.objects.get().reason == code
    assert not assignment.ops.exists()


def test_nobody_codes_somebody_elses_work():
    assignment = AssignmentFactory()
    other = MemberFactory(project=assignment.task.batch.project)

    with pytest.raises(Forbidden):
        save(assignment, step(), by=other.user)
    with pytest.raises(Forbidden):
        hand_in(assignment, by=other.user)

    assert not assignment.ops.exists()
    assert not Submission.objects.exists()


def test_submitting_freezes_the_work_and_leaves_a_trace():
    assignment = AssignmentFactory()
    save(assignment, step(extent=VELMORA), step())

    hand_in(assignment, span_count=2)

    assignment.refresh_from_db()
    assert (assignment.state, assignment.submitted_at) == (AssignmentState.SUBMITTED, TUESDAY)
    submission = Submission.objects.get()
    assert submission.doc_rev == 2
    assert [(row["label"], row["quote"]) for row in submission.spans] == [
        ("actor", "Mayor Ada Brandt"),
        ("actor", "Velmora"),
    ]
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ASSIGNMENT_SUBMITTED)
    assert (event.target_uuid, event.actor) == (assignment.uuid, assignment.coder.user)


def test_the_same_submission_hands_in_once():
    assignment = AssignmentFactory()
    name = uuid.uuid4()

    hand_in(assignment, submission_id=name)
    hand_in(assignment, submission_id=name)

    assert Submission.objects.count() == 1
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ASSIGNMENT_SUBMITTED).count() == 1
    with pytest.raises(Refused) as refusal:
        hand_in(assignment)
    assert refusal.value.code == "already_submitted"


def test_work_that_came_back_may_be_handed_in_as_it_is():
    assignment = AssignmentFactory(state=AssignmentState.RETURNED)

    hand_in(assignment)

    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.SUBMITTED
    assert assignment.submissions.count() == 1


def test_a_submission_id_is_good_for_one_assignment():
    first, second = AssignmentFactory(), AssignmentFactory()
    name = uuid.uuid4()
    hand_in(first, submission_id=name)

    with pytest.raises(Invalid):
        hand_in(second, submission_id=name)


@pytest.mark.parametrize("details", [{"doc_rev": 0}, {"doc_rev": 1, "span_count": 2}])
def test_submitting_an_outdated_version_is_refused(details):
    assignment = AssignmentFactory()
    save(assignment, step())

    with pytest.raises(coding.Stale):
        hand_in(assignment, **details)


def test_submitting_names_spans_that_a_correction_made_impossible():
    assignment = AssignmentFactory()
    save(assignment, step(extent=VELMORA))
    article = assignment.task.article
    article.zones = [{"start": 20, "end": 40, "kind": "boilerplate"}]
    article.save(update_fields=["zones"])

    with pytest.raises(coding.NotReady) as refusal:
        hand_in(assignment)

    assert refusal.value.status == 422
    assert [error["code"] for error in refusal.value.errors] == ["in_boilerplate"]


def test_the_last_coder_makes_the_task_coded_and_opens_its_cards():
    task = TaskFactory(coders_wanted=2)
    first, second = AssignmentFactory.create_batch(2, task=task)
    save(first, step(extent=MAYOR))
    save(second, step(extent=(6, 16)))

    hand_in(first)
    task.refresh_from_db()
    assert (task.state, task.cards_open) == (TaskState.OPEN, 0)

    hand_in(second)
    task.refresh_from_db()
    assert (task.state, task.cards_open) == (TaskState.CODED, 1)


def test_a_task_with_one_coder_is_finished_by_handing_it_in():
    assignment = AssignmentFactory(task=TaskFactory(coders_wanted=1))
    save(assignment, step())

    hand_in(assignment)

    task = Task.objects.get(pk=assignment.task_id)
    assert task.state == TaskState.ADJUDICATED
    assert [row["source"] for row in task.golds.get().spans] == ["single"]


def test_submitting_names_the_next_article():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    first, second = (
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch), position=position)
        for position in (1, 2)
    )

    assert hand_in(first) == second
    assert hand_in(second) is None


def test_next_is_what_is_in_progress_then_what_came_back_then_the_queue():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)

    def work(position, state):
        task = TaskFactory(batch=batch)
        return AssignmentFactory(coder=member, task=task, position=position, state=state)

    waiting = work(1, AssignmentState.ASSIGNED)
    returned = work(2, AssignmentState.RETURNED)
    begun = work(3, AssignmentState.CODING)
    work(0, AssignmentState.RELEASED)

    order = []
    while (found := coding.next_assignment(member=member, at=TUESDAY)) is not None:
        order.append(found)
        hand_in(found)

    assert order == [begun, returned, waiting]


def test_next_starts_coding_and_keeps_when_it_began():
    assignment = AssignmentFactory()
    member = assignment.coder

    coding.next_assignment(member=member, at=MONDAY)
    coding.next_assignment(member=member, at=TUESDAY)

    assignment.refresh_from_db()
    assert (assignment.state, assignment.started_at) == (AssignmentState.CODING, MONDAY)


def test_next_passes_over_the_work_of_other_people():
    member = MemberFactory()
    AssignmentFactory(task__batch__project=member.project)

    assert coding.next_assignment(member=member, at=TUESDAY) is None


def test_released_work_keeps_its_spans_and_submitted_work_is_not_released():
    assignment = AssignmentFactory()
    save(assignment, step())
    admin = MemberFactory(project=assignment.task.batch.project, roles=[Role.ADMIN])

    coding.release(assignment=assignment, by=admin.user, at=TUESDAY)

    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.RELEASED
    assert written(assignment) == [("actor", "Mayor Ada Brandt", 1)]
    submitted = AssignmentFactory()
    hand_in(submitted)
    with pytest.raises(coding.CannotRelease):
        coding.release(assignment=submitted, by=submitted.coder.user, at=TUESDAY)
    with pytest.raises(Forbidden):
        coding.release(assignment=submitted, by=UserFactory(), at=TUESDAY)
