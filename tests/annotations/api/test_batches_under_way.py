"""Pools, work that changes hands, and batches that are closed, over the API."""

import uuid

import pytest
from rest_framework.test import APIClient

from annotations.enums import AssignmentState, JobState, Role, TaskState
from annotations.models import Assignment, AuditEvent, Batch, Task
from annotations.queries.invariants.adjudication import (
    cards_are_counted_right,
    tasks_are_as_far_as_their_work,
)
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    ImportJobFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def client(admin):
    return client_of(admin)


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project)


@pytest.fixture
def ann(admin):
    return MemberFactory(project=admin.project, user__username="ann")


@pytest.fixture
def ben(admin):
    return MemberFactory(project=admin.project, user__username="ben")


def client_of(member):
    client = APIClient()
    client.force_login(member.user)
    return client


def post(client, batch, what, body=None):
    return client.post(f"/api/v1/batches/{batch.uuid}/{what}/", body or {})


def give(client, batch, giver="ann", taker="ben"):
    return post(client, batch, "reassign", {"from": giver, "to": taker})


def work(batch, coder, wanted=2, **fields):
    return AssignmentFactory(
        task=TaskFactory(batch=batch, coders_wanted=wanted), coder=coder, **fields
    )


def codes(coder, assignment, text):
    """Tag the first characters of an article through the API, as the coder's page does."""
    address = f"/api/v1/assignments/{assignment.uuid}/"
    document = client_of(coder).get(address).json()
    op = {
        "op_id": str(uuid.uuid4()),
        "seq": 1,
        "type": "create",
        "span_id": str(uuid.uuid4()),
        "label": "actor",
        "start": 0,
        "end": len(text),
        "quote": text,
    }
    return client_of(coder).post(
        f"{address}ops/",
        {
            "client_id": "c",
            "since": document["doc_rev"],
            "text_sha256": document["article"]["text_sha256"],
            "codebook_version": document["codebook"]["version"],
            "ops": [op],
        },
    )


def test_coders_draw_from_a_pool_until_it_is_empty(client, admin, ann, ben):
    ArticleFactory.create_batch(2, project=admin.project)
    body = {
        "name": "Pool",
        "articles": {"all": True},
        "coders": ["ann", "ben"],
        "coders_per_article": 1,
        "strategy": "pool",
    }
    address = f"/api/v1/projects/{admin.project.slug}/"

    preview = client.post(f"{address}batches/?preview=true", body).json()
    made = client.post(f"{address}batches/", body)
    drawn = [client_of(coder).post(f"{address}next/") for coder in (ann, ben, ann)]

    assert [row["coders"] for row in preview["assignments"]] == [[], []]
    assert (preview["loads"], preview["unplaced"]) == ({"ann": 0, "ben": 0}, [])
    assert (made.status_code, made.json()["strategy"]) == (201, "pool")
    first, second, again = (answer.json()["id"] for answer in drawn)
    assert first == again != second
    submitted(Assignment.objects.get(uuid=first), [])
    assert client_of(ann).post(f"{address}next/").status_code == 204


def test_a_pool_refuses_versions_of_a_story_that_could_never_be_drawn_often_enough(
    client, admin, ann, ben
):
    cluster = admin.project.clusters.create(name="c")
    ArticleFactory.create_batch(2, project=admin.project, cluster=cluster)
    body = {
        "name": "Pool",
        "articles": {"all": True},
        "coders": ["ann", "ben"],
        "strategy": "pool",
        "one_per_cluster": True,
    }

    answer = client.post(f"/api/v1/projects/{admin.project.slug}/batches/", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "unplaced")
    assert not Batch.objects.exists()


@pytest.mark.parametrize("preview", ["true", "false"])
def test_a_batch_that_needs_clusters_waits_for_them(client, admin, ann, preview):
    job = ImportJobFactory(project=admin.project, clusters_state=JobState.RUNNING)
    ArticleFactory(project=admin.project, import_job=job)
    ArticleFactory(project=admin.project)

    def ask(**changes):
        body = {
            "name": f"{changes}",
            "articles": {"all": True},
            "coders": ["ann"],
            "coders_per_article": 1,
            "one_per_cluster": True,
        } | changes
        address = f"/api/v1/projects/{admin.project.slug}/batches/?preview={preview}"
        return client.post(address, body)

    refused = ask()
    elsewhere = ask(articles={"sample": 1}, one_per_cluster=False)
    job.clusters_state = JobState.READY
    job.save()

    assert (refused.status_code, refused.json()["code"]) == (409, "clusters_pending")
    assert elsewhere.status_code in {200, 201}
    assert ask().status_code in {200, 201}


def test_work_goes_to_another_coder_and_what_was_saved_is_kept(client, batch, ann, ben):
    begun = work(batch, ann)
    codes(ann, begun, "Mayor")
    done = submitted(work(batch, ann), [])

    answer = give(client, batch)

    assert (answer.status_code, answer.json()) == (200, {"moved": 1, "refused": []})
    begun.refresh_from_db()
    done.refresh_from_db()
    assert (begun.state, begun.spans.count()) == (AssignmentState.RELEASED, 1)
    assert done.state == AssignmentState.SUBMITTED
    fresh = Assignment.objects.get(coder=ben)
    assert (fresh.task, fresh.state) == (begun.task, AssignmentState.ASSIGNED)
    assert client_of(ben).get(f"/api/v1/assignments/{fresh.uuid}/").json()["spans"] == []
    assert not Assignment.objects.of(ann.user).unfinished().exists()
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ASSIGNMENT_REASSIGNED)
    assert event.detail == {"giver": str(ann.uuid), "taker": str(ben.uuid), "articles": 1}


def test_work_that_goes_there_and_back_is_as_it_was(client, batch, ann, ben):
    begun = work(batch, ann, wanted=1)
    codes(ann, begun, "Mayor")

    give(client, batch, "ann", "ben")
    answer = give(client, batch, "ben", "ann")

    assert answer.status_code == 200
    begun.refresh_from_db()
    assert (begun.state, begun.spans.count()) == (AssignmentState.ASSIGNED, 1)
    assert Assignment.objects.filter(coder=ann).count() == 1


def test_nobody_codes_an_article_twice_and_the_answer_says_what_stayed(client, batch, ann, ben):
    shared = work(batch, ann)
    AssignmentFactory(task=shared.task, coder=ben)
    free = work(batch, ann)

    answer = give(client, batch)

    assert answer.json() == {
        "moved": 1,
        "refused": [
            {
                "article": str(shared.task.article.uuid),
                "code": "has_it",
                "detail": "ben has this article.",
            }
        ],
    }
    shared.refresh_from_db()
    assert shared.state == AssignmentState.ASSIGNED
    assert free.task.assignments.live().get().coder == ben


def test_nobody_is_handed_two_versions_of_a_story(client, batch, admin, ann, ben):
    batch.is_one_per_cluster = True
    batch.save()
    cluster = admin.project.clusters.create(name="c")
    for coder in (ann, ben):
        article = ArticleFactory(project=admin.project, cluster=cluster)
        AssignmentFactory(task=TaskFactory(batch=batch, article=article), coder=coder)

    answer = give(client, batch)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_reassign")
    assert [error["code"] for error in answer.json()["errors"]] == ["same_story"]


@pytest.mark.parametrize(
    ("giver", "taker", "field"),
    [
        ("nobody", "ben", "from"),
        ("ann", "nobody", "to"),
        ("ann", "ann", "to"),
        ("ann", "boss", "to"),
        ("ben", "ann", "from"),
    ],
)
def test_both_must_be_coders_who_can_do_it(client, batch, admin, ann, ben, giver, taker, field):
    admin.user.username = "boss"
    admin.user.save()
    work(batch, ann)

    answer = give(client, batch, giver, taker)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_somebody_who_left_can_be_relieved(client, batch, ann, ben):
    work(batch, ann)
    ann.removed_at = ann.joined_at
    ann.save()

    assert give(client, batch).json()["moved"] == 1


def test_closing_keeps_what_was_handed_in_and_drops_the_rest(client, batch, ann, ben):
    partly = work(batch, ann)
    begun = AssignmentFactory(task=partly.task, coder=ben, state=AssignmentState.CODING)
    submitted(partly, [{"label": "actor", "start": 0, "end": 16}])
    untouched = work(batch, ann)

    answer = post(client, batch, "close")

    assert answer.status_code == 200
    body = answer.json()
    assert body["closed_at"] is not None
    assert (body["articles"], body["progress"]["wanted"], body["progress"]["submitted"]) == (
        1,
        1,
        1,
    )
    begun.refresh_from_db()
    untouched.refresh_from_db()
    assert {begun.state, untouched.state} == {AssignmentState.RELEASED}
    assert untouched.task.article.tasks.get().state == TaskState.DROPPED
    task = Task.objects.get(pk=partly.task_id)
    assert (task.coders_wanted, task.cards.count()) == (1, 1)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.BATCH_CLOSED)
    assert event.detail == {"coded": 1, "dropped": 1, "released": 2}


def test_the_cards_of_a_closed_batch_wait_for_the_adjudicator(client, batch, admin, ann, ben):
    admin.project.settings = {"auto_finish": False}
    admin.project.save()
    task = TaskFactory(batch=batch, coders_wanted=3)
    for coder, end in ((ann, 16), (ben, 5)):
        assignment = AssignmentFactory(task=task, coder=coder)
        submitted(assignment, [{"label": "actor", "start": 0, "end": end}])
    dropped = work(batch, ann)

    post(client, batch, "close")

    judge = client_of(MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR]))
    rows = judge.get(f"/api/v1/projects/{admin.project.slug}/tasks/").json()["results"]
    assert [(row["id"], row["state"]) for row in rows] == [(str(task.uuid), "coded")]
    card = judge.get(f"/api/v1/tasks/{task.uuid}/adjudication/").json()["cards"][0]
    assert (card["kind"], card["decision"]) == ("boundary", None)
    assert judge.get(f"/api/v1/tasks/{dropped.task.uuid}/adjudication/").status_code == 404


def test_the_last_one_in_a_closed_batch_rings_for_the_agreement(
    client, batch, ann, django_capture_on_commit_callbacks
):
    work(batch, ann)
    with django_capture_on_commit_callbacks() as nothing_handed_in:
        post(client, batch, "close")
    other = BatchFactory(project=batch.project)
    submitted(work(other, ann), [])
    with django_capture_on_commit_callbacks() as something_handed_in:
        post(client, other, "close")

    rung = [callback.args for callback in something_handed_in]
    assert nothing_handed_in == []
    assert rung == [("agreement.measure",)]


def test_what_a_closed_batch_leaves_behind_breaks_no_rule(client, batch, ann, ben):
    half = work(batch, ann)
    AssignmentFactory(task=half.task, coder=ben)
    submitted(half, [])
    begun = work(batch, ann)
    codes(ann, begun, "Mayor")

    post(client, batch, "close")

    assert list(tasks_are_as_far_as_their_work()) == []
    assert list(cards_are_counted_right()) == []


def test_an_article_that_was_dropped_can_be_given_out_again(client, batch, admin, ann):
    dropped = work(batch, ann)
    post(client, batch, "close")

    answer = client.post(
        f"/api/v1/projects/{admin.project.slug}/batches/",
        {
            "name": "Again",
            "articles": {"ids": [str(dropped.task.article.uuid)]},
            "coders": ["ann"],
            "coders_per_article": 1,
        },
    )

    assert (answer.status_code, answer.json()["articles"]) == (201, 1)


def test_a_closed_batch_is_closed(client, batch, ann, ben):
    work(batch, ann)
    post(client, batch, "close")

    answers = [post(client, batch, "close"), give(client, batch)]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "closed")] * 2


def test_ops_on_work_that_was_taken_away_are_kept_as_a_draft(client, batch, ann, ben):
    begun = work(batch, ann, wanted=1)
    codes(ann, begun, "Mayor")
    give(client, batch)

    late = codes(ann, begun, "Mayor Ada")

    assert (late.status_code, late.json()["code"]) == (409, "released")
    begun.refresh_from_db()
    assert (begun.spans.count(), begun.drafts.count()) == (1, 1)


def test_an_admin_who_codes_in_a_batch_neither_reassigns_nor_closes_it(client, batch, admin, ann):
    admin.roles = [Role.ADMIN, Role.CODER]
    admin.save()
    work(batch, admin)
    other = work(batch, ann)
    address = f"/api/v1/batches/{batch.uuid}/close/"

    before = client.post(address).content
    submitted(other, [])

    assert (client.post(address).status_code, client.post(address).content) == (403, before)
    assert give(client, batch).status_code == 403


@pytest.mark.parametrize("what", ["reassign", "close"])
def test_batches_under_way_are_the_admins(batch, admin, ann, ben, what):
    work(batch, ann)
    body = {"from": "ann", "to": "ben"} if what == "reassign" else {}
    roles = [Role.CODER, Role.ADJUDICATOR, Role.RESEARCHER]
    strangers = [
        *(MemberFactory(project=admin.project, roles=[role]) for role in roles),
        MemberFactory(roles=[Role.ADMIN]),
    ]

    statuses = {post(client_of(member), batch, what, body).status_code for member in strangers}

    assert statuses == {404}
    assert post(APIClient(), batch, what, body).status_code == 401


@pytest.mark.parametrize("articles", [1, 5])
def test_reassigning_takes_the_same_queries_for_one_article_and_five(
    client, batch, ann, ben, articles, django_assert_num_queries
):
    for _ in range(articles):
        work(batch, ann)
    with django_assert_num_queries(18):
        give(client, batch)
