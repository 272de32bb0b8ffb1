"""A person is forgotten: what is gone from everywhere, and what is as it was."""

import json
import shutil
import subprocess
from io import StringIO

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from annotations.actions import invitations, people, profile
from annotations.enums import Role
from annotations.models import (
    AuditEvent,
    Decision,
    Gold,
    Reminder,
    SpanOp,
    Submission,
    User,
)
from exports import comparison, folders, invariants
from exports.actions import building, erasure, releases
from exports.models import Release
from exports.recipe import Recipe
from tests import second_step
from tests.exports.worlds import (
    adjudicate,
    built,
    coded,
    coder,
    files_left,
    gold_span,
    requested,
)
from tests.factories import (
    MONDAY,
    TUESDAY,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    UserFactory,
)
from workbench.env import Instance
from workbench.services.postgres import program

pytestmark = pytest.mark.django_db(transaction=True)

#: Words that stand nowhere else.
USERNAME, FIRST, LAST = "zephyrquill", "Oriolanthe", "Vexmoor"
MAIL = "o.vexmoor@canaries.example"
CANARIES = (USERNAME, FIRST, LAST, "canaries.example")
PASSWORD = "four tall lamps 9"


def erase(person, by=None):
    return erasure.erase_person(person=person, by=by, at=timezone.now())


# The whole of it, in an instance with something of everything


@pytest.fixture
def demo(settings, tmp_path):
    settings.DATA = tmp_path
    call_command("demo", stdout=StringIO())


@pytest.fixture
def person(demo):
    """Return a coder of the demo by the canaries' names, who left a trace wherever one can."""
    submission = Submission.objects.select_related("assignment__coder").first()
    member = submission.assignment.coder
    person = member.user
    User.objects.filter(pk=person.pk).update(username=USERNAME, first_name=FIRST, last_name=LAST)
    person.refresh_from_db()
    people.set_password(user=person, password=PASSWORD)
    profile.set_mail(user=person, mail=MAIL)
    profile.set_preferences(user=person, preferences={"caret": "word"})
    trace(member, member.project.members.filter(roles__contains=[Role.ADMIN]).first().user)
    return person


def trace(member, admin):
    """Sign in, make a token, be invited, be named in answers that are kept, and be reminded."""
    own = Client()
    own.post("/sign-in/", {"username": USERNAME, "password": PASSWORD})
    keyed = {"Idempotency-Key": "once", "content-type": "application/json"}
    made = own.post(
        "/api/v1/tokens/", {"name": FIRST}, content_type="application/json", headers=keyed
    )
    assert made.status_code == 201
    second_step.give(member.user)
    theirs = Client()
    theirs.force_login(admin)
    named = theirs.post(
        f"/api/v1/projects/{member.project.slug}/members/",
        {"username": USERNAME, "roles": ["coder", "researcher"]},
        content_type="application/json",
        headers=keyed,
    )
    assert named.status_code == 201
    invitations.invite(
        project=member.project, roles=["coder"], by=admin, at=MONDAY, email=MAIL, note=FIRST
    )
    Reminder.objects.create(
        member=member, batch=member.project.batches.first(), sent_at=MONDAY, text=f"Dear {FIRST}!"
    )


def release_of(project, **recipe):
    wanted = Recipe(include=["gold", "codings"], formats=["jsonl", "csv"], **recipe)
    release = releases.request(
        project=project, name="For the archive", recipe=wanted, by=None, at=timezone.now()
    )
    return building.see_through(release=release)


def bytes_of(release):
    return {file.name: b"".join(folders.pieces(file.path)) for file in release.files.all()}


def backed_up(folder):
    """Return all that a backup holds: every row as text, and every file."""
    file = folder / "backup.tar"
    call_command("backup", str(file), stdout=StringIO())
    shutil.unpack_archive(file, folder / "backup", "tar")
    rows = subprocess.run(
        [program("pg_restore"), "--file=-", folder / "backup/database.dump"],
        capture_output=True,
        check=True,
    ).stdout
    files = [path.read_bytes() for path in (folder / "backup").rglob("*") if path.is_file()]
    return b"\n".join([rows, *files]).lower()


def hits(content):
    return {word: content.count(word.lower().encode()) for word in CANARIES}


def test_nothing_names_an_erased_person_and_all_else_is_as_it_was(person, tmp_path, capsys, trust):
    project = person.memberships.get().project
    named, pseudonymous = release_of(project, real_names=True), release_of(project)
    assert USERNAME.encode() in bytes_of(named)["articles.jsonl"]
    content = bytes_of(pseudonymous)
    work = {model: list(model.objects.values()) for model in (SpanOp, Submission, Decision, Gold)}
    events = list(AuditEvent.objects.order_by("pk").values())
    (tmp_path / "before").mkdir()
    assert all(hits(backed_up(tmp_path / "before")).values())

    call_command("erase_person", USERNAME, "--yes", "--json")

    (tmp_path / "after").mkdir()
    left = hits(backed_up(tmp_path / "after"))
    assert not any(left.values())
    assert json.loads(capsys.readouterr().out) == {"releases": [str(named.uuid)], "mentions": {}}
    assert {model: list(model.objects.values()) for model in work} == work
    assert list(AuditEvent.objects.order_by("pk").values())[: len(events)] == events
    assert bytes_of(pseudonymous) == content
    assert not files_left(named)
    said = StringIO()
    call_command("fsck", "--json", stdout=said)
    assert json.loads(said.getvalue())["broken"] == {}
    again = release_of(project)
    assert again.files.get(name="articles.jsonl").sha256 == pseudonymous.content_hash
    trust(
        "Who sees what",
        "A coder is erased, and a backup made afterwards is searched for all their names",
        tried=f"{len(CANARIES)} names",
        of=f"a demo project with {len(events)} events and {len(work[SpanOp])} steps of work",
        control=f"in a backup made before, all {len(CANARIES)} were found",
        found=sum(left.values()),
        other_rows_changed=0,
        pseudonymous_releases_changed=0,
    )


def test_the_databases_log_quotes_no_row(tmp_path):
    log = Instance.from_environment().data / "logs/postgres.log"
    UserFactory(username=USERNAME)
    with (
        pytest.raises(psycopg.errors.UniqueViolation),
        psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as own,
    ):
        own.execute(
            "INSERT INTO annotations_user SELECT * FROM annotations_user WHERE username = %s",
            [USERNAME],
        )

    assert "duplicate key value" in log.read_text()
    assert USERNAME not in log.read_text()


# Releases, one by one


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def member(admin):
    return coder(admin.project, USERNAME)


def name_in_gold(member):
    """Finish an article for which a member counts as a coder."""
    task = TaskFactory(batch=BatchFactory(project=member.project))
    coded(task, member, [])
    span = gold_span(task.article.text, "Ada Brandt", "actor", coders=[str(member.uuid)])
    adjudicate(task, [span])


def release_that_names(member):
    """Return a built release in which a member is named as a coder."""
    name_in_gold(member)
    return built(member.project, real_names=True)


def test_of_a_release_with_the_name_hashes_stay_and_the_reason(member, admin, client):
    release = release_that_names(member)
    sums = dict(release.files.values_list("name", "sha256"))

    erase(member.user, by=admin.user)

    release.refresh_from_db()
    assert release.state == "retracted"
    assert release.retracted_reason == "A person whom it names was erased."
    assert dict(release.files.values_list("name", "sha256")) == sums
    event = AuditEvent.objects.get(kind="release.purged")
    assert {file["name"]: file["sha256"] for file in event.detail["files"]} == sums
    client.force_login(admin.user)
    answer = client.get(f"/api/v1/releases/{release.uuid}/files/articles.jsonl")
    assert (answer.status_code, answer.json()["code"]) == (410, "purged")
    page = client.get(f"/releases/{release.uuid}/").content.decode()
    assert "because a person whom they named was erased" in page
    assert sums["articles.jsonl"] in page
    assert "/files/articles.jsonl" not in page


def test_a_release_that_names_others_only_stays(member):
    release = release_that_names(coder(member.project, "another"))

    assert erase(member.user) == []

    release.refresh_from_db()
    assert release.state == "ready"
    assert files_left(release)


def test_the_reason_of_an_earlier_retraction_stays(member, admin):
    release = release_that_names(member)
    releases.retract(release=release, reason="A wrong batch.", by=admin.user, at=TUESDAY)

    erase(member.user)

    release.refresh_from_db()
    assert (release.retracted_reason, release.purged_at is None) == ("A wrong batch.", False)


def test_a_release_that_is_about_to_be_published_with_the_name_never_is(member):
    name_in_gold(member)
    release = requested(member.project, real_names=True)

    def asked_when_all_files_are_written():
        assert files_left(release)
        erase(member.user)
        return TUESDAY

    building.build(release_id=release.pk, clock=asked_when_all_files_are_written)

    release.refresh_from_db()
    assert release.state == "cancelled"
    assert not files_left(release)


def test_a_release_that_failed_is_tried_again_without_the_name(member, admin):
    name_in_gold(member)
    release = requested(member.project, real_names=True)
    Release.objects.filter(pk=release.pk).update(state="failed", is_retryable=True)

    assert erase(member.user) == []
    releases.retry(release=release, by=admin.user, at=TUESDAY)
    building.build(release_id=release.pk)

    content = bytes_of(release)["articles.jsonl"]
    assert USERNAME.encode() not in content
    assert b"erased:" in content


def test_the_sweep_removes_files_that_were_not_to_be_had_before(member):
    release = release_that_names(member)
    path = release.files.get(name="articles.jsonl").path
    erase(member.user)
    folders.storage().save(path, ContentFile(USERNAME.encode()))
    assert list(invariants.files_of_purged_releases_are_gone())

    building.sweep(at=timezone.now())

    assert not files_left(release)
    assert not list(invariants.files_of_purged_releases_are_gone())


def test_what_is_purged_can_be_compared_with_nothing(member, admin):
    release = release_that_names(member)
    later = built(member.project)
    erase(member.user)
    release.refresh_from_db()

    assert comparison.one_before(later, admin.user) is None
    with pytest.raises(comparison.CannotCompare, match="are gone"):
        comparison.chosen(release, later.uuid, admin.user)


def test_a_purged_release_never_gets_its_files_back(member):
    release = release_that_names(member)
    erase(member.user)

    with pytest.raises(IntegrityError, match="never changes"):
        Release.objects.filter(pk=release.pk).update(purged_at=None)
