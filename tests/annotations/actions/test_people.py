import threading

import pytest
from django.db import connections

from annotations.actions import people
from annotations.enums import AssignmentState, Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, Member, User
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

GOOD = "four tall lamps 9"


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def add(admin, username, roles=(Role.CODER,), **given):
    return people.add_member(
        project=admin.project,
        username=username,
        roles=list(roles),
        by=admin.user,
        at=TUESDAY,
        **given,
    )


def test_an_account_that_exists_joins_with_its_roles_in_order(admin):
    person = UserFactory()

    member = add(admin, person.username, [Role.RESEARCHER, Role.CODER])

    assert (member.user, member.roles) == (person, ["coder", "researcher"])
    event = AuditEvent.objects.get()
    assert (event.kind, event.detail) == ("member.added", {"roles": ["coder", "researcher"]})


def test_adding_a_member_again_sets_the_roles(admin):
    person = UserFactory()
    add(admin, person.username, [Role.CODER])

    add(admin, person.username, [Role.ADJUDICATOR])

    assert admin.project.members.get(user=person).roles == ["adjudicator"]


def test_nobody_of_that_name_is_refused_unless_the_account_is_to_be_made(admin):
    with pytest.raises(people.CannotAdd, match="Nobody"):
        add(admin, "amina")

    member = add(admin, "amina", create=True, password=GOOD)

    assert member.user.check_password(GOOD)


def test_an_account_made_without_a_password_lets_nobody_in(admin):
    assert not add(admin, "amina", create=True).user.has_usable_password()


def test_creating_an_account_that_exists_leaves_its_password_alone(admin):
    person = UserFactory()

    member = add(admin, person.username, create=True, password=GOOD)

    assert member.user == person
    assert not User.objects.get(pk=person.pk).check_password(GOOD)


def test_a_weak_password_is_refused_whether_or_not_the_account_exists(admin):
    for username in (UserFactory().username, "amina"):
        with pytest.raises(people.CannotAdd) as refusal:
            add(admin, username, create=True, password="12345")
        assert refusal.value.errors[0]["field"] == "password"

    assert list(Member.objects.all()) == [admin]


@pytest.mark.parametrize("username", ["two words", "", "x" * 151])
def test_a_name_that_nobody_could_sign_in_with_is_refused(admin, username):
    with pytest.raises(people.CannotAdd) as refusal:
        add(admin, username, create=True)

    assert refusal.value.errors[0]["field"] == "username"


def test_a_member_without_any_role_is_refused(admin):
    with pytest.raises(people.CannotAdd, match="role"):
        add(admin, UserFactory().username, [])


def test_only_an_admin_adds_people():
    coder = MemberFactory(roles=[Role.CODER, Role.RESEARCHER])

    with pytest.raises(Forbidden):
        add(coder, UserFactory().username)

    assert Member.objects.count() == 1


def test_the_last_admin_stays_one(admin):
    with pytest.raises(people.LastAdmin):
        people.set_roles(member=admin, roles=[Role.CODER], by=admin.user, at=TUESDAY)
    with pytest.raises(people.LastAdmin):
        people.remove_member(member=admin, by=admin.user, at=TUESDAY)

    admin.refresh_from_db()
    assert (admin.roles, admin.removed_at) == (["admin"], None)


def test_an_admin_leaves_once_there_is_another(admin):
    MemberFactory(project=admin.project, roles=[Role.ADMIN])

    people.remove_member(member=admin, by=admin.user, at=TUESDAY)

    admin.refresh_from_db()
    assert admin.removed_at == TUESDAY


def test_unfinished_work_of_who_leaves_is_taken_away_and_handed_in_work_stays(admin):
    coder = MemberFactory(project=admin.project)
    started, done = (
        AssignmentFactory(task__batch__project=admin.project, coder=coder, state=state)
        for state in (AssignmentState.CODING, AssignmentState.ASSIGNED)
    )
    submitted(done, [])

    people.remove_member(member=coder, by=admin.user, at=TUESDAY)

    started.refresh_from_db()
    done.refresh_from_db()
    assert (started.state, done.state) == ("released", "submitted")


def test_who_comes_back_is_the_same_member(admin):
    coder = MemberFactory(project=admin.project)
    people.remove_member(member=coder, by=admin.user, at=MONDAY)

    again = add(admin, coder.user.username, [Role.RESEARCHER])

    assert again == coder
    assert (again.roles, again.removed_at) == (["researcher"], None)


def test_bringing_somebody_back_undoes_the_removal_as_far_as_others_have_not_gone_on(admin):
    coder = MemberFactory(project=admin.project, roles=[Role.CODER, Role.RESEARCHER])
    project = {"task__batch__project": admin.project}
    free, taken, closed, before = (
        AssignmentFactory(coder=coder, state="coding", task__coders_wanted=1, **project)
        for _ in range(4)
    )
    before.state = "released"
    before.save()
    people.remove_member(member=coder, by=admin.user, at=MONDAY)
    AssignmentFactory(task=taken.task)
    closed.task.batch.closed_at = MONDAY
    closed.task.batch.save()

    outcome = people.restore_member(member=coder, by=admin.user, at=TUESDAY)

    states = []
    for work in (free, taken, closed, before):
        work.refresh_from_db()
        states.append(work.state)
    coder.refresh_from_db()
    assert outcome == (1, 2)
    assert states == ["assigned", "released", "released", "released"]
    assert (coder.removed_at, coder.roles) == (None, ["coder", "researcher"])
    assert AuditEvent.objects.latest("pk").kind == "member.returned"


def test_who_is_here_can_not_be_brought_back(admin):
    with pytest.raises(people.NotRemoved):
        people.restore_member(member=admin, by=admin.user, at=TUESDAY)


def test_only_an_admin_brings_people_back(admin):
    gone = MemberFactory(project=admin.project, removed_at=MONDAY)
    coder = MemberFactory(project=admin.project)

    for person in (gone, coder):
        with pytest.raises(Forbidden):
            people.restore_member(member=gone, by=person.user, at=TUESDAY)


def test_an_external_coder_is_one_row_per_name_and_never_the_user_of_that_name(admin):
    person = UserFactory(username="lisa")

    first = people.external_coder(project=admin.project, name="lisa", at=MONDAY)
    second = people.external_coder(project=admin.project, name="lisa", at=TUESDAY)

    assert first == second
    assert first.user is None
    assert not person.memberships.exists()


def test_an_external_coder_gets_no_roles_and_is_not_removed(admin):
    lisa = people.external_coder(project=admin.project, name="lisa", at=MONDAY)

    with pytest.raises(people.ExternalCoder):
        people.set_roles(member=lisa, roles=[Role.ADMIN], by=admin.user, at=TUESDAY)
    with pytest.raises(people.ExternalCoder):
        people.remove_member(member=lisa, by=admin.user, at=TUESDAY)

    lisa.refresh_from_db()
    assert (lisa.roles, lisa.removed_at) == (["coder"], None)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_at_once_leave_one():
    project = ProjectFactory()
    pair = MemberFactory.create_batch(2, project=project, roles=[Role.ADMIN])
    start = threading.Barrier(2)

    def remove(by, member):
        start.wait()
        try:
            people.remove_member(member=member, by=by.user, at=TUESDAY)
        except (people.LastAdmin, Forbidden):
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=ends) for ends in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Member.objects.current().filter(project=project).count() == 1


def test_another_password_replaces_the_first():
    person = people.create_account(username="vera", password=GOOD)

    people.set_password(user=person, password="nine short lamps 4")

    person.refresh_from_db()
    assert person.check_password("nine short lamps 4")
    assert not person.check_password(GOOD)


def test_a_password_that_the_rules_forbid_changes_nothing():
    person = people.create_account(username="vera", password=GOOD)

    with pytest.raises(people.CannotAdd) as refusal:
        people.set_password(user=person, password="12345678")

    assert refusal.value.errors[0]["field"] == "password"
    person.refresh_from_db()
    assert person.check_password(GOOD)
