"""Who sees which row. What is not listed is a 404 to that person, on every way in."""

import inspect

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from annotations.enums import AssignmentState, JobState, Role, TaskState
from annotations.models import (
    ApiToken,
    Article,
    Assignment,
    AuditEvent,
    Batch,
    ImportJob,
    Member,
    Project,
    Task,
)
from exports.models import Release
from tests.factories import (
    MONDAY,
    ApiTokenFactory,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    ImportJobFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MODELS = [
    ApiToken,
    Article,
    Assignment,
    AuditEvent,
    Batch,
    ImportJob,
    Member,
    Project,
    Release,
    Task,
]


@pytest.fixture
def project():
    return ProjectFactory()


def person(project, *roles):
    return MemberFactory(project=project, roles=list(roles)).user


@pytest.mark.parametrize("model", MODELS)
def test_a_visitor_sees_nothing(model):
    MemberFactory(user=None, external_name="Lisa")
    AssignmentFactory(coder__user=None, coder__external_name="Max")
    ApiTokenFactory()

    assert not model.objects.visible_to(AnonymousUser()).exists()


def test_a_project_is_seen_by_its_members_only(project):
    other = ProjectFactory()
    reader = person(project, Role.RESEARCHER)

    assert list(Project.objects.visible_to(reader)) == [project]
    assert not Project.objects.visible_to(UserFactory(is_superuser=True)).exists()
    assert other not in Project.objects.visible_to(reader)


def test_who_was_removed_sees_nothing_any_more(project):
    member = MemberFactory(project=project, roles=[Role.ADMIN])
    member.removed_at = MONDAY
    member.save()

    assert not Project.objects.visible_to(member.user).exists()


def test_a_token_narrows_its_owner_to_its_scopes_and_project(project):
    admin = person(project, Role.ADMIN)
    MemberFactory(user=admin, roles=[Role.ADMIN])
    ArticleFactory(project=project)

    admin.token = ApiTokenFactory(user=admin, project=project)
    assert list(Project.objects.visible_to(admin)) == [project]
    admin.token = ApiTokenFactory(user=admin, scopes=["coding"])
    assert not Article.objects.visible_to(admin).exists()


def test_a_token_can_do_no_more_than_its_owner(project):
    coder = person(project, Role.CODER)
    coder.token = ApiTokenFactory(user=coder)

    assert not Project.objects.where(coder, Role.ADMIN).exists()


def test_a_coder_sees_the_articles_of_own_live_work_only(project):
    given = AssignmentFactory(task__batch__project=project)
    AssignmentFactory(task__batch__project=project)
    taken = AssignmentFactory(
        task__batch__project=project, coder=given.coder, state=AssignmentState.RELEASED
    )

    seen = Article.objects.visible_to(given.coder.user)
    assert list(seen) == [given.task.article]
    assert taken.task.article not in seen


def test_nothing_of_an_import_is_seen_before_it_is_ready(project):
    admin = person(project, Role.ADMIN)
    job = ImportJobFactory(project=project, state=JobState.RUNNING)
    batch = BatchFactory(project=project, import_job=job)
    TaskFactory(batch=batch, article=ArticleFactory(project=project, import_job=job))

    assert not Article.objects.visible_to(admin).exists()
    assert not Batch.objects.visible_to(admin).exists()
    assert not Task.objects.visible_to(admin).exists()

    ImportJob.objects.filter(pk=job.pk).update(state=JobState.READY)
    assert Article.objects.visible_to(admin).exists()
    assert Batch.objects.visible_to(admin).exists()
    assert Task.objects.visible_to(admin).exists()


def test_a_coder_sees_own_work_and_nobody_elses(project):
    task = TaskFactory(batch__project=project)
    mine, theirs = AssignmentFactory.create_batch(2, task=task)

    assert list(Assignment.objects.visible_to(mine.coder.user)) == [mine]
    assert theirs not in Assignment.objects.visible_to(mine.coder.user)
    assert not Task.objects.visible_to(mine.coder.user).exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ADJUDICATOR])
def test_who_still_codes_in_a_batch_is_blind_to_it_in_every_role(project, role):
    ruling = person(project, role, Role.CODER)
    member = Member.objects.get(user=ruling)
    own = AssignmentFactory(task__batch__project=project, coder=member)
    TaskFactory(batch=own.task.batch, article__project=project)
    elsewhere = TaskFactory(batch__project=project)
    AuditEvent.objects.create(
        project=project,
        batch=own.task.batch,
        kind="assignment.submitted",
        target_type="assignment",
        target_uuid=own.uuid,
        at=MONDAY,
    )

    assert list(Task.objects.visible_to(ruling)) == [elsewhere]
    assert list(Assignment.objects.visible_to(ruling)) == [own]
    assert not AuditEvent.objects.visible_to(ruling).exists()

    Task.objects.filter(pk=own.task.pk).update(state=TaskState.CODED)
    assert list(Task.objects.visible_to(ruling)) == [elsewhere]
    Task.objects.filter(pk=own.task.pk).update(state=TaskState.ADJUDICATING)
    Task.objects.filter(pk=own.task.pk).update(state=TaskState.ADJUDICATED, adjudicated_at=MONDAY)
    assert Task.objects.visible_to(ruling).count() == 3


@pytest.mark.parametrize("policy", [{"adjudicate_own": True}, {"adjudicate_own": False}, {}])
def test_adjudicate_own_opens_the_batch_once_all_own_work_is_submitted(project, policy):
    Project.objects.filter(pk=project.pk).update(settings=policy)
    ruling = person(project, Role.ADJUDICATOR, Role.CODER)
    member = Member.objects.get(user=ruling)
    batch = BatchFactory(project=project)
    _first, second = (
        AssignmentFactory(task__batch=batch, coder=member, state=state, submitted_at=MONDAY)
        for state in (AssignmentState.SUBMITTED, AssignmentState.CODING)
    )

    assert not Task.objects.visible_to(ruling).exists()
    Assignment.objects.filter(pk=second.pk).update(state=AssignmentState.SUBMITTED)
    assert Task.objects.visible_to(ruling).exists() == bool(policy.get("adjudicate_own"))


def release(project, number, **fields):
    return Release.objects.create(
        project=project, number=number, name="R", request={}, created_at=MONDAY, **fields
    )


def test_a_researcher_sees_pseudonymous_gold_only(project):
    researcher, admin = person(project, Role.RESEARCHER), person(project, Role.ADMIN)
    plain = release(project, 1)
    named = release(project, 2, has_real_names=True)
    raw = release(project, 3, has_unadjudicated=True)

    assert list(Release.objects.visible_to(researcher)) == [plain]
    assert set(Release.objects.visible_to(admin)) == {plain, named, raw}


def test_raw_codings_are_hidden_from_an_admin_who_still_codes_there(project):
    admin = person(project, Role.ADMIN, Role.CODER)
    own = AssignmentFactory(task__batch__project=project, coder=Member.objects.get(user=admin))
    raw = release(project, 1, has_unadjudicated=True)
    raw.items.create(task=own.task, article=own.task.article, meta={}, zones=[])

    assert not Release.objects.visible_to(admin).exists()


def test_nobody_sees_anybody_elses_tokens(project):
    token = ApiTokenFactory()

    assert list(ApiToken.objects.visible_to(token.user)) == [token]
    assert not ApiToken.objects.visible_to(person(project, Role.ADMIN)).exists()


def ways_to_see():
    """Yield each model and method of its queryset that keeps what a user may see."""
    for model in apps.get_models():
        queryset = type(model._default_manager.all())
        for name, method in vars(queryset).items():
            asks = inspect.isfunction(method) and "user" in inspect.signature(method).parameters
            if asks and name not in {"blind_to", "open_book_for"}:
                yield pytest.param(model, name, id=f"{model.__name__}-{name}")


@pytest.mark.parametrize(("model", "method"), ways_to_see())
def test_nothing_of_a_project_is_seen_from_another(everybody, model, method):
    see = getattr(model.objects, method)
    takes_roles = "roles" in inspect.signature(see).parameters
    own = everybody.stranger.memberships.get()

    seen = see(everybody.stranger, *(Role if takes_roles else ()))

    assert set(seen) <= {own, own.project}
    assert set(model.objects.all()) - {own, own.project}
