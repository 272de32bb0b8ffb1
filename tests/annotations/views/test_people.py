import pytest

from annotations.actions.audit import record
from annotations.enums import Role
from annotations.models import Member
from tests.factories import (
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/people/"


def test_an_admin_adds_a_person(signed_in, address, admin):
    person = UserFactory()

    answer = signed_in.post(
        f"{address}add/", {"username": person.username, "roles": ["coder", "researcher"]}
    )

    assert answer["Location"] == address
    assert person.memberships.get().roles == ["coder", "researcher"]


def test_a_username_nobody_has_is_said_beside_its_field(signed_in, address):
    page = signed_in.post(f"{address}add/", {"username": "nobody", "roles": ["coder"]})

    assert page.status_code == 422
    assert page.context["form"].errors == {"username": ["Nobody has this username."]}
    assert Member.objects.count() == 1


def test_an_admin_makes_an_account(signed_in, address):
    signed_in.post(
        f"{address}add/",
        {
            "username": "amina",
            "roles": ["coder"],
            "create": "on",
            "password": "four tall lamps 9",
        },
    )

    amina = Member.objects.get(user__username="amina").user
    assert amina.check_password("four tall lamps 9")


def test_an_admin_changes_roles_and_removes(signed_in, address, admin):
    member = MemberFactory(project=admin.project)

    signed_in.post(f"{address}{member.uuid}/roles/", {"roles": ["adjudicator"]})
    member.refresh_from_db()
    assert member.roles == ["adjudicator"]

    signed_in.post(f"{address}{member.uuid}/remove/")
    member.refresh_from_db()
    assert member.removed_at is not None


def test_a_refusal_is_told_on_the_page(signed_in, address, admin):
    page = signed_in.post(f"{address}{admin.uuid}/remove/", follow=True)

    assert "A project needs an admin" in page.content.decode()
    admin.refresh_from_db()
    assert admin.removed_at is None


def test_external_coders_stand_apart_and_have_nothing_to_press(signed_in, address, admin):
    lisa = MemberFactory(project=admin.project, user=None, external_name="Lisa")

    page = signed_in.get(address)

    people = page.context["people"]
    assert [person.member for person in people.here] == [admin]
    assert [person.member for person in people.external] == [lisa]
    assert f"roles-{lisa.uuid}" not in page.content.decode()


def test_a_crowd_of_external_coders_is_folded(signed_in, address, admin):
    for number in range(21):
        if number == 20:
            assert "<summary>All 20</summary>" not in signed_in.get(address).content.decode()
        MemberFactory(project=admin.project, user=None, external_name=f"w{number}")

    assert "<summary>All 21</summary>" in signed_in.get(address).content.decode()


def test_each_member_is_shown_with_open_work_and_when_last_seen(signed_in, address, admin):
    coder = MemberFactory(project=admin.project)
    batch = BatchFactory(project=admin.project, name="First")
    AssignmentFactory(task__batch=batch, coder=coder, state="coding", saved_at=TUESDAY)
    AssignmentFactory(task__batch=batch, coder=coder)
    submitted(AssignmentFactory(task__batch=batch, coder=coder), [])

    _admin, person = signed_in.get(address).context["people"].here

    assert person.member == coder
    assert person.open_work == [(batch, 2)]
    assert (person.done, person.seen_at) == (1, TUESDAY)


def test_an_admin_who_codes_learns_nothing_here_of_the_others_in_the_batch(
    signed_in, address, admin
):
    batch = BatchFactory(project=admin.project, name="First")
    task = TaskFactory(batch=batch)
    AssignmentFactory(task=task, coder=admin)
    other = AssignmentFactory(task=task, state="coding", saved_at=TUESDAY)
    record("assignment.submitted", target=other, by=other.coder.user, at=TUESDAY, batch=batch)

    people = signed_in.get(address).context["people"]

    assert people.hidden == 1
    assert [(p.left_to_do, p.done, p.seen_at) for p in people.here if p.member != admin] == [
        (0, 0, None)
    ]


def test_the_dialog_names_what_is_open_and_where_to_reassign_it(signed_in, address, admin):
    batch = BatchFactory(project=admin.project, name="First")
    AssignmentFactory(task__batch=batch, coder__project=admin.project)

    page = signed_in.get(address).content.decode()

    assert f'<a href="/batches/{batch.uuid}/">First</a>' in page
    assert "1 article open" in page


def test_who_was_deactivated_is_listed_apart_and_brought_back_with_the_work(
    signed_in, address, admin
):
    batch = BatchFactory(project=admin.project)
    work = AssignmentFactory(task__batch=batch, coder__project=admin.project, state="coding")
    signed_in.post(f"{address}{work.coder.uuid}/remove/")
    assert [p.member for p in signed_in.get(address).context["people"].gone] == [work.coder]

    page = signed_in.post(f"{address}{work.coder.uuid}/restore/", follow=True)

    assert "1 article came back too." in page.content.decode()
    work.refresh_from_db()
    assert (work.state, page.context["people"].gone) == ("assigned", [])


def test_an_admin_gets_a_password_link_that_is_shown_this_once(signed_in, address, admin):
    member = MemberFactory(project=admin.project)

    page = signed_in.post(f"{address}{member.uuid}/password/")

    assert page.context["link"] in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_no_link_is_made_for_an_account_of_other_projects_too(signed_in, address, admin):
    member = MemberFactory(project=admin.project)
    MemberFactory(user=member.user)

    page = signed_in.post(f"{address}{member.uuid}/password/", follow=True)

    assert "Ask the operator" in page.content.decode()


def test_the_page_is_for_admins(client, address, admin):
    coder = MemberFactory(project=admin.project, roles=[Role.CODER, Role.ADJUDICATOR])
    client.force_login(coder.user)

    assert client.get(address).status_code == 403
    assert client.post(f"{address}add/", {"username": "x", "roles": ["admin"]}).status_code == 403
    assert client.post(f"{address}{coder.uuid}/roles/", {"roles": ["admin"]}).status_code == 403
    assert client.post(f"{address}{admin.uuid}/remove/").status_code == 403
    coder.refresh_from_db()
    assert coder.roles == ["coder", "adjudicator"]


def test_a_member_of_another_project_is_not_found_here(signed_in, address):
    other = MemberFactory()

    assert signed_in.post(f"{address}{other.uuid}/remove/").status_code == 404
    other.refresh_from_db()
    assert other.removed_at is None


@pytest.mark.parametrize("members", [1, 3])
def test_the_page_takes_the_same_queries_for_one_member_and_for_three(
    signed_in, address, admin, members, django_assert_num_queries
):
    for _ in range(members):
        AssignmentFactory(task__batch__project=admin.project, coder__project=admin.project)
        MemberFactory(project=admin.project, user=None, external_name=f"Lisa {_}")
        MemberFactory(project=admin.project, removed_at=TUESDAY)

    with django_assert_num_queries(9):
        assert len(signed_in.get(address).context["people"].here) == 1 + members
