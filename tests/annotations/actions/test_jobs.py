import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from time import monotonic

import pytest
from celery import Celery
from django.db import connection, transaction
from django.db.models.functions import Now

from annotations.actions import jobs
from annotations.enums import JobState
from annotations.models import ImportJob
from tests.factories import ImportJobFactory
from workbench.celery import app


def queue():
    return ImportJob.objects.unfinished()


def let_the_lease_run_out(job):
    ImportJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


@pytest.fixture
def deaf_broker(monkeypatch):
    """Have doorbells go to a broker that lets everybody in and answers nobody."""
    monkeypatch.setattr(jobs, "_is_silent_until", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        impatient = {"socket_timeout": 0.5, "max_retries": 1, "interval_start": 0}
        deaf = Celery(broker=f"redis://127.0.0.1:{server.getsockname()[1]}")
        deaf.conf.broker_transport_options = impatient
        deaf.set_current()
        yield server
        app.set_current()


def calls_at(server):
    calls = []
    with suppress(BlockingIOError):
        while True:
            calls.append(server.accept()[0])
    for call in calls:
        call.close()
    return len(calls)


def test_a_broker_that_does_not_answer_is_waited_for_once(deaf_broker):
    jobs.wake("agreement.measure", batch_id=1)
    assert calls_at(deaf_broker) > 0

    jobs.wake("agreement.measure", batch_id=2)
    assert calls_at(deaf_broker) == 0


@pytest.mark.django_db
def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out():
    job = ImportJobFactory(state=JobState.QUEUED)

    first = jobs.claim(queue(), job.pk)
    assert first is not None
    assert first.epoch == 1
    assert jobs.claim(queue(), job.pk) is None

    let_the_lease_run_out(job)
    second = jobs.claim(queue(), job.pk)
    assert second is not None
    assert second.epoch == 2


@pytest.mark.django_db
def test_a_worker_that_wakes_up_after_its_lease_can_write_nothing():
    job = ImportJobFactory(state=JobState.QUEUED)
    paused = jobs.claim(queue(), job.pk)
    let_the_lease_run_out(job)
    jobs.claim(queue(), job.pk)

    with pytest.raises(jobs.LostClaim):
        jobs.check_in(paused, done=99)

    job.refresh_from_db()
    assert job.done == 0


@pytest.mark.django_db
def test_checking_in_writes_progress_and_hears_of_a_cancellation():
    job = ImportJobFactory(state=JobState.QUEUED)
    claimed = jobs.claim(queue(), job.pk)

    jobs.check_in(claimed, done=3, total=5)
    job.refresh_from_db()
    assert (job.done, job.total) == (3, 5)

    ImportJob.objects.filter(pk=job.pk).update(is_cancel_requested=True)
    with pytest.raises(jobs.CancelRequested):
        jobs.check_in(claimed, done=4)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_held_stays_ones_own_however_long_it_takes(monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", timedelta(milliseconds=10))
    job = jobs.claim(queue(), ImportJobFactory(state=JobState.QUEUED).pk)
    mine = queue().filter(pk=job.pk, epoch=job.epoch)

    with jobs.held(mine):
        let_the_lease_run_out(job)
        deadline = monotonic() + 60
        while not mine.filter(lease_until__gt=Now()).exists():
            assert monotonic() < deadline

    assert jobs.claim(queue(), job.pk) is None


@pytest.mark.django_db
def test_a_finished_job_is_not_claimed_again():
    job = ImportJobFactory(state=JobState.READY)

    assert jobs.claim(queue(), job.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_are_rung_one_gets_the_job():
    job = ImportJobFactory(state=JobState.QUEUED)

    def answer_the_bell(_):
        try:
            return jobs.claim(queue(), job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as workers:
        claims = list(workers.map(answer_the_bell, range(16)))

    assert [claim.epoch for claim in claims if claim] == [1]


@pytest.mark.django_db(transaction=True)
def test_a_doorbell_that_can_not_be_rung_takes_nothing_back_that_was_written():
    with transaction.atomic():
        job = ImportJobFactory(state=JobState.QUEUED)
        jobs.wake_on_commit("imports.run", job=object())

    assert ImportJob.objects.filter(pk=job.pk).exists()
