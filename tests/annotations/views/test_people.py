import pytest

from annotations.enums import Role
from annotations.models import Member
from tests.factories import MemberFactory, UserFactory

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

    signed_in.post(f"{address}{member.uuid}/", {"roles": ["adjudicator"]})
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


def test_an_external_coder_has_nothing_to_press(signed_in, address, admin):
    lisa = MemberFactory(project=admin.project, user=None, external_name="Lisa")

    page = signed_in.get(address).content.decode()

    assert "external coder" in page
    assert f"roles-{lisa.uuid}" not in page


def test_the_page_is_for_admins(client, address, admin):
    coder = MemberFactory(project=admin.project, roles=[Role.CODER, Role.ADJUDICATOR])
    client.force_login(coder.user)

    assert client.get(address).status_code == 403
    assert client.post(f"{address}add/", {"username": "x", "roles": ["admin"]}).status_code == 403
    assert client.post(f"{address}{coder.uuid}/", {"roles": ["admin"]}).status_code == 403
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
    MemberFactory.create_batch(members - 1, project=admin.project)

    with django_assert_num_queries(6):
        assert len(signed_in.get(address).context["rows"]) == members
