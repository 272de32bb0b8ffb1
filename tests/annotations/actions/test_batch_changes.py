import uuid

import pytest

from annotations.actions import batch_changes, coding
from annotations.enums import AssignmentState, Role, TaskState
from annotations.exceptions import Refused
from annotations.models import Assignment, AuditEvent, Task
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def scene():
    """Return an admin, an open batch and two coders of one project."""
    admin = MemberFactory(roles=[Role.ADMIN])
    project = admin.project
    CodebookFactory(project=project)
    return admin, BatchFactory(project=project), *MemberFactory.create_batch(2, project=project)


def hand_in(assignment):
    return coding.submit(
        assignment=assignment,
        by=assignment.coder.user,
        at=TUESDAY,
        submission_id=uuid.uuid4(),
        doc_rev=assignment.doc_rev,
    )


def test_closing_twice_at_once_closes_once():
    admin, batch, ann, _ben = scene()
    AssignmentFactory(task__batch=batch, coder=ann)

    outcomes = at_once(
        *[lambda: batch_changes.close(batch=batch, by=admin.user, at=TUESDAY) for _ in range(2)]
    )

    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refusals] == ["closed"]
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.BATCH_CLOSED).count() == 1


def test_handing_in_while_the_batch_closes_is_either_kept_or_refused():
    for _ in range(5):
        admin, batch, ann, ben = scene()
        task = TaskFactory(batch=batch)
        work = [AssignmentFactory(task=task, coder=coder) for coder in (ann, ben)]

        at_once(
            *[lambda row=row: hand_in(row) for row in work],
            lambda batch=batch, admin=admin: batch_changes.close(
                batch=batch, by=admin.user, at=TUESDAY
            ),
        )

        task.refresh_from_db()
        done = task.assignments.filter(state=AssignmentState.SUBMITTED).count()
        assert task.assignments.live().count() == done
        if done:
            assert task.coders_wanted == done
            assert task.state in {TaskState.CODED, TaskState.ADJUDICATED}
        else:
            assert task.state == TaskState.DROPPED


def test_two_admins_reassigning_at_once_give_each_article_to_one_coder():
    admin, batch, ann, ben = scene()
    cy = MemberFactory(project=batch.project)
    for _ in range(4):
        AssignmentFactory(task=TaskFactory(batch=batch, coders_wanted=1), coder=ann)

    def give_to(member):
        batch_changes.reassign(
            batch=batch, from_coder=ann.name, to_coder=member.name, by=admin.user, at=TUESDAY
        )

    outcomes = at_once(lambda: give_to(ben), lambda: give_to(cy))

    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == [
        "nothing_to_reassign"
    ]
    assert {task.assignments.live().count() for task in Task.objects.all()} == {1}
    assert Assignment.objects.live().values("coder").distinct().count() == 1
    assert not Assignment.objects.live().filter(coder=ann).exists()


def test_a_task_that_came_back_is_closed_with_the_coders_who_are_still_in():
    admin, batch, ann, ben = scene()
    task = TaskFactory(batch=batch)
    submitted(AssignmentFactory(task=task, coder=ann), [])
    back = submitted(AssignmentFactory(task=task, coder=ben), [])
    back.state = AssignmentState.RETURNED
    back.save()

    batch_changes.close(batch=batch, by=admin.user, at=MONDAY)

    task.refresh_from_db()
    back.refresh_from_db()
    assert (task.coders_wanted, back.state) == (1, AssignmentState.RELEASED)
    assert task.state == TaskState.ADJUDICATED
    assert back.submissions.count() == 1


def test_everything_of_an_absent_coder_is_taken_away_and_kept():
    admin, batch, ann, ben = scene()
    begun = AssignmentFactory(task__batch=batch, coder=ann, state=AssignmentState.CODING)
    done = submitted(AssignmentFactory(task__batch=batch, coder=ann), [])
    other = AssignmentFactory(task__batch=batch, coder=ben)

    released = batch_changes.release(batch=batch, coder=ann.name, by=admin.user, at=TUESDAY)

    states = [row.__class__.objects.get(pk=row.pk).state for row in (begun, done, other)]
    assert released == 1
    assert states == [
        AssignmentState.RELEASED,
        AssignmentState.SUBMITTED,
        AssignmentState.ASSIGNED,
    ]
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ASSIGNMENT_RELEASED)
    assert event.detail == {"articles": 1, "coders": [str(ann.uuid)]}


def test_a_selection_is_taken_away_as_far_as_it_can_be():
    admin, batch, ann, ben = scene()
    open_work = AssignmentFactory(task__batch=batch, coder=ann)
    done = submitted(AssignmentFactory(task__batch=batch, coder=ben), [])
    elsewhere = AssignmentFactory(task__batch__project=batch.project, coder=ann)

    def take(*rows):
        named = [row.uuid for row in rows]
        return batch_changes.release(batch=batch, assignments=named, by=admin.user, at=TUESDAY)

    assert take(open_work, done, elsewhere) == 1
    with pytest.raises(batch_changes.NothingToRelease):
        take(open_work, done, elsewhere)
    elsewhere.refresh_from_db()
    assert elsewhere.state == AssignmentState.ASSIGNED


def test_work_is_given_back_while_its_place_is_free():
    admin, batch, ann, ben = scene()
    work = AssignmentFactory(task=TaskFactory(batch=batch, coders_wanted=1), coder=ann)

    def give_back():
        return batch_changes.give_back(assignment=work, by=admin.user, at=TUESDAY)

    with pytest.raises(batch_changes.CannotGiveBack, match="not taken away"):
        give_back()
    batch_changes.release(batch=batch, coder=ann.name, by=admin.user, at=MONDAY)
    assert give_back().state == AssignmentState.ASSIGNED

    batch_changes.reassign(
        batch=batch, from_coder=ann.name, to_coder=ben.name, by=admin.user, at=TUESDAY
    )
    with pytest.raises(batch_changes.CannotGiveBack, match="Somebody else"):
        give_back()
