import json
from datetime import timedelta
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django.db.models.functions import Now

from annotations.actions import agreement, clusters
from annotations.enums import AssignmentState, JobState, Strategy
from annotations.models import AgreementReport, Assignment, ImportJob
from tests.factories import TUESDAY, AssignmentFactory, ImportJobFactory, submitted

pytestmark = pytest.mark.django_db


def swept():
    out = StringIO()
    call_command("sweep", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_what_nobody_is_at_is_rung_for_and_the_rest_left_alone():
    ImportJobFactory(state=JobState.QUEUED)
    ImportJobFactory(state=JobState.READY)
    alive, dead = ImportJobFactory.create_batch(2, state=JobState.RUNNING)
    ImportJob.objects.filter(pk=alive.pk).update(lease_until=Now() + timedelta(minutes=1))
    ImportJob.objects.filter(pk=dead.pk).update(lease_until=Now() - timedelta(minutes=1))

    assert swept()["imports"] == 2


def test_an_import_whose_copies_nobody_looks_for_is_rung_for():
    waits, alive, _done = (
        ImportJobFactory(clusters_state=state)
        for state in (JobState.QUEUED, JobState.RUNNING, JobState.READY)
    )
    ImportJob.objects.filter(pk=alive.pk).update(lease_until=Now() + timedelta(minutes=1))
    assert swept()["clusters"] == 1

    clusters.find(job_id=waits.pk)
    assert swept()["clusters"] == 0


def test_work_that_no_figure_knows_is_measured_and_its_report_computed():
    work = submitted(AssignmentFactory(state=AssignmentState.CODING), [])
    assert (swept()["batches"], swept()["reports"]) == (1, 0)

    agreement.measure(batch=work.task.batch, at=TUESDAY)
    assert (swept()["batches"], swept()["reports"]) == (0, 1)

    report = AgreementReport.objects.get()
    agreement.compute(report_id=report.pk, at=TUESDAY)
    assert (swept()["batches"], swept()["reports"]) == (0, 0)


def test_abandoned_work_is_freed_idle_coders_are_reminded_and_orphans_removed():
    pooled = AssignmentFactory(
        task__batch__strategy=Strategy.POOL,
        task__batch__lease_days=1,
        state=AssignmentState.CODING,
    )
    AssignmentFactory(task__batch__lease_days=1)
    Assignment.objects.update(active_at=Now() - timedelta(days=2))

    found = swept()

    assert (found["expired"], found["reminded"], found["orphans"]) == (1, 1, 0)
    pooled.refresh_from_db()
    assert pooled.has_expired


def test_every_bell_that_is_rung_has_a_task():
    current_app.loader.import_default_modules()
    bells = {"imports.run", "clusters.find", "releases.sweep"}
    figures = {"agreement.measure", "agreement.ask", "agreement.report"}
    assert bells | figures <= set(current_app.tasks)
