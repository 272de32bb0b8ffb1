"""What the contract says of the demo, sentence by sentence."""

import json
import shutil
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import override_settings

from annotations.enums import AssignmentState, CardKind, Outcome, TaskState
from annotations.models import Assignment, Card, Decision, Member, Project, Task, User
from annotations.queries import time_at_work
from exports.demo.stage import PACE
from exports.models import Release
from exports.verification import verify
from tests import databases
from tests.factories import UserFactory
from tests.files import storages_in

ROLES = {
    "admin": ["admin"],
    "coder1": ["coder"],
    "coder2": ["coder"],
    "adjudicator": ["adjudicator"],
    "researcher": ["researcher"],
}


def run(*arguments):
    said = StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


def rows():
    models = [*apps.get_app_config("annotations").get_models()]
    models += apps.get_app_config("exports").get_models()
    return {model.__name__: model.objects.count() for model in models}


class Demo:
    """What the command left behind, after it ran once and after it ran again."""

    def __init__(self, folder):
        self.keys = folder / "demo.json"
        self.said = run()
        self.rows, self.written = rows(), self.keys.read_bytes()
        self.answer = json.loads(run("--json"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder, django_db_setup, django_db_blocker):
    """One demo for all tests of this file, which only look at it."""
    with django_db_blocker.unblock():
        with override_settings(DATA=folder, STORAGES=storages_in(folder / "files")):
            yield Demo(folder)
        databases.empty()


@pytest.fixture(autouse=True)
def files_of_their_own(settings, folder):
    """Let every test find the files of the one demo."""
    settings.STORAGES = storages_in(folder / "files")


def test_the_keys_are_kept_for_their_owner_alone(demo, settings):
    content = json.loads(demo.keys.read_text())

    assert demo.keys.stat().st_mode & 0o777 == 0o600
    assert set(content) == {"url", "users"}
    assert content["url"] == settings.SITE_URL
    assert set(content["users"]) == {*ROLES, "operator"}
    assert {frozenset(entry) for entry in content["users"].values()} == {
        frozenset({"password", "token"})
    }


def test_passwords_are_printed_and_open_the_accounts(demo):
    for name, entry in demo.answer["users"].items():
        assert f"  {name:<14}{entry['password']}\n" in demo.said
        assert authenticate(username=name, password=entry["password"]).username == name


def test_passwords_differ(demo):
    assert len({entry["password"] for entry in demo.answer["users"].values()}) == 6


def test_tokens_open_the_api(demo, client):
    for name, entry in demo.answer["users"].items():
        answer = client.get(
            "/api/v1/session/", headers={"authorization": f"Bearer {entry['token']}"}
        )
        assert answer.json()["user"]["username"] == name


def test_everybody_has_a_role_but_the_operator(demo):
    project = Project.objects.get(slug="demo")

    assert {member.name: member.roles for member in project.members.all()} == ROLES
    superusers = User.objects.filter(is_superuser=True)
    assert [user.username for user in superusers] == ["operator"]


def test_there_is_a_task_in_each_state_on_the_road(demo):
    states = set(TaskState.values) - {TaskState.DROPPED}
    assert set(Task.objects.values_list("state", flat=True)) == states


def test_work_is_waiting_begun_submitted_flagged_and_returned(demo):
    states = Counter(Assignment.objects.values_list("state", flat=True))
    returned = Assignment.objects.get(state=AssignmentState.RETURNED)

    assert set(states) == set(AssignmentState.values) - {AssignmentState.RELEASED}
    assert returned.return_note
    assert Assignment.objects.exclude(flag="").get().coder.name == "coder1"


def test_coders_seem_to_have_taken_their_time(demo):
    done = Assignment.objects.filter(state=AssignmentState.SUBMITTED)

    paces = time_at_work.of_coders(done, Member.objects.values("pk"))

    assert len(paces) == 2
    for pace in paces.values():
        assert timedelta(minutes=5) < timedelta(seconds=pace.seconds / pace.articles) < PACE


def test_there_is_a_card_of_each_kind(demo):
    assert set(Card.objects.values_list("kind", flat=True)) == set(CardKind.values) - {
        CardKind.ADDED
    }


def test_disputes_of_each_kind_wait_for_the_adjudicator(demo):
    waiting = Card.objects.filter(task__in=Task.objects.awaiting_ruling(), decision=None)

    assert set(waiting.values_list("kind", flat=True)) == {
        "attribute", "missing", "label", "boundary", "split", "mixed",
    }  # fmt: skip


def test_rulings_are_of_each_sort_and_cite_rules_of_the_codebook(demo):
    project = Project.objects.get(slug="demo")
    rules = {rule["id"] for rule in project.codebooks.order_by("-number").first().rules}
    rulings = Decision.objects.filter(is_automatic=False)

    assert set(rulings.values_list("outcome", flat=True)) == {
        Outcome.ACCEPT,
        Outcome.EDIT,
        Outcome.REJECT,
        Outcome.UNCLEAR,
    }
    assert set(rulings.values_list("rule", flat=True)) - {""} <= rules
    assert rulings.exclude(rule="").count() > rulings.count() / 2


def test_where_coders_agree_nobody_had_to_rule(demo):
    task = Task.objects.get(article__key="meridian-wire-2024-05-06")

    assert task.state == TaskState.ADJUDICATED
    assert not task.decisions.filter(is_automatic=False).exists()


def test_one_release_is_ready_and_stands_verification(demo, tmp_path):
    release = Release.objects.get()
    for file in release.files.all():
        shutil.copyfile(default_storage.path(file.path), tmp_path / file.name)

    report = verify(Path(tmp_path))

    assert release.state == "ready"
    assert report.problems == []
    assert report.articles == 3
    assert report.spans > 100


def test_a_researcher_sees_the_release_at_the_end_of_the_road(demo, client):
    client.force_login(User.objects.get(username="researcher"))

    road = client.get("/projects/demo/").context["road"]

    assert set(road.stations.values()) == {"done"}


def test_run_again_it_changes_nothing(demo):
    assert rows() == demo.rows
    assert demo.keys.read_bytes() == demo.written
    assert demo.answer == json.loads(demo.written)


@pytest.mark.django_db
def test_accounts_of_other_people_are_left_alone(settings, tmp_path):
    settings.DATA = tmp_path
    somebody = UserFactory(username="admin")

    with pytest.raises(CommandError, match="belong to somebody else: admin"):
        run()

    before = somebody.password
    somebody.refresh_from_db()
    assert somebody.password == before
    assert not Project.objects.exists()
    assert not (tmp_path / "demo.json").exists()
