"""An instance of the first day comes up to today with all that was done in it.

``first_instance.tar.xz`` is a backup of the demo project as the first version that could publish
a release made it, with the tables of each application's first migration: twelve articles, coded,
partly adjudicated, one release published, another being rendered, agreement measured.
"""

import hashlib
import lzma
from io import StringIO
from pathlib import Path

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from annotations.models import (
    AgreementRow,
    Article,
    Assignment,
    ImportJob,
    Member,
    SpanOp,
    Submission,
    Task,
    User,
)
from exports.models import Release
from tests import databases, schema
from tests.files import storages_in
from tests.fsck import broken_rules

FIRST = Path(__file__).with_name("first_instance.tar.xz")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory, django_db_setup, django_db_blocker):
    """Return the folder of the files, and how the tables of a new instance are."""
    folder = tmp_path_factory.mktemp("upgrade")
    backup = folder / "first.tar"
    backup.write_bytes(lzma.decompress(FIRST.read_bytes()))
    with (
        django_db_blocker.unblock(),
        override_settings(DATA=folder, STORAGES=storages_in(folder / "files")),
    ):
        new = schema.description()
        call_command("restore", str(backup), "--verify", stdout=StringIO())
        yield folder / "files", new
        databases.empty()


@pytest.fixture(autouse=True)
def files_of_their_own(settings, upgraded):
    settings.STORAGES = storages_in(upgraded[0])


@pytest.fixture
def people():
    def client_of(name):
        client = Client()
        client.force_login(User.objects.get(username=name))
        return client

    return client_of


def test_what_was_done_is_there():
    counts = [model.objects.count() for model in (Task, Assignment, Submission, Member, Release)]

    assert counts == [12, 24, 17, 5, 2]


@pytest.mark.parametrize("what", sorted(schema.QUESTIONS.keys() - {"sequences"}))
def test_its_tables_are_those_of_a_new_instance(upgraded, what):
    assert schema.description()[what] == upgraded[1][what]


def test_no_rule_is_broken(trust):
    broken = broken_rules()
    # What leaving out the migration that counts live work would leave behind.
    with pgtrigger.ignore():
        Task.objects.update(coders_live=0)
    without = broken_rules()

    assert broken == {}
    assert without.keys() == {"live_work_is_counted_right", "tasks_are_tallied_right"}
    trust(
        "The whole system",
        "An instance of the first tables is brought up to today’s",
        tried=f"{len(MigrationRecorder(connection).applied_migrations())} migrations",
        of=f"{Article.objects.count()} articles, {SpanOp.objects.count()} edits, 1 release",
        broken_rules=len(broken),
        control="a count that no migration had filled is named as broken",
    )


def test_its_release_is_the_same_bytes(people):
    release = Release.objects.get(state="ready")
    researcher = people("researcher")

    told = researcher.get(f"/api/v1/releases/{release.uuid}/").json()
    content = researcher.get(f"/api/v1/releases/{release.uuid}/files/articles.jsonl").getvalue()

    assert hashlib.sha256(content).hexdigest() == release.content_hash == told["content_hash"]


def test_a_release_that_was_being_built_can_be_asked_for_again():
    release = Release.objects.get(name="Under way")

    assert release.state == "failed"
    assert "Ask for the release again" in release.failure


def test_coders_go_on_where_they_were(people):
    coder = people("coder1")
    work = Assignment.objects.filter(coder__user__username="coder1", state="coding").get()

    answer = coder.get(f"/api/v1/assignments/{work.uuid}/").json()

    assert len(answer["spans"]) == work.spans.count() > 0
    for span in answer["spans"]:
        assert answer["article"]["text"][span["start"] : span["end"]] == span["quote"]
    following = coder.post("/api/v1/projects/demo/next/", {}, "application/json").json()
    assert following["id"] == str(work.uuid)


def test_adjudicators_find_cards_and_rulings(people):
    adjudicator = people("adjudicator")
    tasks = adjudicator.get("/api/v1/projects/demo/tasks/?state=adjudicated").json()["results"]

    answers = [
        adjudicator.get(f"/api/v1/tasks/{task['id']}/adjudication/").json() for task in tasks
    ]

    assert len(answers) == 3
    for answer in answers:
        assert answer["gold"]
        assert all(card["decision"] for card in answer["cards"])


def test_copies_are_looked_for_and_agreement_is_measured_anew():
    assert ImportJob.objects.get().clusters_state == "queued"
    coded = Submission.objects.values("assignment__task").distinct().count()
    rows = AgreementRow.objects.all()
    assert rows.count() == coded
    assert all(row.measured_version == 0 < row.version for row in rows)


def test_nobody_is_told_of_a_codebook_that_they_have_worked_with():
    seen = dict(Member.objects.values_list("user__username", "codebook_seen"))

    assert seen["coder1"] > 0
    assert seen["researcher"] == 0
