from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from annotations.actions import invitations, people
from annotations.actions.guards import Archived
from annotations.enums import Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, Invitation, InvitationUse, Member, User
from annotations.queries.invitations import of, opened_by
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    InvitationFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db

GOOD = "four tall lamps 9"
LATER = TUESDAY - timedelta(hours=1)


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def invite(admin, **given):
    wish = {"roles": [Role.CODER], **given}
    made = invitations.invite(project=admin.project, by=admin.user, at=MONDAY, **wish)
    return made, urlsplit(made.link).path.split("/")[2]


def join(secret, user=None, at=LATER):
    return invitations.join(secret=secret, user=user or UserFactory(), at=at)


def state(invitation, at=LATER):
    return Invitation.objects.with_state(at).get(pk=invitation.pk).state


def test_who_holds_the_link_joins_in_its_roles(admin):
    _made, secret = invite(admin, roles=[Role.RESEARCHER, Role.CODER])

    member = join(secret)

    assert (member.project, member.roles) == (admin.project, ["coder", "researcher"])
    event = AuditEvent.objects.get(kind="member.added")
    assert (event.actor, event.target_uuid) == (member.user, member.uuid)


def test_nothing_that_is_kept_opens_the_link(admin):
    made, secret = invite(admin, note="For the Tuesday course")

    row = Invitation.objects.values().get()

    assert secret not in str(row)
    assert secret not in str(list(AuditEvent.objects.values()))
    with pytest.raises(invitations.Closed):
        join(made.invitation.digest)


@pytest.mark.parametrize("uses", [1, 3])
def test_a_link_lets_in_as_many_as_it_says(admin, uses):
    made, secret = invite(admin, uses=uses)

    for _ in range(uses):
        join(secret)
    with pytest.raises(invitations.Closed):
        join(secret)

    assert Member.objects.filter(project=admin.project).count() == 1 + uses
    assert state(made.invitation) == "used"


def test_a_link_that_ran_out_or_was_revoked_lets_nobody_in_and_says_no_more_than_a_wrong_one(
    admin,
):
    old, expired = invite(admin, lasts=timedelta(hours=1))
    taken_back, revoked = invite(admin)
    invitations.revoke(invitation=taken_back.invitation, by=admin.user, at=MONDAY)

    said = set()
    for secret in (expired, revoked, "wrong", "", "\0", "\ud800"):
        with pytest.raises(invitations.Closed) as refusal:
            join(secret)
        said.add(str(refusal.value))

    assert len(said) == 1
    assert [state(made.invitation) for made in (old, taken_back)] == ["expired", "revoked"]
    assert list(Member.objects.all()) == [admin]


def test_an_account_is_made_only_by_a_link_that_lets_people_in(admin):
    _made, secret = invite(admin)

    member = invitations.join_as_new(secret=secret, username="amina", password=GOOD, at=LATER)
    with pytest.raises(invitations.Closed):
        invitations.join_as_new(secret=secret, username="ben", password=GOOD, at=LATER)

    assert member.user.check_password(GOOD)
    assert not User.objects.filter(username="ben").exists()


def test_a_name_that_is_taken_neither_joins_nor_uses_the_link_up(admin):
    made, secret = invite(admin)
    amina = UserFactory(username="amina")

    with pytest.raises(people.CannotAdd) as refusal:
        invitations.join_as_new(secret=secret, username="amina", password=GOOD, at=LATER)

    assert refusal.value.errors[0]["field"] == "username"
    assert not amina.check_password(GOOD)
    assert state(made.invitation) == "open"


def test_a_member_keeps_the_roles_and_uses_no_link_up(admin):
    made, secret = invite(admin, roles=[Role.ADMIN])
    coder = MemberFactory(project=admin.project)

    with pytest.raises(invitations.AlreadyIn):
        join(secret, coder.user)

    coder.refresh_from_db()
    assert coder.roles == ["coder"]
    assert state(made.invitation) == "open"


def test_who_was_taken_out_comes_back_by_a_newer_link_only(admin):
    coder = MemberFactory(project=admin.project)
    _made, before = invite(admin)
    people.remove_member(member=coder, by=admin.user, at=MONDAY + timedelta(hours=1))
    after = InvitationFactory(
        project=admin.project,
        secret="after",
        created_at=MONDAY + timedelta(hours=2),
    )

    with pytest.raises(invitations.TakenOut):
        join(before, coder.user)
    assert join("after", coder.user) == coder
    assert state(after) == "used"


def test_who_comes_back_by_a_link_finds_the_own_work(admin):
    work = AssignmentFactory(task__batch__project=admin.project, state="coding")
    people.remove_member(member=work.coder, by=admin.user, at=MONDAY)
    InvitationFactory(project=admin.project, secret="s", created_at=MONDAY + timedelta(minutes=1))

    join("s", work.coder.user)

    work.refresh_from_db()
    assert work.state == "assigned"


@pytest.mark.parametrize("ends", ["removed", "no admin any more"])
def test_the_links_of_an_admin_end_with_the_admin(admin, ends):
    MemberFactory(project=admin.project, roles=[Role.ADMIN])
    made, secret = invite(admin, roles=[Role.ADMIN])

    if ends == "removed":
        people.remove_member(member=admin, by=admin.user, at=MONDAY)
    else:
        people.set_roles(member=admin, roles=[Role.CODER], by=admin.user, at=MONDAY)

    assert state(made.invitation) == "revoked"
    with pytest.raises(invitations.Closed):
        join(secret)


def test_only_admins_invite_and_revoke(admin):
    coder = MemberFactory(project=admin.project)
    made, _secret = invite(admin)

    with pytest.raises(Forbidden):
        invite(coder, roles=[Role.ADMIN])
    with pytest.raises(Forbidden):
        invitations.revoke(invitation=made.invitation, by=coder.user, at=LATER)

    assert state(made.invitation) == "open"


def test_an_archived_project_takes_nobody_in(admin):
    _made, secret = invite(admin)
    admin.project.archived_at = MONDAY
    admin.project.save()

    for call in (lambda: invite(admin), lambda: join(secret)):
        with pytest.raises(Archived):
            call()


def test_making_and_revoking_are_recorded_once_each(admin):
    made, _secret = invite(admin, uses=2)

    for _ in range(2):
        invitations.revoke(invitation=made.invitation, by=admin.user, at=LATER)

    assert list(AuditEvent.objects.order_by("pk").values_list("kind", "detail")) == [
        ("invitation.made", {"roles": ["coder"], "uses": 2}),
        ("invitation.revoked", {}),
    ]


def test_the_link_is_mailed_where_there_is_mail(admin, settings):
    settings.HAS_MAIL = False
    assert not invite(admin, email="amina@example.org")[0].is_mailed

    settings.HAS_MAIL = True
    made, _secret = invite(admin, email="amina@example.org", note="See you on <Tuesday>.")

    (letter,) = mail.outbox
    assert made.is_mailed
    assert letter.to == ["amina@example.org"]
    assert made.link in letter.body
    assert "See you on <Tuesday>." in letter.body


def test_mail_that_does_not_go_out_leaves_the_link(admin, settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    made, secret = invite(admin, email="amina@example.org")

    assert not made.is_mailed
    assert join(secret)


def test_the_address_is_forgotten_once_the_link_opens_nothing(admin):
    _used, secret = invite(admin, email="amina@example.org")
    revoked, _secret = invite(admin, email="ben@example.org")

    join(secret)
    invitations.revoke(invitation=revoked.invitation, by=admin.user, at=LATER)

    assert set(Invitation.objects.values_list("email", flat=True)) == {""}


def test_admins_see_the_links_of_their_own_project(admin):
    made, secret = invite(admin)
    InvitationFactory()
    member = join(secret)

    (row,) = of(admin.project, admin.user, LATER)
    assert row == made.invitation
    assert [use.member for use in row.uses.all()] == [member]
    assert not of(admin.project, member.user, LATER).exists()


def test_the_database_refuses_one_use_too_many():
    invitation = InvitationFactory(uses_allowed=2)
    members = MemberFactory.create_batch(3, project=invitation.project)
    for member in members[:2]:
        InvitationUse.objects.create(invitation=invitation, member=member, used_at=MONDAY)

    with (
        pytest.raises(IntegrityError, match="used as often as it may be"),
        transaction.atomic(),
    ):
        InvitationUse.objects.create(invitation=invitation, member=members[2], used_at=MONDAY)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"roles": []}, "invitation_gives_known_roles"),
        ({"roles": ["king"]}, "invitation_gives_known_roles"),
        ({"digest": "open sesame"}, "invitation_is_kept_as_a_digest"),
        ({"uses_allowed": 0}, "invitation_can_be_used_once_at_least"),
        ({"expires_at": MONDAY}, "invitation_expires_after_it_was_made"),
    ],
)
def test_the_database_refuses_an_invitation_that_makes_no_sense(fields, words):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        InvitationFactory(**fields)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_last_place_at_once_are_one_member():
    invitation = InvitationFactory(secret="last", project=ProjectFactory())
    pair = UserFactory.create_batch(2)

    answers = at_once(*[lambda user=user: join("last", user) for user in pair])

    assert sorted(type(answer).__name__ for answer in answers) == ["Closed", "Member"]
    assert InvitationUse.objects.filter(invitation=invitation).count() == 1
    assert Member.objects.filter(project=invitation.project).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_alone_holds_back_two_who_write_past_the_action():
    invitation = InvitationFactory()
    members = MemberFactory.create_batch(2, project=invitation.project)

    def use(member):
        try:
            InvitationUse.objects.create(invitation=invitation, member=member, used_at=MONDAY)
        except IntegrityError:
            return "refused"
        return "used"

    answers = at_once(*[lambda member=member: use(member) for member in members])

    assert sorted(answers) == ["refused", "used"]


def test_the_open_link_is_found_by_its_secret_alone():
    invitation = InvitationFactory(secret="known")

    assert opened_by("known", MONDAY) == invitation
    assert opened_by("unknown", MONDAY) is None
