"""Imports by real processes: the worker killed, the broker away."""

import io
import json
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
from django.core.files import File
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from annotations.actions import imports
from annotations.enums import JobState, Role
from annotations.models import AgreementReport, Article, Batch, ImportJob, Span, Task
from tests.factories import ArticleFactory, CodebookFactory, MemberFactory
from tests.stack import wait_until

pytestmark = pytest.mark.stack

TEXT = "Mayor Ada Brandt said in Velmora that the talks had failed."
ADA = {"start": 6, "end": 16, "label": "actor"}
RECORDS = 2600
CODED = 30
FIELDS = [field.column for field in Article._meta.local_concrete_fields if field.column != "id"]


@pytest.fixture
def admin(stack):
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def requested(admin, number=CODED):
    codings = [{"coder": "a", "spans": [ADA]}, {"coder": "b", "spans": []}]
    lines = [
        json.dumps(
            {"id": str(one), "text": f"{TEXT} {one}"}
            | ({"codings": codings} if one < CODED else {})
        )
        for one in range(number)
    ]
    return imports.request_import(
        project=admin.project,
        by=admin.user,
        at=timezone.now(),
        files=[File(io.BytesIO("\n".join(lines).encode()), name="records.jsonl")],
    )


def is_at(job, **fields):
    return ImportJob.objects.filter(pk=job.pk, **fields).exists()


@contextmanager
def stopped_at(project, row):
    """Have whoever writes the article of that key wait in the middle of its transaction."""
    template = ArticleFactory()
    values = ["gen_random_uuid()" if name == "uuid" else f'"{name}"' for name in FIELDS]
    with stopper() as cursor:
        cursor.execute(
            f"INSERT INTO annotations_article ({', '.join(FIELDS)}) SELECT "
            + ", ".join(values).replace('"project_id"', "%s").replace('"key"', "%s")
            + " FROM annotations_article WHERE id = %s",
            [project.pk, str(row), template.pk],
        )
        yield cursor.connection.info.backend_pid


@contextmanager
def stopped_before_work(project):
    """Have whoever writes the first batch of an import wait."""
    with stopper() as cursor:
        cursor.execute("LOCK TABLE annotations_batch IN SHARE MODE")
        yield cursor.connection.info.backend_pid


@contextmanager
def stopper():
    """Return a transaction that others come to wait for, and take it back at the end."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield cursor
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def waiting_for(pid):
    """Return the numbers of the database's processes that wait for the one of that number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [pid]
        )
        return [waiting for (waiting,) in cursor.fetchall()]


def are_there(pids):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", [pids])
        return cursor.fetchone() is not None


def killed(stack, job, stopper):
    """Kill the worker where ``stopper`` holds it; return the keys that are staged by then."""
    with stopper as pid:
        if not stack.worker.is_running():
            stack.start_worker()
        wait_until(lambda: waiting_for(pid), what="the worker to be amid a row")
        held = waiting_for(pid)
        stack.kill_worker()
    wait_until(lambda: not are_there(held), what="the database to notice")
    assert not Article.objects.published().filter(import_job=job).exists()
    assert not Batch.objects.filter(project=job.project).exists()
    ImportJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    staged = Article.objects.filter(import_job=job).order_by("pk")
    return list(staged.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([2300], id="one"),
        pytest.param(Random(20).sample(range(1, RECORDS), 20), id="20", marks=pytest.mark.slow),
    ],
)
def test_an_import_outlives_workers_that_are_killed(stack, admin, rows, trust):
    """The workers die at each of ``rows``, and while codings are written."""
    stack.kill_worker()
    job = requested(admin, RECORDS)
    staged = []
    for row in sorted(rows):
        before = staged
        staged = killed(stack, job, stopped_at(admin.project, row))
        assert staged[: len(before)] == before  # gone on with, not begun again
        assert len(staged) <= row
    staged = killed(stack, job, stopped_before_work(admin.project))
    assert len(staged) == RECORDS
    unfinished = Article.objects.filter(project=admin.project).count()

    stack.start_worker()
    wait_until(lambda: is_at(job, state=JobState.READY), what="the import to be ready")

    job.refresh_from_db()
    assert (job.created, job.duplicates, job.refused) == (RECORDS, 0, 0)
    assert job.epoch >= len(rows) + 2
    there = Article.objects.filter(project=admin.project).order_by("pk")
    assert list(there.values_list("pk", flat=True)) == staged
    assert list(there.values_list("key", "text")) == [
        (str(n), f"{TEXT} {n}") for n in range(RECORDS)
    ]
    assert (Span.objects.count(), Task.objects.count()) == (CODED, CODED)
    trust(
        "Imports and releases",
        "The worker of an import is killed with -9 at random rows",
        tried=f"{len(rows) + 1} kills",
        of=f"{RECORDS:,} articles, {CODED} of them coded",
        control=f"had they not been hidden, {unfinished:,} articles were seen half imported",
        lost=RECORDS - there.count(),
        doubled=there.count() - there.values("key").distinct().count(),
        seen_early=0,
    )


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
    assert reports.first().figures["articles"] == CODED
