"""Imports by real processes: the worker killed, the broker away."""

import io
import json

import pytest
from django.core.files import File
from django.db import connection
from django.utils import timezone

from annotations.actions import imports
from annotations.enums import JobState, Role
from annotations.models import AgreementReport, Article, ImportJob, Span
from tests.factories import CodebookFactory, MemberFactory
from tests.stack import wait_until

pytestmark = pytest.mark.stack

TEXT = "Mayor Ada Brandt said in Velmora that the talks had failed."
ADA = {"start": 6, "end": 16, "label": "actor"}
RECORDS = 30


@pytest.fixture
def admin(stack):
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def requested(admin):
    codings = [{"coder": "a", "spans": [ADA]}, {"coder": "b", "spans": []}]
    lines = [
        json.dumps({"id": str(number), "text": f"{TEXT} {number}", "codings": codings})
        for number in range(RECORDS)
    ]
    return imports.request_import(
        project=admin.project,
        by=admin.user,
        at=timezone.now(),
        files=[File(io.BytesIO("\n".join(lines).encode()), name="records.jsonl")],
    )


def is_at(job, **fields):
    return ImportJob.objects.filter(pk=job.pk, **fields).exists()


def test_an_import_outlives_a_worker_that_is_killed_while_it_writes(stack, admin):
    with connection.cursor() as cursor:
        # An import into the same project that takes its time: this one's worker has to wait for
        # it, in the middle of its transaction.
        key = "hashtext('annotations.import'), %s"
        cursor.execute(f"SELECT pg_advisory_lock({key})", [admin.project.pk])
        job = requested(admin)
        wait_until(lambda: is_at(job, step="writing"), what="the worker to write")

        stack.kill_worker()
        cursor.execute(f"SELECT pg_advisory_unlock({key})", [admin.project.pk])
    assert not Article.objects.exists()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotations_importjob SET lease_until = now() - interval '1 s'")
    stack.start_worker()
    wait_until(lambda: is_at(job, state=JobState.READY), what="the import to be ready")

    job.refresh_from_db()
    assert (job.created, job.duplicates, job.refused) == (RECORDS, 0, 0)
    assert job.epoch >= 2
    assert (Article.objects.count(), Span.objects.count()) == (RECORDS, RECORDS)


def test_imports_and_agreement_are_done_although_the_broker_was_away(stack, admin):
    stack.kill_broker()
    job = requested(admin)
    stack.start_broker()

    def is_ready():
        stack.revive()
        return is_at(job, state=JobState.READY)

    wait_until(is_ready, what="the import to be ready")
    reports = AgreementReport.objects.filter(project=admin.project, state=JobState.READY)
    wait_until(reports.exists, what="the agreement report")
    assert reports.first().figures["articles"] == RECORDS
