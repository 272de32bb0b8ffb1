import uuid

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import Member, User
from tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

GOOD = "four tall lamps 9"


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def client(admin):
    client = APIClient()
    client.force_login(admin.user)
    return client


@pytest.fixture
def address(admin):
    return f"/api/v1/projects/{admin.project.slug}/members/"


def test_an_admin_adds_a_person_and_changes_and_ends_the_membership(client, address):
    person = UserFactory()

    added = client.post(address, {"username": person.username, "roles": ["coder"]})
    member = added.json()["id"]
    changed = client.patch(f"{address}{member}/", {"roles": ["adjudicator", "researcher"]})
    removed = client.delete(f"{address}{member}/")

    assert (added.status_code, added.json()["username"]) == (201, person.username)
    assert (changed.status_code, changed.json()["roles"]) == (200, ["adjudicator", "researcher"])
    assert removed.status_code == 204
    assert client.get(f"{address}{member}/").status_code == 404


def test_posting_an_existing_member_sets_the_roles(client, address, admin):
    member = MemberFactory(project=admin.project)

    answer = client.post(address, {"username": member.user.username, "roles": ["researcher"]})

    assert (answer.status_code, answer.json()["id"]) == (201, str(member.uuid))
    assert answer.json()["roles"] == ["researcher"]


def test_nothing_in_the_answer_tells_a_new_account_from_one_that_was_there(client, address):
    there = UserFactory()
    body = {"roles": ["coder"], "create": True, "password": GOOD}

    answers = [
        client.post(address, {"username": username, **body})
        for username in (there.username, "somebody-new")
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json().keys() == answers[1].json().keys()
    assert User.objects.get(username="somebody-new").check_password(GOOD)
    assert not User.objects.get(pk=there.pk).check_password(GOOD)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"username": "nobody", "roles": ["coder"]}, 422, "username"),
        ({"username": "amina", "roles": [], "create": True}, 422, "roles"),
        ({"username": "amina", "roles": ["king"], "create": True}, 422, "roles.0"),
        ({"username": "a b", "roles": ["coder"], "create": True}, 422, "username"),
        (
            {"username": "amina", "roles": ["coder"], "create": True, "password": "short"},
            422,
            "password",
        ),
        ({"username": "amina", "roles": ["coder"], "is_superuser": True}, 400, "is_superuser"),
    ],
)
def test_what_is_wrong_with_a_new_member_is_named(client, address, body, status, field):
    answer = client.post(address, body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert Member.objects.count() == 1


def test_an_answer_never_holds_a_password(client, address):
    body = {"username": "amina", "roles": ["coder"], "create": True, "password": GOOD}

    assert GOOD not in client.post(address, body).content.decode()
    assert GOOD not in client.get(address).content.decode()


def test_external_coders_are_listed_as_what_they_are(client, address, admin):
    MemberFactory(project=admin.project, user=None, external_name="Lisa")

    listed = client.get(address).json()["results"]

    assert [(row["username"], row["is_external"]) for row in listed] == [
        (admin.user.username, False),
        ("Lisa", True),
    ]


def test_the_last_admin_can_neither_step_down_nor_leave(client, address, admin):
    step_down = client.patch(f"{address}{admin.uuid}/", {"roles": ["coder"]})
    leave = client.delete(f"{address}{admin.uuid}/")

    assert [step_down.status_code, leave.status_code] == [409, 409]
    assert step_down.json()["code"] == "last_admin"


def test_other_roles_are_refused_and_outsiders_find_nothing(address, admin):
    coder = MemberFactory(
        project=admin.project, roles=[Role.CODER, Role.ADJUDICATOR, Role.RESEARCHER]
    )
    outsider = MemberFactory(roles=[Role.ADMIN])

    for person, status in ((coder.user, 403), (outsider.user, 404)):
        client = APIClient()
        client.force_login(person)
        body = {"username": person.username, "roles": ["admin"]}
        assert client.get(address).status_code == status
        assert client.post(address, body).status_code == status
        assert client.patch(f"{address}{coder.uuid}/", {"roles": ["admin"]}).status_code == status
        assert client.delete(f"{address}{admin.uuid}/").status_code == status
    assert Member.objects.current().filter(project=admin.project).count() == 2


def test_a_member_of_another_project_is_not_found_here(client, address):
    other = MemberFactory()

    assert client.get(f"{address}{other.uuid}/").status_code == 404
    assert client.delete(f"{address}{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("members", [1, 3])
def test_the_list_takes_the_same_queries_for_one_member_and_for_three(
    client, address, admin, members, django_assert_num_queries
):
    MemberFactory.create_batch(members - 1, project=admin.project)

    with django_assert_num_queries(5):
        assert len(client.get(address).json()["results"]) == members
