"""Who may do what, where the rule is more than a role."""

import pytest

from annotations import permissions
from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Assignment, Member, Project, Task
from tests.factories import (
    MONDAY,
    ApiTokenFactory,
    AssignmentFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (AssignmentState.ASSIGNED, True),
        (AssignmentState.CODING, True),
        (AssignmentState.RETURNED, True),
        (AssignmentState.SUBMITTED, False),
        (AssignmentState.RELEASED, False),
    ],
)
def test_a_coder_works_on_what_is_neither_handed_in_nor_taken_away(state, allowed):
    assignment = AssignmentFactory(state=state, submitted_at=MONDAY)

    assert permissions.is_open_to_coding(assignment) is allowed


def test_work_is_its_coders_own():
    assignment = AssignmentFactory()

    assert permissions.is_coder_of(assignment.coder.user, assignment)
    assert not permissions.is_coder_of(UserFactory(), assignment)


def test_who_lost_the_coder_role_no_longer_codes():
    assignment = AssignmentFactory()
    Member.objects.filter(pk=assignment.coder.pk).update(roles=[Role.RESEARCHER])

    assert not permissions.is_coder_of(assignment.coder.user, assignment)


def test_nobody_rules_on_what_they_coded_themselves():
    own = AssignmentFactory(coder__roles=[Role.CODER, Role.ADJUDICATOR], task__coders_wanted=1)
    user = own.coder.user
    other = TaskFactory(batch=own.task.batch, article__project=own.task.batch.project)

    assert not permissions.can_rule(user, other)  # blind to the whole batch
    Assignment.objects.filter(pk=own.pk).update(
        state=AssignmentState.SUBMITTED, submitted_at=MONDAY
    )
    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.ADJUDICATED):
        Task.objects.filter(pk=own.task.pk).update(state=state, adjudicated_at=MONDAY)
    assert permissions.can_rule(user, other)
    assert not permissions.can_rule(user, own.task)

    Project.objects.filter(pk=own.task.batch.project_id).update(settings={"adjudicate_own": True})
    assert permissions.can_rule(user, Task.objects.get(pk=own.task.pk))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CODER, Role.RESEARCHER])
def test_only_adjudicators_rule(role):
    task = TaskFactory()
    user = MemberFactory(project=task.batch.project, roles=[role]).user

    assert not permissions.can_rule(user, task)


def test_an_archived_project_is_no_longer_changed():
    project = ProjectFactory()
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user

    assert permissions.can_change(admin, project)
    project.archived_at = MONDAY
    assert not permissions.can_change(admin, project)
    assert permissions.can_administer(admin, project)


def test_a_token_bound_to_a_project_makes_no_others():
    user = UserFactory()
    assert permissions.can_create_project(user)

    user.token = ApiTokenFactory(user=user, project=ProjectFactory())
    assert not permissions.can_create_project(user)
    user.token = ApiTokenFactory(user=user, scopes=["releases"])
    assert not permissions.can_create_project(user)
