import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import CodebookVersion
from tests.factories import CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def address(admin):
    return f"/api/v1/projects/{admin.project.slug}/codebook/"


def client_of(member):
    client = APIClient()
    client.force_login(member.user)
    return client


@pytest.mark.parametrize("role", Role)
def test_every_member_reads_the_codebook(admin, address, role):
    member = MemberFactory(project=admin.project, roles=[role])

    answer = client_of(member).get(address)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert [label["key"] for label in answer.json()["labels"]] == [
        "actor", "location", "event", "claim",
    ]  # fmt: skip


def test_what_was_read_can_be_changed_and_put_back_as_the_next_version(admin, address):
    client = client_of(admin)
    book = client.get(address).json()
    book["labels"][0] |= {
        "definition": "Who acts.",
        "include": ["Names"],
        "examples": ["[Ada Brandt] spoke.", {"text": "[She] spoke.", "note": "No pronouns."}],
        "attributes": [{"name": "kind", "values": ["person", "group"]}],
    }
    book["rules"] = [{"id": "R1", "text": "The longest name."}]

    answer = client.put(address, {**book, "change": "minor", "note": "Examples"})

    assert answer.status_code == 200
    assert answer.json() == {**book, "version": 2}
    assert client.get(address).json() == answer.json()
    version = CodebookVersion.objects.get(number=2)
    assert (version.change, version.note) == ("minor", "Examples")


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"labels": []}, 422, "labels"),
        ({"labels": [{"key": "actor"}, {"key": "actor"}]}, 422, "labels.0.key"),
        ({"labels": [{"key": "a", "hotkey": "h"}]}, 422, "labels.0.hotkey"),
        ({"labels": [{"key": "a", "colour": "red"}]}, 422, "labels.0.colour"),
        ({"labels": [{"key": "a", "size": 3}]}, 400, "size"),
        ({"labels": [{"key": "a", "examples": [7]}]}, 422, "labels.0.examples.0"),
        ({"labels": [{"key": "a", "attributes": ["kind"]}]}, 422, "labels.0.attributes.0"),
        ({"labels": [{"key": "a"}], "change": "large"}, 422, "change"),
        ({"labels": [{"key": "a"}], "rules": [{"id": "R1"}]}, 422, "rules.0.text"),
        ({"labels": [{"key": "a"}], "owner": "me"}, 400, "owner"),
    ],
)
def test_what_is_wrong_with_a_codebook_is_named(admin, address, change, status, field):
    answer = client_of(admin).put(address, change)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert CodebookVersion.objects.count() == 1


def test_only_an_admin_publishes(admin, address):
    coder = MemberFactory(project=admin.project, roles=[Role.CODER, Role.ADJUDICATOR])
    outsider = MemberFactory(roles=[Role.ADMIN])
    body = {"labels": [{"key": "actor"}]}

    assert client_of(coder).put(address, body).status_code == 403
    assert client_of(outsider).put(address, body).status_code == 404
    assert CodebookVersion.objects.count() == 1
