import pytest

from annotations.enums import Role
from annotations.queries.password_links import password_links
from tests.factories import MONDAY, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return MemberFactory(roles=[Role.CODER])


def joins_another_project(member):
    MemberFactory(user=member.user)


def gets_another_role(member):
    member.roles = [Role.ADMIN]
    member.save()


def leaves(member):
    member.removed_at = MONDAY
    member.save()


def becomes_operator(member):
    member.user.is_superuser = True
    member.user.save()


def test_a_link_is_good_while_its_account_stays_what_it_is(member):
    secret = password_links.make_token(member.user)

    assert password_links.check_token(member.user, secret)


@pytest.mark.parametrize(
    "change", [joins_another_project, gets_another_role, leaves, becomes_operator]
)
def test_a_link_ends_when_its_account_could_open_something_else(member, change):
    secret = password_links.make_token(member.user)

    change(member)

    assert not password_links.check_token(member.user, secret)
