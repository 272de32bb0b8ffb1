import pytest
from django.core.management import CommandError, call_command

from annotations.models import User
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db

USERNAME = "zephyrquill"


@pytest.fixture
def member():
    return MemberFactory(user__username=USERNAME)


def test_the_command_tells_where_people_still_mention_the_person(member, capsys):
    member.project.description = f"Led by {USERNAME}."
    member.project.save()

    call_command("erase_person", USERNAME, "--yes")

    said = capsys.readouterr().out
    assert "annotations_project.description, rows: 1" in said
    with pytest.raises(CommandError, match="There is no user"):
        call_command("erase_person", USERNAME, "--yes")


def test_the_command_asks_for_the_name_first(member, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: "y")

    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("erase_person", USERNAME)

    assert User.objects.get(pk=member.user_id).erased_at is None
