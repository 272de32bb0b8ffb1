import pytest

from annotations.enums import Role
from annotations.models import User
from tests.exports.worlds import published
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    admin = MemberFactory(roles=[Role.ADMIN])
    client.force_login(admin.user)
    return admin


@pytest.fixture
def member(admin):
    return MemberFactory(project=admin.project, user__username="zephyrquill")


@pytest.fixture
def address(member):
    return f"/projects/{member.project.slug}/people/{member.uuid}/erase/"


def test_the_name_once_more_and_the_person_is_erased(client, address, member):
    answer = client.post(address, {"username": "zephyrquill"})

    assert answer["Location"] == f"/projects/{member.project.slug}/people/"
    assert User.objects.get(pk=member.user_id).erased_at is not None


@pytest.mark.parametrize("typed", ["", "zephyr", "ZEPHYRQUILL", "x" * 200])
def test_another_word_erases_nobody(client, address, member, typed):
    answer = client.post(address, {"username": typed})

    assert answer.status_code == 422
    assert User.objects.get(pk=member.user_id).erased_at is None


def test_the_page_names_the_releases_whose_files_go(client, address, member):
    named = published(member.project, real_names=True, coders=[str(member.uuid)])
    published(member.project, real_names=True, coders=[])
    published(member.project, coders=[str(member.uuid)])

    assert list(client.get(address).context["releases"]) == [named]


def test_who_is_in_another_project_too_is_for_the_operator(client, address, member):
    MemberFactory(user=member.user)

    assert client.get(address).status_code == 403
    assert client.post(address, {"username": "zephyrquill"}).status_code == 403
    person = client.get(address.removesuffix("erase/"))
    assert "erase/" not in person.content.decode()


def test_an_external_coder_is_no_account(client, address, member):
    external = MemberFactory(project=member.project, user=None, external_name="Ada")

    assert client.get(address.replace(str(member.uuid), str(external.uuid))).status_code == 404


def test_pages_call_an_erased_person_so(client, address, member):
    assert f'href="{address}"' in client.get(address.removesuffix("erase/")).content.decode()
    client.post(address, {"username": "zephyrquill"})

    people = client.get(f"/projects/{member.project.slug}/people/").content.decode()
    person = client.get(address.removesuffix("erase/")).content.decode()
    assert "zephyrquill" not in people + person
    assert "Bring back" not in people + person
    assert "erased on" in person
    assert address not in person
