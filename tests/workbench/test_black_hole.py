"""A broker that lets everybody in and answers nobody: nobody waits, nothing is forgotten."""

import json
import threading
import uuid
from contextlib import suppress

import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from kombu import Connection

from annotations.enums import AssignmentState, JobState, ReleaseState, Role
from annotations.models import Assignment, ImportJob
from exports.models import Release
from tests.exports.worlds import corpus
from tests.factories import ApiTokenFactory, CodebookFactory, MemberFactory, ProjectFactory
from tests.saving import four_at_work, save_more, saved_by, told_otherwise_than_stored
from tests.stack import wait_until

pytestmark = pytest.mark.stack


class PlainClient(threading.Thread):
    """The control: talks to the broker as a client with no settings of ours does."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.broker = Connection(stack.instance.broker_url)
        self.start()

    def run(self):
        with suppress(Exception):
            self.broker.default_channel.client.ping()


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_broker_that_never_answers_holds_up_nobody(rounds, stack, trust):
    acknowledged, jobs = 0, 0
    for _ in range(rounds):
        project = corpus(ProjectFactory(), 2).project
        CodebookFactory(project=project)
        stack.kill_sweeper()
        stack.pause_broker()
        plain = PlainClient(stack)
        with four_at_work(stack) as coders:
            save_more(coders)
        assert told_otherwise_than_stored(coders) == (0, 0)
        for coder in coders:
            hand_in(stack, coder)
        waiting = jobs_asked_for(stack, project)
        assert plain.is_alive()

        # What was rung for dies with the broker: nobody but the sweeper knows of the jobs.
        stack.kill_broker()
        stack.start_broker()
        lose_messages(stack)
        assert not any(is_done() for is_done in waiting)
        stack.start_sweeper()
        for is_done in waiting:
            wait_until(lambda done=is_done: stack.revive() or done(), what="a job to be done")
        acknowledged += saved_by(coders)
        jobs += len(waiting)

    trust(
        "Servers that fail",
        "The broker accepts connections and never answers, then is killed",
        tried=f"{rounds} {'times' if rounds > 1 else 'time'}",
        of=f"{acknowledged:,} acknowledged spans, {4 * rounds} submissions, {jobs} jobs",
        control="a client without our limits was still waiting when all was answered",
        lost_spans=0,
        hung_requests=0,
        forgotten_jobs=0,
    )


def hand_in(stack, coder):
    sent = {"submission_id": str(uuid.uuid4()), "doc_rev": len(coder.acknowledged)}
    address = f"/assignments/{coder.work}/submit/"
    status, _ = stack.call(address, sent, token=coder.token)
    assert status == 200
    assert Assignment.objects.get(uuid=coder.work).state == AssignmentState.SUBMITTED


def jobs_asked_for(stack, project):
    """Ask for a release and an import; return for each what tells whether it is done."""
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    token = ApiTokenFactory(user=admin).name
    status, body = stack.call(f"/projects/{project.slug}/releases/", {"name": "G"}, token=token)
    assert status == 202
    release = Release.objects.filter(uuid=json.loads(body)["id"], state=ReleaseState.READY)
    file = SimpleUploadedFile("one.txt", b"The ferry to Velmora was late again.")
    form = encode_multipart(BOUNDARY, {"files": file})
    address = f"/projects/{project.slug}/imports/"
    status, body = stack.call(address, form, token=token, **{"Content-Type": MULTIPART_CONTENT})
    assert status == 202
    job = ImportJob.objects.filter(uuid=json.loads(body)["id"], state=JobState.READY)
    return [release.exists, job.exists]


def lose_messages(stack):
    with redis.Redis(unix_socket_path=str(stack.instance.broker_socket)) as broker:
        broker.flushall()
