import pytest

from annotations.actions import codebook
from annotations.enums import Role
from tests.factories import TUESDAY, MemberFactory

pytestmark = pytest.mark.django_db


def publish(admin, **label):
    codebook.publish(
        project=admin.project,
        labels=[{"key": "actor", "name": "Actor", **label}],
        rules=[{"id": "R1", "text": "The longest name."}],
        by=admin.user,
        at=TUESDAY,
    )


def read(client, member, version=""):
    client.force_login(member.user)
    return client.get(f"/projects/{member.project.slug}/codebook/{version}")


@pytest.mark.parametrize("role", Role)
def test_every_member_reads_it(client, admin, role):
    publish(admin, definition="Who acts.", include=["Names"], exclude=["Pronouns"])

    page = read(client, MemberFactory(project=admin.project, roles=[role])).content.decode()

    for text in ("Who acts.", "Names", "Pronouns", "The longest name.", "Version 2"):
        assert text in page


def test_what_stands_in_square_brackets_is_marked(client, admin):
    publish(admin, examples=["[Ada <b>] spoke & [left]"], colour="#2256bb")

    page = read(client, admin).content.decode()

    mark = '<mark class="label-quote" data-colour="#2256bb" data-shape="circle">'
    assert f"{mark}Ada &lt;b&gt;</mark> spoke &amp; {mark}left</mark>" in page


def test_a_retired_label_is_named_apart(client, admin):
    publish(admin)

    context = read(client, admin).context

    assert [label.name for label in context["labels"]] == ["Actor"]
    assert [label.name for label in context["retired"]] == ["Location", "Event", "Claim"]


def test_an_earlier_version_can_still_be_read(client, admin):
    publish(admin)

    context = read(client, admin, "1/").context

    assert context["version"].number == 1
    assert len(context["labels"]) == 4


def test_a_version_that_was_never_published_is_not_there(client, admin):
    assert read(client, admin, "7/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_version_and_three(
    rows, admin, client, django_assert_num_queries
):
    for number in range(rows):
        publish(admin, definition=f"Definition {number}")
    client.force_login(admin.user)

    with django_assert_num_queries(13):
        client.get(f"/projects/{admin.project.slug}/codebook/")


def test_what_changed_is_shown_against_any_version_before(client, admin):
    publish(admin, definition="Who acts or speaks.")
    publish(admin, name="Person", definition="Who acts and speaks.")

    page = read(client, admin, "3/changes/").content.decode()
    whole = read(client, admin, "3/changes/?since=1").content.decode()

    assert "<del>Actor</del><ins>Person</ins>" in page
    assert "Who acts <del>or </del><ins>and </ins>speaks." in page
    assert "<ins>Who acts and speaks.</ins>" in whole


@pytest.mark.parametrize(
    "address", ["1/changes/", "2/changes/?since=9", "9/changes/", "9/codebook.yaml"]
)
def test_versions_that_there_are_not_can_not_be_compared(client, admin, address):
    publish(admin)

    assert read(client, admin, address).status_code == 404
