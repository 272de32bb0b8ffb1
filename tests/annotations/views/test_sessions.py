"""When a session ends that somebody else could still have."""

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.test import Client

from annotations.actions import people, sign_in
from annotations.enums import Role
from tests.factories import TUESDAY, MemberFactory

pytestmark = pytest.mark.django_db

PASSWORD = "open sesame 42"


@pytest.fixture
def member(admin):
    return MemberFactory(project=admin.project)


@pytest.fixture
def window(member):
    """Return where the member is signed in."""
    client = Client()
    sign(client, member)
    return client


def sign(client, member):
    return client.post("/sign-in/", {"username": member.user.username, "password": PASSWORD})


def is_in(client):
    return client.get("/api/v1/session/").status_code == 200


def test_a_session_known_before_signing_in_is_not_the_one_after(client, member):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    sign(client, member)

    assert is_in(client)
    assert client.session.session_key != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)


def test_another_password_ends_every_session_but_the_one_that_gave_it(window, member):
    here = Client()
    sign(here, member)
    new = "four tall lamps 9"

    here.post("/profile/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert member.user.memberships.get() == member
    assert (is_in(here), is_in(window)) == (True, False)


CHANGES = {
    "other roles": lambda member, by: people.set_roles(
        member=member, roles=[Role.CODER, Role.ADJUDICATOR], by=by, at=TUESDAY
    ),
    "other roles by adding again": lambda member, by: people.add_member(
        project=member.project, username=member.name, roles=["researcher"], by=by, at=TUESDAY
    ),
    "no roles": lambda member, by: people.remove_member(member=member, by=by, at=TUESDAY),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_role_ends_every_session(window, member, admin, change):
    assert is_in(window)

    CHANGES[change](member, admin.user)

    assert not is_in(window)
    assert window.get("/profile/").status_code == 302
    sign(window, member)
    assert is_in(window)


def test_the_same_roles_again_end_none(window, member, admin):
    people.set_roles(member=member, roles=[Role.CODER], by=admin.user, at=TUESDAY)

    assert is_in(window)


def test_sessions_of_others_go_on(window, admin):
    other = MemberFactory(project=admin.project)

    sign_in.end_all_sessions(user=other.user)

    assert is_in(window)


def test_who_was_signed_in_before_sessions_were_counted_still_is(member):
    djangos = AbstractBaseUser._get_session_auth_hash(member.user)

    assert member.user.get_session_auth_hash() == djangos
