"""Servers whose clocks are wrong, each in another way: only the database's decides."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from annotations.enums import AssignmentState, ReleaseState, Role, Strategy
from annotations.models import Assignment
from exports.models import Release
from tests.exports.worlds import corpus
from tests.factories import (
    ApiTokenFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)
from tests.stack import wait_until

pytestmark = pytest.mark.stack

LEASE = timedelta(days=1)
CLAIMS = 2  # one to freeze a release and write its shards, one to put them together


def has_run_out(work, at):
    """Judge a lease by a server's own clock, as nobody should: the control."""
    return work.active_at < at - LEASE


@pytest.mark.parametrize("hours", [30, pytest.param(-30, marks=pytest.mark.slow)])
def test_clocks_that_are_wrong_by_hours_decide_no_lease_and_no_order(hours, stack, trust):
    project = corpus(ProjectFactory(), 3).project
    CodebookFactory(project=project)
    batch = BatchFactory(project=project, strategy=Strategy.POOL, lease_days=LEASE.days)
    TaskFactory.create_batch(2, batch=batch, coders_wanted=1)
    coder = MemberFactory(project=project)
    batch.drawers.add(coder)
    token = ApiTokenFactory(user=coder.user).name
    admin = ApiTokenFactory(user=MemberFactory(project=project, roles=[Role.ADMIN]).user).name

    with (
        stack.changed(stack.web, **clock_off_by(hours)),
        stack.changed(stack.worker, **clock_off_by(-hours)),
        stack.changed(stack.sweeper, **clock_off_by(hours)),
    ):
        _, body = stack.call(f"/projects/{project.slug}/next/", {}, token=token)
        held = Assignment.objects.get(uuid=json.loads(body)["id"])
        early = save(stack, held, token)
        abandoned = AssignmentFactory(task__batch=batch, state=AssignmentState.CODING)
        change(abandoned, active_at=Now() - 2 * LEASE)

        address = f"/projects/{project.slug}/releases/"
        _, body = stack.call(address, {"name": "Gold"}, token=admin)
        release = Release.objects.get(uuid=json.loads(body)["id"])
        wait_until(lambda: is_in(release, ReleaseState.READY), what="the release")
        wait_until(lambda: is_in(abandoned, AssignmentState.RELEASED), what="a sweep")
        assert is_in(held, AssignmentState.CODING)
        release.refresh_from_db()
        assert release.epoch == CLAIMS
    late = save(stack, held, token)

    held.refresh_from_db()
    assert held.active_at - timezone.now() < timedelta(hours=1)
    _, body = stack.call(f"/assignments/{held.uuid}/history/", token=token)
    assert [op["op_id"] for op in json.loads(body)["results"]] == [late, early]

    there = timezone.now() + timedelta(hours=hours)
    misjudged = [has_run_out(held, there), not has_run_out(abandoned, there)]
    assert any(misjudged)
    trust(
        "Servers that fail",
        "Web server, worker and sweeper disagree by days about the time",
        tried=f"clocks {abs(hours)} hours fast and {abs(hours)} hours slow",
        of="2 leases of a day, 1 release, 2 steps",
        control=f"by the sweeper’s own clock {sum(misjudged)} of 2 leases would be misjudged",
        misjudged_leases=0,
        jobs_claimed_too_often=release.epoch - CLAIMS,
        steps_out_of_order=0,
    )


def clock_off_by(hours):
    return {"DJANGO_SETTINGS_MODULE": "tests.clock_off", "CLOCK_OFF_BY": str(hours)}


def save(stack, work, token):
    work.refresh_from_db()
    op = {"op_id": str(uuid.uuid4()), "seq": 1, "type": "create", "span_id": str(uuid.uuid4())}
    sent = {
        "client_id": "tab",
        "since": work.doc_rev,
        "text_sha256": work.task.article.text_sha256,
        "codebook_version": work.codebook.number,
        "ops": [op | {"label": "actor", "start": 6, "end": 16}],
    }
    _, body = stack.call(f"/assignments/{work.uuid}/ops/", sent, token=token)
    assert json.loads(body)["results"][0]["status"] == "applied"
    return op["op_id"]


def change(row, **fields):
    type(row)._default_manager.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


def is_in(row, state):
    return type(row)._default_manager.filter(pk=row.pk, state=state).exists()
