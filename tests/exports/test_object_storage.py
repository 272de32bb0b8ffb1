"""Releases in a bucket, against an S3 that runs beside the tests."""

import json
import os
import subprocess
import sys
import tarfile
import urllib.request
from datetime import timedelta
from io import StringIO
from time import monotonic

import boto3
import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from storages.backends.s3 import S3Storage

from annotations.actions import jobs
from annotations.enums import ReleaseState
from annotations.models import AuditEvent
from exports import folders
from exports.actions import building
from exports.formats import DERIVED
from exports.invariants import release_files_are_what_was_published
from exports.models import Comparison, Release, ReleaseShard
from tests.exports import golden, reading
from tests.exports.worlds import built, compared, corpus, requested
from tests.factories import TUESDAY, ApiTokenFactory, MemberFactory, ProjectFactory
from tests.stack import application_url, free_port
from workbench.env import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {"access_key": "an-id", "secret_key": "a-secret"}


@pytest.fixture(scope="module")
def endpoint():
    # All who collect tests would pay for it with half a second.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, request):
    service = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )
    bucket = service.create_bucket(Bucket=f"releases-{request.node.name.replace('_', '-')[:40]}")
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


def in_bucket(settings, endpoint, name, backend="storages.backends.s3.S3Storage"):
    options = {"bucket_name": name, "endpoint_url": endpoint, "region_name": "us-east-1", **KEYS}
    storage = {"BACKEND": backend, "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"releases": storage}


def names_in(bucket):
    return sorted(entry.key for entry in bucket.objects.all())


def test_a_release_in_a_bucket_is_the_same_bytes_as_in_a_folder(settings, endpoint, bucket):
    project = golden.corpus()
    here = built(project, formats=["jsonl", *DERIVED])
    expected = {file.name: reading.content(here, file.name) for file in here.files.all()}

    in_bucket(settings, endpoint, bucket.name)
    release = built(project, formats=["jsonl", *DERIVED])

    assert release.state == ReleaseState.READY, release.failure
    assert names_in(bucket) == sorted(release.files.values_list("path", flat=True))
    told = {"README.md", "SHA256SUMS", "manifest.json"}  # these name the number of the release
    for name in expected.keys() - told:
        assert reading.content(release, name) == expected[name]
    faults = "\n".join(release_files_are_what_was_published())
    assert str(release.uuid) not in faults


def test_a_bucket_that_is_not_there_publishes_nothing_and_can_be_tried_again(
    settings, endpoint, bucket
):
    in_bucket(settings, endpoint, "no-such-bucket")
    release = requested(corpus(ProjectFactory(), 1).project)

    building.build(release_id=release.pk, clock=lambda: TUESDAY)

    release.refresh_from_db()
    assert (release.state, release.is_retryable) == (ReleaseState.FAILED, True)
    assert not release.files.exists()


class SlowBucket(S3Storage):
    """Takes longer over each file than a claim lasts."""

    def _save(self, name, content):
        of_shards = ReleaseShard.objects.filter(release__uuid=name.split("/")[1])
        wait(of_shards if "/shards/" in name else Release.objects.unfinished(), name)
        return super()._save(name, content)

    def _open(self, name, mode="rb"):
        compared = Comparison.objects.filter(finished_at=None)
        wait(compared if compared.exists() else Release.objects.unfinished(), name)
        return super()._open(name, mode)


def wait(rows, name):
    """Let the lease of ``rows`` run out, and wait until it is renewed."""
    rows.update(lease_until=Now() - timedelta(seconds=1))
    deadline = monotonic() + 30
    while not rows.filter(lease_until__gt=Now()).exists():
        assert monotonic() < deadline, f"nobody holds what {name} is wanted for"


def test_work_is_ones_own_however_long_the_bucket_takes(settings, endpoint, bucket, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", timedelta(milliseconds=10))
    in_bucket(settings, endpoint, bucket.name, backend=f"{__name__}.SlowBucket")
    project = corpus(ProjectFactory(), 1).project
    pair = [requested(project, formats=["csv"]) for _ in range(2)]

    for release in pair:
        building.build(release_id=release.pk, clock=lambda: TUESDAY)
    found = compared(*pair)

    # A release is claimed once to be frozen and once to be published.
    assert [(one.state, one.epoch) for one in Release.objects.all()] == [("ready", 2)] * 2
    assert (found.has_failed, found.epoch, found.lease_until) == (False, 1, None)


def test_a_download_goes_on_in_the_bucket_by_an_address_that_is_signed(
    settings, endpoint, bucket, client
):
    in_bucket(settings, endpoint, bucket.name)
    release = built(corpus(ProjectFactory(), 2).project)
    owner = MemberFactory(project=release.project, roles=["researcher"]).user
    ApiTokenFactory(user=owner, name="key")

    answer = client.get(
        f"/api/v1/releases/{release.uuid}/files/articles.jsonl",
        headers={"Authorization": "Bearer wbt_key"},
    )

    assert answer.status_code == 302
    assert "Signature=" in answer["Location"]
    part = urllib.request.Request(answer["Location"], headers={"Range": "bytes=10-"})
    with urllib.request.urlopen(part, timeout=10) as sent:
        assert (sent.status, sent.read()) == (206, reading.content(release)[10:])
        assert sent.headers["Content-Disposition"] == 'attachment; filename="articles.jsonl"'
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.FILE_DOWNLOADED).count() == 1


def test_what_was_called_off_leaves_nothing_in_the_bucket(settings, endpoint, bucket):
    in_bucket(settings, endpoint, bucket.name)
    release = requested(corpus(ProjectFactory(), 1).project)
    folders.write(release, "articles.jsonl", [b"half"])
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.CANCELLED, finished_at=TUESDAY)

    building.sweep(at=TUESDAY)

    assert names_in(bucket) == []


def test_the_environment_names_the_bucket(endpoint, bucket, tmp_path):
    project = corpus(ProjectFactory(), 2).project
    environment = {
        "DATABASE_URL": application_url(),
        "DATABASE_ROLE": "application",
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "BROKER_URL": "memory://",
        "WORKBENCH_DATA": str(tmp_path),
        "S3_BUCKET": bucket.name,
        "S3_ENDPOINT": endpoint,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY": KEYS["access_key"],
        "S3_SECRET_KEY": KEYS["secret_key"],
    }
    command = [sys.executable, str(ROOT / "manage.py"), "build_release", project.slug]

    done = subprocess.run(
        [*command, "--name=Gold", "--json"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )

    paths = {key.rpartition("/")[2]: key for key in names_in(bucket)}
    assert sorted(paths) == ["README.md", "SHA256SUMS", "articles.jsonl", "manifest.json"]
    assert json.loads(done.stdout)["content_hash"] in paths["articles.jsonl"]


def test_a_backup_names_what_lies_in_the_bucket_and_a_restore_looks_for_it(
    settings, endpoint, bucket, tmp_path
):
    in_bucket(settings, endpoint, bucket.name)
    release = built(corpus(ProjectFactory(), 1).project)
    file = tmp_path / "backup.tar"
    call_command("backup", str(file), stdout=(said := StringIO()))
    listed = manifest_of(file)["elsewhere"]
    expected = list(release.files.order_by("path").values("path", "bytes", "sha256"))
    path = release.files.get(name="articles.jsonl").path
    bucket.Object(path).delete()

    with pytest.raises(CommandError, match=f"articles.jsonl of release {release.uuid} is missing"):
        call_command("restore", str(file), "--verify", stdout=StringIO())

    assert f"{len(listed)} files of releases are kept elsewhere" in said.getvalue()
    assert listed == expected


def manifest_of(file):
    with tarfile.open(file) as archive:
        return json.load(archive.extractfile("manifest.json"))
