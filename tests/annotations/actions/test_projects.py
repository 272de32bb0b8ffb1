import pytest

from annotations.actions import projects
from annotations.actions.guards import Archived
from annotations.enums import Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, Project
from annotations.queries import codebook
from tests.factories import (
    MONDAY,
    TUESDAY,
    ApiTokenFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def create(**given):
    return projects.create(**{"name": "River talks", "by": UserFactory(), "at": MONDAY} | given)


def events(project):
    return list(AuditEvent.objects.filter(project=project).values_list("kind", flat=True))


def test_who_creates_a_project_is_its_first_admin():
    person = UserFactory()

    project = create(by=person)

    assert [(m.user, m.roles) for m in project.members.all()] == [(person, [Role.ADMIN])]
    assert project.created_by == person
    assert "project.created" in events(project)


def test_a_project_begins_with_the_four_default_labels():
    labels = codebook.as_contract(codebook.current(create()))["labels"]

    assert [label["key"] for label in labels] == ["actor", "location", "event", "claim"]
    assert all(label["definition"] and label["hotkey"] for label in labels)


def test_settings_are_complete_from_the_start():
    project = create(settings={"auto_decide": "none", "reasons": ["too vague"]})

    assert project.settings == {
        "auto_decide": "none",
        "auto_finish": True,
        "show_names": False,
        "adjudicate_own": False,
        "reasons": ["too vague"],
        "feedback": True,
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [("River talks", "river-talks"), ("Überfluß & co", "uberflu-co"), ("Реки", "project")],
)
def test_a_slug_is_made_of_the_name(name, slug):
    assert create(name=name).slug == slug


def test_a_second_project_of_the_name_gets_a_number():
    assert [create().slug for _ in range(3)] == ["river-talks", "river-talks-2", "river-talks-3"]


def test_a_slug_that_is_asked_for_and_taken_is_refused():
    ProjectFactory(slug="talks")

    with pytest.raises(projects.SlugTaken, match="“talks” is taken") as refusal:
        create(slug="talks")

    assert refusal.value.errors[0]["field"] == "slug"
    assert Project.objects.count() == 1


def test_no_project_hides_behind_the_page_that_begins_one():
    with pytest.raises(projects.SlugTaken):
        create(slug="new")
    assert create(name="New").slug == "new-2"


def test_a_token_for_one_project_creates_no_other():
    person = UserFactory()
    person.token = ApiTokenFactory(user=person, project=ProjectFactory())

    with pytest.raises(Forbidden):
        create(by=person)

    assert Project.objects.count() == 1


def test_an_update_changes_only_what_is_named():
    project = create(description="Old", settings={"reasons": ["vague"]})
    admin = project.created_by

    projects.update(
        project=project, by=admin, at=TUESDAY, name="Lake talks", settings={"feedback": False}
    )

    project.refresh_from_db()
    assert (project.name, project.description) == ("Lake talks", "Old")
    assert project.settings["reasons"] == ["vague"]
    assert project.settings["feedback"] is False
    event = AuditEvent.objects.get(kind="project.changed")
    assert (event.actor, event.at, event.detail) == (
        admin,
        TUESDAY,
        {"changed": ["name", "settings"]},
    )


def test_an_update_that_changes_nothing_leaves_no_trace():
    project = create()

    projects.update(project=project, by=project.created_by, at=TUESDAY, name=project.name)

    assert "project.changed" not in events(project)


def test_only_an_admin_changes_or_archives_a_project():
    project = create()
    coder = MemberFactory(project=project, roles=[Role.CODER, Role.ADJUDICATOR]).user

    with pytest.raises(Forbidden):
        projects.update(project=project, by=coder, at=TUESDAY, name="Mine")
    with pytest.raises(Forbidden):
        projects.archive(project=project, by=coder, at=TUESDAY)

    project.refresh_from_db()
    assert (project.name, project.archived_at) == ("River talks", None)


def test_an_archived_project_can_no_longer_be_changed():
    project = create()
    projects.archive(project=project, by=project.created_by, at=MONDAY)

    with pytest.raises(Archived):
        projects.update(project=project, by=project.created_by, at=TUESDAY, name="Late")

    project.refresh_from_db()
    assert project.name == "River talks"


def test_archiving_twice_keeps_the_first_date_and_one_event():
    project = create()

    for at in (MONDAY, TUESDAY):
        projects.archive(project=project, by=project.created_by, at=at)

    project.refresh_from_db()
    assert project.archived_at == MONDAY
    assert events(project).count("project.archived") == 1


def test_an_archived_project_comes_back_as_it_was_once():
    project = create()
    projects.archive(project=project, by=project.created_by, at=MONDAY)

    for _ in range(2):
        projects.restore(project=project, by=project.created_by, at=TUESDAY)
    projects.update(project=project, by=project.created_by, at=TUESDAY, name="Again")

    project.refresh_from_db()
    assert (project.archived_at, project.name) == (None, "Again")
    assert events(project).count("project.reopened") == 1


def test_only_an_admin_brings_a_project_back():
    project = create()
    projects.archive(project=project, by=project.created_by, at=MONDAY)
    coder = MemberFactory(project=project).user

    with pytest.raises(Forbidden):
        projects.restore(project=project, by=coder, at=TUESDAY)

    project.refresh_from_db()
    assert project.archived_at == MONDAY
