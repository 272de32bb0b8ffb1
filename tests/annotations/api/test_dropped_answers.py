"""Three in ten answers are dropped after the commit, and whoever asked asks again."""

import uuid
from random import Random

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import AuditEvent, Batch, Project, Submission
from tests.factories import ArticleFactory, AssignmentFactory, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db

DROPPED = 0.3


class Caller:
    """Asks until an answer arrives; what was done at first is what it must tell."""

    def __init__(self, user, seed):
        self.client = APIClient()
        self.client.force_login(user)
        self.random = Random(seed)
        self.dropped = self.told_otherwise = 0

    def ask(self, path, body, **headers):
        first = answer = self.client.post(f"/api/v1/{path}", body, headers=headers)
        while self.random.random() < DROPPED:
            self.dropped += 1
            answer = self.client.post(f"/api/v1/{path}", body, headers=headers)
            self.told_otherwise += as_first_told(answer) != as_first_told(first)
        assert answer.status_code < 300, answer.content
        return answer.json()


def as_first_told(answer):
    """Return what an answer tells, but for whether it tells it again."""
    body = answer.json()
    results = [
        {**result, "status": result.get("first", result["status"]), "first": None}
        for result in body.get("results", [])
    ]
    return answer.status_code, {**body, "results": results, "changes": None}


def edits_of(random, number, *, most=3):
    """Return so many requests of one to three ops each, on spans that they made."""
    made, requests = [], []
    for _ in range(number):
        ops = []
        for _ in range(random.randint(1, most)):
            op = {"op_id": str(uuid.uuid4()), "seq": 1}
            kind = random.choice(["create", "update", "delete"]) if made else "create"
            if kind == "create":
                start = random.randrange(40)
                made.append(str(uuid.uuid4()))
                op |= {"span_id": made[-1], "label": "actor", "start": start, "end": start + 5}
            elif kind == "update":
                op |= {"span_id": random.choice(made), "label": random.choice(["event", "claim"])}
            else:
                op |= {"span_id": made.pop(random.randrange(len(made)))}
            ops.append(op | {"type": kind})
        requests.append(ops)
    return requests


def renamed(op):
    """Return an op as a client sends it again that takes it for a new one."""
    return op | {"op_id": str(uuid.uuid4()), "span_id": str(uuid.uuid4())}


def sent(assignment, ops, *, since=0):
    return {
        "client_id": "desk",
        "since": since,
        "text_sha256": assignment.task.article.text_sha256,
        "codebook_version": assignment.codebook.number,
        "ops": ops,
    }


@pytest.mark.parametrize("requests", [20, pytest.param(1_000, marks=pytest.mark.slow)])
def test_answers_dropped_while_a_coder_saves_lose_and_double_nothing(requests, trust):
    assignment = AssignmentFactory()
    address = f"assignments/{assignment.uuid}/"
    caller = Caller(assignment.coder.user, seed=requests)
    told, seen = [], 0
    for ops in edits_of(Random(requests), requests):
        answer = caller.ask(f"{address}ops/", sent(assignment, ops, since=seen))
        told += answer["results"]
        seen = answer["doc_rev"]
    assignment.refresh_from_db()
    handed_in = {"submission_id": str(uuid.uuid4()), "doc_rev": assignment.doc_rev}
    for _ in range(10):
        caller.ask(f"{address}submit/", handed_in)

    stored = sorted(str(op_id) for op_id in assignment.ops.values_list("op_id", flat=True))
    assert stored == sorted(result["op_id"] for result in told)
    assert {result["status"] for result in told} <= {"applied", "duplicate"}
    assert Submission.objects.count() == 1
    assert caller.dropped > 0

    control = doubled_by_a_client_that_renames(spans=20)
    assert control > 0
    trust(
        "Saving",
        "Three in ten answers are dropped after the commit, and asked for again",
        tried=f"{caller.dropped:,} answers dropped",
        of=f"{len(told):,} acknowledged steps, 1 submission",
        control=f"asked for again as new ones, {control} of 20 spans were doubled",
        lost=len({result["op_id"] for result in told} - set(stored)),
        doubled=len(stored) - len(told) + Submission.objects.count() - 1,
        told_otherwise=caller.told_otherwise,
    )


def doubled_by_a_client_that_renames(spans):
    """Ask again as if it were something new; return how many spans are there twice."""
    assignment = AssignmentFactory()
    address = f"/api/v1/assignments/{assignment.uuid}/ops/"
    caller, random = Caller(assignment.coder.user, seed=1), Random(1)
    for _ in range(spans):
        ((op,),) = edits_of(random, 1, most=1)
        while True:
            caller.client.post(address, sent(assignment, [op]))
            if random.random() >= DROPPED:
                break
            op = renamed(op)
    return assignment.spans.count() - spans


@pytest.mark.parametrize("requests", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_answers_dropped_while_an_admin_makes_things_make_each_of_them_once(requests, trust):
    admin = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)
    coder = MemberFactory(project=admin.project)
    articles = ArticleFactory.create_batch(2, project=admin.project)
    ids = [str(article.uuid) for article in articles]
    caller = Caller(admin.user, seed=requests)
    batch = {"articles": {"ids": ids}, "coders": [coder.user.username], "coders_per_article": 1}
    for number in range(requests):
        key = {"Idempotency-Key": str(uuid.uuid4())}
        caller.ask("projects/", {"name": f"Floods {number}"}, **key)
        body = {"name": f"Batch {number}", **batch}
        caller.ask(f"projects/{admin.project.slug}/batches/", body, **key)

    doubled = Project.objects.count() - 1 + Batch.objects.count() - 2 * requests
    opened = AuditEvent.objects.filter(kind=AuditEvent.Kind.BATCH_OPENED).count()
    assert caller.dropped > 0

    careless = Caller(admin.user, seed=1)
    before = Project.objects.count()
    for number in range(20):
        careless.ask("projects/", {"name": f"Storms {number}"})
    control = Project.objects.count() - before - 20
    assert control > 0
    trust(
        "Work shared out",
        "Three in ten answers are dropped while an admin makes projects and batches",
        tried=f"{caller.dropped:,} answers dropped",
        of=f"{2 * requests:,} projects and batches",
        control=f"without an Idempotency-Key {control} of 20 projects were doubled",
        doubled=doubled,
        audit_events_too_many=opened - requests,
        told_otherwise=caller.told_otherwise,
    )
