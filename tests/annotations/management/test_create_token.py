import json

import pytest
from django.core.management import CommandError, call_command

from annotations.actions import tokens
from tests.factories import TUESDAY, MemberFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def run(capsys, *arguments):
    call_command("create_token", *arguments)
    return capsys.readouterr().out.strip()


def test_the_printed_key_opens_the_door_to_the_user(capsys):
    person = UserFactory()

    key = run(capsys, person.username)

    assert tokens.identify(key=key, at=TUESDAY).user == person


def test_project_and_scopes_narrow_the_token(capsys):
    member = MemberFactory()

    key = run(
        capsys,
        member.user.username,
        *("--project", member.project.slug, "--scope", "coding", "--scope", "releases"),
    )

    token = tokens.identify(key=key, at=TUESDAY)
    assert (token.project, token.scopes) == (member.project, ["coding", "releases"])


def test_one_json_object_on_request(capsys):
    person = UserFactory()

    answer = json.loads(run(capsys, person.username, "--json"))

    assert tokens.identify(key=answer["token"], at=TUESDAY).uuid.hex == answer["id"].replace(
        "-", ""
    )


def test_an_unknown_user_and_a_project_of_others_are_errors(capsys):
    person, other = UserFactory(), ProjectFactory()

    with pytest.raises(CommandError, match="no active user"):
        run(capsys, "nobody")
    with pytest.raises(CommandError, match="in no project"):
        run(capsys, person.username, "--project", other.slug)
