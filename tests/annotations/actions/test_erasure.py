import pytest
from django.db import DatabaseError, IntegrityError, transaction

from annotations.actions import erasure, people
from annotations.enums import Role
from annotations.models import AuditEvent, StoredReply, User
from tests.factories import MONDAY, TUESDAY, MemberFactory

pytestmark = pytest.mark.django_db

USERNAME = "zephyrquill"


def erase(person, by=None):
    return erasure.forget(person=person, by=by, at=TUESDAY)


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def member(admin):
    return MemberFactory(project=admin.project, user__username=USERNAME)


def test_the_account_is_nobodys_and_opens_nothing(member, admin, client):
    client.force_login(member.user)
    erase(member.user, by=admin.user)

    person = User.objects.get(pk=member.user_id)
    assert person.username == f"erased:{person.uuid.hex[:12]}"
    assert not person.is_active
    assert not person.has_usable_password()
    assert client.get("/api/v1/session/").status_code == 401


def test_what_is_recorded_is_the_reference_alone(member, admin):
    erase(member.user, by=admin.user)

    event = AuditEvent.objects.get(kind="person.erased", project=admin.project)
    assert (event.actor, event.target_uuid, event.detail) == (admin.user, member.uuid, {})


def test_open_work_is_taken_away_in_archived_projects_too(member, admin):
    admin.project.archived_at = MONDAY
    admin.project.save()

    erase(member.user, by=admin.user)

    member.refresh_from_db()
    assert member.removed_at is not None


def test_the_last_admin_of_a_project_stays_until_there_is_another(admin):
    with pytest.raises(people.LastAdmin):
        erase(admin.user)

    assert User.objects.get(pk=admin.user_id).erased_at is None


@pytest.mark.parametrize("known_elsewhere", ["member", "operator", "oneself", "already"])
def test_only_who_runs_all_that_the_person_is_in_may(known_elsewhere, member, admin):
    person = member.user
    match known_elsewhere:
        case "member":
            MemberFactory(user=person, removed_at=TUESDAY)
        case "operator":
            User.objects.filter(pk=person.pk).update(is_superuser=True)
        case "oneself":
            MemberFactory(project=admin.project, roles=[Role.ADMIN])
            person = admin.user
        case "already":
            erase(person)
    person = User.objects.get(pk=person.pk)

    with pytest.raises(erasure.CannotErase):
        erase(person, by=admin.user)


def test_a_coder_may_erase_nobody(member):
    other = MemberFactory(project=member.project)

    with pytest.raises(erasure.CannotErase):
        erase(member.user, by=other.user)


def test_who_was_erased_can_neither_come_back_nor_be_added(member, admin):
    erase(member.user, by=admin.user)
    username = User.objects.get(pk=member.user_id).username

    with pytest.raises(people.Erased):
        people.restore_member(member=member, by=admin.user, at=TUESDAY)
    with pytest.raises(people.CannotAdd):
        people.add_member(
            project=admin.project, username=username, roles=["coder"], by=admin.user, at=TUESDAY
        )
    with pytest.raises(people.CannotAdd):
        people.create_account(username="erased:0123456789ab")


def test_the_database_keeps_an_erased_row_empty(member):
    erase(member.user)

    for change in ({"username": "ada"}, {"is_active": True}, {"email": "a@b.example"}):
        with (
            pytest.raises(IntegrityError, match="neither_a_name_nor_a_way_in"),
            transaction.atomic(),
        ):
            User.objects.filter(pk=member.user_id).update(**change)


def test_the_database_lets_no_erasure_be_taken_back(member):
    erase(member.user)

    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        User.objects.filter(pk=member.user_id).update(erased_at=None, username="ada")
    # What else there is to the row still changes.
    User.objects.filter(pk=member.user_id).update(session_epoch=7)


def test_answers_that_name_others_are_kept(member, admin):
    StoredReply.objects.create(
        user=admin.user,
        route="r",
        key="k",
        request_digest="d",
        status=201,
        answer={"username": f"{USERNAME}2"},
        stored_at=MONDAY,
    )

    erase(member.user)

    assert StoredReply.objects.count() == 1
