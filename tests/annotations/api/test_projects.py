import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import Project
from tests.factories import MONDAY, MemberFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


def test_a_visitor_is_asked_to_sign_in():
    answer = APIClient().get("/api/v1/projects/")

    assert (answer.status_code, answer.json()["code"]) == (401, "login_required")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_any_signed_in_person_creates_a_project():
    client = client_of(UserFactory())

    answer = client.post("/api/v1/projects/", {"name": "River talks", "slug": "talks"})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["slug"], body["name"], body["description"]) == ("talks", "River talks", "")
    assert body["settings"]["auto_decide"] == "unanimous"
    assert client.get("/api/v1/projects/talks/").json() == body


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": "A", "slug": "Not a slug"}, 422, "slug"),
        ({"name": "A", "slug": "taken"}, 422, "slug"),
        ({"name": "A", "settings": {"auto_decide": "sometimes"}}, 422, "settings.auto_decide"),
        ({"name": "A", "settings": {"colour": "red"}}, 400, "colour"),
        ({"name": "A", "secret": "x"}, 400, "secret"),
        ({"name": "A", "created_at": "2026-01-01"}, 400, "created_at"),
        ({"name": "x" * 201}, 422, "name"),
    ],
)
def test_what_is_wrong_with_a_new_project_is_named(body, status, field):
    ProjectFactory(slug="taken")

    answer = client_of(UserFactory()).post("/api/v1/projects/", body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert answer["Content-Type"] == "application/problem+json"
    assert Project.objects.count() == 1


def test_one_sees_only_the_projects_of_which_one_is_a_member():
    mine = MemberFactory(roles=[Role.RESEARCHER])
    left = MemberFactory(user=mine.user, removed_at=MONDAY)
    other = ProjectFactory()
    client = client_of(mine.user)

    listed = client.get("/api/v1/projects/").json()["results"]

    assert [project["slug"] for project in listed] == [mine.project.slug]
    for project in (left.project, other):
        assert client.get(f"/api/v1/projects/{project.slug}/").status_code == 404
        assert client.patch(f"/api/v1/projects/{project.slug}/", {}).status_code == 404


def test_an_admin_patches_and_a_coder_may_not():
    admin = MemberFactory(roles=[Role.ADMIN])
    coder = MemberFactory(project=admin.project)
    address = f"/api/v1/projects/{admin.project.slug}/"

    allowed = client_of(admin.user).patch(address, {"settings": {"auto_decide": "none"}})
    refused = client_of(coder.user).patch(address, {"name": "Mine"})

    assert allowed.status_code == 200
    assert allowed.json()["settings"]["auto_decide"] == "none"
    assert allowed.json()["settings"]["auto_finish"] is True
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    admin.project.refresh_from_db()
    assert admin.project.name != "Mine"


def test_the_slug_stays():
    admin = MemberFactory(roles=[Role.ADMIN])
    client = client_of(admin.user)
    address = f"/api/v1/projects/{admin.project.slug}/"

    same = client.patch(address, {"slug": admin.project.slug, "name": "New name"})
    other = client.patch(address, {"slug": "other"})

    assert same.status_code == 200
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "immutable")


def test_an_archived_project_answers_409_to_a_change():
    admin = MemberFactory(roles=[Role.ADMIN])
    client = client_of(admin.user)
    address = f"/api/v1/projects/{admin.project.slug}/"

    archived = client.post(f"{address}archive/")
    late = client.patch(address, {"name": "Late"})

    assert archived.status_code == 200
    assert archived.json()["archived_at"] is not None
    assert (late.status_code, late.json()["code"]) == (409, "archived")


def test_only_an_admin_archives():
    coder = MemberFactory()

    answer = client_of(coder.user).post(f"/api/v1/projects/{coder.project.slug}/archive/")

    assert answer.status_code == 403
    coder.project.refresh_from_db()
    assert coder.project.archived_at is None


def test_a_project_can_be_neither_put_nor_deleted():
    admin = MemberFactory(roles=[Role.ADMIN])
    client = client_of(admin.user)
    address = f"/api/v1/projects/{admin.project.slug}/"

    assert client.put(address, {"name": "A"}).status_code == 405
    assert client.delete(address).status_code == 405


@pytest.mark.parametrize("projects", [1, 3])
def test_the_list_takes_the_same_queries_for_one_project_and_for_three(
    projects, django_assert_num_queries
):
    person = UserFactory()
    MemberFactory.create_batch(projects, user=person)
    client = client_of(person)

    with django_assert_num_queries(3):
        assert len(client.get("/api/v1/projects/").json()["results"]) == projects
