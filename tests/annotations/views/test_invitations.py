import re
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.models import Invitation, InvitationUse, Member, User
from tests.factories import InvitationFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

GOOD = "four tall lamps 9"
FORM = {"roles": ["coder"], "uses": "1", "days": "14", "email": "", "note": ""}


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/people/invitations/"


@pytest.fixture
def invitation(admin):
    return InvitationFactory(
        project=admin.project,
        created_by=admin.user,
        secret="sesame",
        roles=["coder", "adjudicator"],
        expires_at=timezone.now() + timedelta(days=1),
    )


def test_an_admin_makes_a_link_that_is_shown_this_once(signed_in, address):
    page = signed_in.post(address, FORM | {"uses": "3", "note": "Tuesday course"})
    again = signed_in.get(address).content.decode()

    link = page.context["made"].link
    assert link in page.content.decode()
    assert link not in again
    assert "Tuesday course" in again
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"roles": []}, "roles"), ({"uses": "0"}, "uses"), ({"email": "amina"}, "email")],
)
def test_what_makes_no_sense_is_said_beside_its_field(signed_in, address, wrong, field):
    page = signed_in.post(address, FORM | wrong)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Invitation.objects.exists()


def test_an_admin_revokes_a_link(signed_in, address, invitation, client):
    page = signed_in.post(f"{address}{invitation.uuid}/revoke/", follow=True)

    assert "lets nobody in any more" in page.content.decode()
    assert ">revoked</span>" in page.content.decode()


def test_a_link_of_another_project_is_not_found_here(signed_in, address):
    other = InvitationFactory()

    assert signed_in.post(f"{address}{other.uuid}/revoke/").status_code == 404
    other.refresh_from_db()
    assert other.revoked_at is None


def test_who_is_signed_in_joins_with_one_press(client, invitation):
    user = UserFactory()
    client.force_login(user)

    page = client.get("/join/sesame/")
    assert "You will be coder and adjudicator." in page.content.decode()
    assert not InvitationUse.objects.exists()

    answer = client.post("/join/sesame/")
    assert answer["Location"] == f"/projects/{invitation.project.slug}/"
    assert user.memberships.get().roles == ["coder", "adjudicator"]


def test_who_has_no_account_makes_one_and_is_in(client, invitation):
    client.get("/join/sesame/")
    page = client.post("/join/sesame/", {"username": "amina", "password": GOOD}, follow=True)

    assert page.status_code == 200
    assert "Welcome to" in page.content.decode()
    assert page.context["user"] == User.objects.get(username="amina")


def test_who_has_an_account_is_led_to_sign_in_and_back(client, invitation):
    assert "/sign-in/?next=/join/sesame/" in client.get("/join/sesame/").content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": "amina", "password": "12345678"}, "password"),
        ({"username": "two words", "password": GOOD}, "username"),
        ({"username": "taken", "password": GOOD}, "username"),
        ({}, "username"),
    ],
)
def test_an_account_that_can_not_be_is_explained_and_the_link_stays_open(
    client, invitation, given, field
):
    UserFactory(username="taken")

    page = client.post("/join/sesame/", given)

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not InvitationUse.objects.exists()
    assert "_auth_user_id" not in client.session


def test_wrong_used_expired_and_revoked_links_get_the_same_page(client, admin):
    now = timezone.now()
    lasts = {"project": admin.project, "expires_at": now + timedelta(days=1)}
    InvitationFactory(secret="expired", project=admin.project)
    InvitationFactory(secret="revoked", revoked_at=now, **lasts)
    used = InvitationFactory(secret="used", **lasts)
    InvitationUse.objects.create(invitation=used, member=admin, used_at=now)

    pages = {}
    for secret in ("wrong", "expired", "revoked", "used"):
        for method in (client.get, client.post):
            answer = method(f"/join/{secret}/", {"username": "amina", "password": GOOD})
            assert answer.status_code == 404
            # But for the token against forged requests, which is another on every page.
            pages[secret, method.__name__] = re.sub(r"\w{64}", "", answer.content.decode())
    assert len(set(pages.values())) == 1
    assert "This link lets nobody in" in pages["wrong", "get"]
    assert not User.objects.filter(username="amina").exists()


def test_the_link_leads_who_is_in_already_to_the_project(signed_in, invitation):
    invitation.revoked_at = timezone.now()
    invitation.save()

    answer = signed_in.get("/join/sesame/")

    assert answer["Location"] == f"/projects/{invitation.project.slug}/"


def test_who_was_taken_out_later_is_told_so(client, invitation):
    member = MemberFactory(project=invitation.project, removed_at=timezone.now())
    client.force_login(member.user)

    page = client.post("/join/sesame/")

    assert page.status_code == 422
    assert "You were taken out of this project" in page.content.decode()
    assert Member.objects.current().filter(pk=member.pk).count() == 0


@pytest.mark.parametrize("links", [1, 3])
def test_the_page_takes_the_same_queries_for_one_link_and_for_three(
    signed_in, address, admin, links, django_assert_num_queries
):
    for member in MemberFactory.create_batch(links, project=admin.project):
        invitation = InvitationFactory(project=admin.project, uses_allowed=2)
        InvitationUse.objects.create(invitation=invitation, member=member, used_at=timezone.now())

    with django_assert_num_queries(9):
        assert len(signed_in.get(address).context["invitations"]) == links
