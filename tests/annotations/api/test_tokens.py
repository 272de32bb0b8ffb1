from base64 import b64encode

import pytest
from django.test import Client
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import ApiToken
from tests import second_step
from tests.factories import ApiTokenFactory, MemberFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/tokens/"


def basic(user, password="open sesame 42"):  # noqa: S107 - the factory's
    return {"HTTP_AUTHORIZATION": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def bearer(key):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def test_a_name_and_a_password_buy_a_token_that_works_at_once():
    person = UserFactory()

    answer = APIClient().post(ADDRESS, {"name": "laptop"}, **basic(person))

    assert answer.status_code == 201
    key = answer.json()["token"]
    assert key.startswith("wbt_")
    session = bearer(key).get("/api/v1/session/")
    assert session.json()["user"]["username"] == person.username


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_buys_nothing(password):
    answer = APIClient().post(ADDRESS, {"name": "laptop"}, **basic(UserFactory(), password))

    assert answer.status_code == 401
    assert not ApiToken.objects.exists()


def test_a_password_alone_buys_nothing_where_there_is_a_second_step():
    person = UserFactory()
    second_step.give(person)

    answer = APIClient().post(ADDRESS, {"name": "laptop"}, **basic(person))

    assert (answer.status_code, answer.json()["code"]) == (403, "second_step")
    assert "two steps" in answer.json()["detail"]
    assert not ApiToken.objects.exists()
    browser = APIClient()
    browser.force_login(person)
    assert browser.post(ADDRESS, {"name": "laptop"}).status_code == 201


@pytest.mark.parametrize("method", ["get", "post"])
def test_passwords_are_not_guessed_by_programs_either(method):
    person = UserFactory()
    send = getattr(APIClient(), method)

    wrong = [send(ADDRESS, **basic(person, "wrong")).status_code for _try in range(5)]
    sixth = send(ADDRESS, HTTP_X_FORWARDED_FOR="198.51.100.7", **basic(person))

    assert wrong == [401] * 5
    assert (sixth.status_code, sixth.json()["code"]) == (429, "too_many_tries")
    assert int(sixth["Retry-After"]) >= 300
    form = {"username": person.username, "password": "open sesame 42"}
    assert Client().post("/sign-in/", form).status_code == 429


@pytest.mark.parametrize("credentials", ["!!!!", "", b64encode(b"a\0b:x").decode()])
def test_credentials_that_are_none_are_answered_401(credentials):
    answer = APIClient().post(
        ADDRESS, {"name": "laptop"}, HTTP_AUTHORIZATION=f"Basic {credentials}"
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        {"path": "/api/v1/projects/?token=wbt_key"},
        {"path": "/api/v1/projects/?access_token=wbt_key"},
        {"data": {"token": "wbt_key"}},
        {"HTTP_COOKIE": "token=wbt_key; sessionid=wbt_key"},
        {"HTTP_X_API_KEY": "wbt_key"},
        {"HTTP_AUTHORIZATION": "Token wbt_key"},
        {"HTTP_AUTHORIZATION": "wbt_key"},
    ],
)
def test_a_key_counts_in_the_header_alone(sent):
    ApiTokenFactory(name="key")

    answer = APIClient().get(**{"path": "/api/v1/projects/"} | sent)

    assert answer.status_code == 401


def test_the_key_is_shown_once():
    person = UserFactory()
    client = APIClient()
    client.force_login(person)
    made = client.post(ADDRESS, {"name": "laptop"}).json()

    listed = client.get(ADDRESS).json()["results"]
    alone = client.get(f"{ADDRESS}{made['id']}/").json()

    assert [row["name"] for row in listed] == ["laptop"]
    assert made["token"] not in str(listed) + str(alone)


def test_a_token_can_be_for_some_scopes_one_project_and_some_days():
    member = MemberFactory(roles=[Role.ADMIN])
    client = APIClient()
    client.force_login(member.user)
    body = {
        "name": "nightly",
        "scopes": ["releases"],
        "project": member.project.slug,
        "expires_in_days": 30,
    }

    answer = client.post(ADDRESS, body).json()

    assert (answer["scopes"], answer["project"]) == (["releases"], member.project.slug)
    token = ApiToken.objects.get()
    assert (token.expires_at - token.created_at).days == 30


def test_a_scope_narrows_what_its_owner_may_do():
    admin = MemberFactory(roles=[Role.ADMIN, Role.CODER])
    ApiTokenFactory(user=admin.user, name="narrow", scopes=["coding"])
    client = bearer("wbt_narrow")
    project = f"/api/v1/projects/{admin.project.slug}/"

    assert client.get(project).status_code == 200
    assert client.patch(project, {"name": "Mine"}).status_code == 403


def test_a_token_for_one_project_does_not_see_the_others():
    admin = MemberFactory(roles=[Role.ADMIN])
    other = MemberFactory(user=admin.user, roles=[Role.ADMIN])
    ApiTokenFactory(user=admin.user, name="one", project=admin.project)

    listed = bearer("wbt_one").get("/api/v1/projects/").json()["results"]

    assert [project["slug"] for project in listed] == [admin.project.slug]
    assert bearer("wbt_one").get(f"/api/v1/projects/{other.project.slug}/").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": "a", "scopes": ["everything"]}, 422, "scopes.0"),
        ({"name": "a", "scopes": []}, 422, "scopes"),
        ({"name": "a", "project": "secret-study"}, 422, "project"),
        ({"name": "a", "expires_in_days": 0}, 422, "expires_in_days"),
        ({"name": "a", "user": 1}, 400, "user"),
    ],
)
def test_what_is_wrong_with_a_new_token_is_named(body, status, field):
    ProjectFactory(slug="secret-study")

    answer = APIClient().post(ADDRESS, body, **basic(UserFactory()))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert not ApiToken.objects.exists()


def test_a_token_makes_no_other_token_and_finds_and_ends_only_itself():
    person = UserFactory()
    other = ApiTokenFactory(user=person)
    token = ApiTokenFactory(user=person, name="mine")
    client = bearer("wbt_mine")

    assert client.post(ADDRESS, {"name": "more"}).status_code == 401
    assert [row["name"] for row in client.get(ADDRESS).json()["results"]] == ["mine"]
    assert client.delete(f"{ADDRESS}{other.uuid}/").status_code == 404
    assert client.delete(f"{ADDRESS}{token.uuid}/").status_code == 204
    assert client.get(ADDRESS).status_code == 401


def test_nobody_finds_somebody_elses_token():
    token = ApiTokenFactory()
    client = APIClient()
    client.force_login(UserFactory())

    assert client.get(ADDRESS).json()["results"] == []
    assert client.get(f"{ADDRESS}{token.uuid}/").status_code == 404
    assert client.delete(f"{ADDRESS}{token.uuid}/").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(rows, django_assert_num_queries):
    person = UserFactory()
    for number in range(rows):
        ApiTokenFactory(user=person, name=f"key-{number}")

    with django_assert_num_queries(3):
        assert len(bearer("wbt_key-0").get(ADDRESS).json()["results"]) == 1

    client = APIClient()
    client.force_login(person)
    with django_assert_num_queries(3):
        assert len(client.get(ADDRESS).json()["results"]) == rows
