"""An admin's link for a forgotten password opens the accounts of the own projects alone."""

import pytest

from annotations.actions import people
from annotations.enums import Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent
from tests.factories import MONDAY, TUESDAY, MemberFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def ask(member, admin):
    return people.reset_link(member=member, by=admin.user, at=TUESDAY)


def test_an_admin_gets_a_link_and_only_that_it_was_made_is_recorded(admin):
    member = MemberFactory(project=admin.project)

    link = ask(member, admin)

    event = AuditEvent.objects.get(kind=AuditEvent.Kind.PASSWORD_LINK_MADE)
    assert (event.target_uuid, event.actor, event.detail) == (member.uuid, admin.user, {})
    assert "/reset/" in link


def test_whoever_is_in_another_project_too_is_safe_from_admins_of_one(admin):
    member = MemberFactory(project=admin.project)
    elsewhere = MemberFactory(user=member.user, removed_at=MONDAY)

    with pytest.raises(people.CannotReset):
        ask(member, admin)

    MemberFactory(project=elsewhere.project, user=admin.user, roles=[Role.ADMIN])
    assert ask(member, admin)


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_an_operators_account_is_not_opened_by_naming_it_in_a_project(admin, power):
    member = MemberFactory(project=admin.project, user=UserFactory(**{power: True}))

    with pytest.raises(people.CannotReset):
        ask(member, admin)


def test_nobody_signs_in_as_an_external_coder_or_a_deactivated_person(admin):
    for fields in ({"user": None, "external_name": "Lisa"}, {"user__is_active": False}):
        with pytest.raises(people.CannotReset):
            ask(MemberFactory(project=admin.project, **fields), admin)


def test_an_admin_of_another_project_gets_none(admin):
    with pytest.raises(Forbidden):
        ask(MemberFactory(project=ProjectFactory()), admin)
