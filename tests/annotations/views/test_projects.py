import pytest
from django.utils import timezone

from annotations.actions.audit import record
from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import AuditEvent, Project
from exports.models import Release
from tests.factories import (
    MONDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    ImportJobFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

SETTINGS = {
    "name": "River talks",
    "description": "",
    "auto_decide": "majority",
    "show_names": "on",
    "reasons": "too vague\n\n  not in the text ",
}


def sign_in(client, *roles, project=None):
    member = MemberFactory(roles=list(roles), project=project or ProjectFactory())
    client.force_login(member.user)
    return member


def address(member, page=""):
    return f"/projects/{member.project.slug}/{page}"


def road_of(client, member):
    return client.get(address(member)).context["road"]


def test_who_begins_a_project_lands_on_its_page(client):
    client.force_login(UserFactory())

    answer = client.post("/projects/new/", {"name": "River talks"})

    assert (answer.status_code, answer["Location"]) == (302, "/projects/river-talks/")
    assert Project.objects.get().name == "River talks"


def test_a_short_name_that_is_taken_is_said_beside_its_field(client):
    ProjectFactory(slug="talks")
    client.force_login(UserFactory())

    page = client.post("/projects/new/", {"name": "Talks", "slug": "talks"})

    assert "taken" in page.context["form"].errors["slug"][0]
    assert Project.objects.count() == 1


def test_a_project_of_others_is_not_there(client):
    sign_in(client, Role.ADMIN)
    other = MemberFactory()

    for page in ("", "settings/", "people/", "codebook/"):
        assert client.get(address(other, page)).status_code == 404


@pytest.mark.parametrize("role", [Role.CODER, Role.ADJUDICATOR, Role.RESEARCHER])
def test_settings_are_for_admins(client, role):
    member = sign_in(client, role)

    assert client.get(address(member, "settings/")).status_code == 403
    assert client.post(address(member, "settings/"), SETTINGS).status_code == 403
    assert client.post(address(member, "archive/")).status_code == 403
    member.project.refresh_from_db()
    assert (member.project.settings, member.project.archived_at) == ({}, None)


def test_an_admin_saves_the_settings(client):
    admin = sign_in(client, Role.ADMIN)

    answer = client.post(address(admin, "settings/"), SETTINGS)

    assert answer["Location"] == address(admin)
    admin.project.refresh_from_db()
    assert admin.project.name == "River talks"
    assert admin.project.settings == {
        "auto_decide": "majority",
        "auto_finish": False,
        "show_names": True,
        "adjudicate_own": False,
        "feedback": False,
        "reasons": ["too vague", "not in the text"],
    }


def test_the_settings_form_opens_with_what_holds(client):
    admin = sign_in(client, Role.ADMIN, project=ProjectFactory(settings={"reasons": ["a", "b"]}))

    form = client.get(address(admin, "settings/")).context["form"]

    assert (form["name"].value(), form["reasons"].value()) == (admin.project.name, "a\nb")
    assert (form["auto_finish"].value(), form["auto_decide"].value()) == (True, "unanimous")


def test_an_admin_archives(client):
    admin = sign_in(client, Role.ADMIN)

    client.post(address(admin, "archive/"))

    admin.project.refresh_from_db()
    assert admin.project.archived_at is not None
    page = client.get(address(admin)).content.decode()
    assert "Archived on" in page
    assert client.get(address(admin, "archive/")).status_code == 405


def test_an_admins_next_step_follows_the_road(client):
    admin = sign_in(client, Role.ADMIN)
    project = admin.project
    steps = [road_of(client, admin).next_step]

    article = ArticleFactory(project=project)
    steps.append(road_of(client, admin).next_step)
    coder = MemberFactory(project=project)
    steps.append(road_of(client, admin).next_step)
    task = TaskFactory(batch=BatchFactory(project=project), article=article, coders_wanted=1)
    steps.append(road_of(client, admin).next_step)
    submitted(AssignmentFactory(task=task, coder=coder), [])
    task.state = TaskState.CODED
    task.save()
    steps.append(road_of(client, admin).next_step)
    task.state, task.adjudicated_at = TaskState.ADJUDICATING, MONDAY
    task.save()
    task.state = TaskState.ADJUDICATED
    task.save()
    other = TaskFactory(batch=task.batch)
    steps.append(road_of(client, admin).next_step)
    other.state = TaskState.DROPPED
    other.save()
    steps.append(road_of(client, admin).next_step)

    assert steps == ["import", "people", "batch", "watch", "name-adjudicator", "watch", "release"]


def test_where_all_came_coded_an_adjudicator_is_named_and_no_coder(client):
    admin = sign_in(client, Role.ADMIN)
    batch = BatchFactory(project=admin.project)
    article = ArticleFactory(project=admin.project)
    TaskFactory(batch=batch, article=article, state=TaskState.CODED)

    before = road_of(client, admin)
    MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR])
    after = client.get(address(admin))
    ArticleFactory(project=admin.project)

    assert before.next_step == "name-adjudicator"
    assert "Adjudication is under way" in after.content.decode()
    assert road_of(client, admin).next_step == "people"


def test_an_adjudicator_goes_to_the_queue_once_something_waits(client):
    adjudicator = sign_in(client, Role.ADJUDICATOR)
    batch = BatchFactory(project=adjudicator.project)
    TaskFactory(batch=batch)

    before = road_of(client, adjudicator)
    TaskFactory(batch=batch, state=TaskState.CODED)
    after = road_of(client, adjudicator)

    assert (before.next_step, after.next_step) == ("", "adjudicate")
    assert (after.tasks, after.coded, after.awaiting) == (2, 1, 1)


def test_a_coder_sees_own_figures_only(client):
    coder = sign_in(client, Role.CODER)
    batch = BatchFactory(project=coder.project)
    AssignmentFactory(task=TaskFactory(batch=batch), coder=coder)
    AssignmentFactory.create_batch(2, task=TaskFactory(batch=batch))

    road = road_of(client, coder)

    assert (road.own, road.own_submitted, road.next_step) == (1, 0, "code")
    assert (road.articles, road.tasks, road.awaiting, road.releases) == (None,) * 4


def test_an_admin_who_codes_sees_no_figures_of_that_batch(client):
    admin = sign_in(client, Role.ADMIN, Role.CODER)
    own = BatchFactory(project=admin.project)
    mine = AssignmentFactory(task=TaskFactory(batch=own), coder=admin)
    AssignmentFactory(task=mine.task, state=AssignmentState.CODING)
    TaskFactory(batch=BatchFactory(project=admin.project), state=TaskState.CODED)

    road = road_of(client, admin)

    assert (road.tasks, road.coded, road.hidden) == (1, 1, 1)


@pytest.mark.parametrize("projects", [1, 3])
def test_the_list_takes_the_same_queries_for_one_project_and_for_three(
    client, projects, django_assert_num_queries
):
    person = UserFactory()
    MemberFactory.create_batch(projects, user=person)
    client.force_login(person)

    with django_assert_num_queries(3):
        page = client.get("/projects/")

    assert len(page.context["memberships"]) == projects


@pytest.mark.parametrize("rows", [1, 3])
def test_a_project_takes_the_same_queries_for_one_own_batch_and_for_three(
    client, rows, django_assert_num_queries
):
    coder = sign_in(client, Role.CODER)
    for _ in range(rows):
        AssignmentFactory(task__batch=BatchFactory(project=coder.project), coder=coder)

    with django_assert_num_queries(9):
        page = client.get(address(coder))

    assert len(page.context["own_batches"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_an_overview_takes_twelve_queries_whoever_looks_and_however_much_is_stuck(
    client, rows, django_assert_max_num_queries
):
    person = sign_in(client, *Role)
    project = person.project
    for _ in range(rows):
        late = BatchFactory(project=project, due=MONDAY.date())
        other = AssignmentFactory(task__batch=late, coder__removed_at=MONDAY).coder
        ImportJobFactory(project=project, state="failed", created_at=timezone.now())
        event = AuditEvent.Kind.MEMBER_REMOVED
        record(event, target=other, by=person.user, at=MONDAY)

    with django_assert_max_num_queries(12):
        page = client.get(address(person))

    assert len(page.context["activity"]) == rows
    assert len(page.context["stuck"]) == 3 * rows


def test_the_overview_says_what_is_stuck_and_what_to_do(client):
    admin = sign_in(client, Role.ADMIN)
    batch = BatchFactory(project=admin.project, name="First", due=MONDAY.date())
    AssignmentFactory(task__batch=batch, coder__project=admin.project)
    Release.objects.create(
        project=admin.project,
        number=1,
        name="Autumn",
        request={},
        state="failed",
        created_at=MONDAY,
    )

    page = client.get(address(admin)).content.decode()

    assert "1 piece of work in “First” is overdue since 2 March." in page
    assert "The release “Autumn” failed." in page
    assert f'href="/batches/{batch.uuid}/"' in page


def test_nobody_but_admins_sees_what_is_stuck_or_what_others_did(client):
    coder = sign_in(client, Role.CODER, Role.ADJUDICATOR, Role.RESEARCHER)
    AssignmentFactory(task__batch__project=coder.project, coder__removed_at=MONDAY)
    record(AuditEvent.Kind.PROJECT_CHANGED, target=coder.project, by=coder.user, at=MONDAY)

    page = client.get(address(coder))

    assert (page.context["stuck"], page.context["activity"]) == ([], [])


def test_an_admin_brings_an_archived_project_back(client):
    admin = sign_in(client, Role.ADMIN)
    client.post(address(admin, "archive/"))
    assert "Bring the project back" in client.get(address(admin, "settings/")).content.decode()

    page = client.post(address(admin, "restore/"), follow=True)

    assert "The project is back" in page.content.decode()
    admin.project.refresh_from_db()
    assert admin.project.archived_at is None
